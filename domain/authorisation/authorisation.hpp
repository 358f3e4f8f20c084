// Who may do what: one table for commands and queries. `decide` asks it first; the edge asks it before each query.
// Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <variant>

#include "domain/commands.hpp"
#include "domain/common/actor.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::domain {

namespace organisations {
class Directory;
}

// clang-format off
/// Every command, in the order of AnyCommand, then every query. A new one without a row in `permissions` does not build.
enum class Action : std::uint8_t {
  adopt_policy,
  raise_feature_level,
  register_organisation, rename_organisation, move_organisation, merge_organisation, close_organisation,
  register_member, grant_role, revoke_role, issue_token, revoke_token, issue_sign_in, open_session, erase_member,
  record_personal_data_opened, record_entries_fetched,
  submit_request, import_request, accept_request, assign_request, report_progress, resolve_request, confirm_request,
  dispute_request, rate_request, withdraw_request, pass_deadline,
  create_product, publish_product, change_capacity, change_pictures, cancel_product, complete_product, place_claim,
  cancel_claim, check_in, complete_claim, mark_no_show, rate_claim, continue_promotion,
  // Queries.
  get_organisation, list_organisations, get_categories, get_policy,
  get_member, find_member, get_member_name, get_me, list_my_claims, list_my_requests,
  get_session, rotate_session, end_session, list_my_sessions, revoke_my_session,
  get_request, list_requests, get_board,
  get_product, get_draft_product, list_products, list_claims, get_claim,
  check_in_tickets, get_ticket_key, get_product_calendar, get_my_calendar,
  get_stream, get_log, get_log_state, get_log_incidents, get_openings, list_my_openings, get_differences,
  get_receipt, get_receipt_proof,
  get_checkpoint, get_tile, get_entries, confirm_clock, get_events, get_events_of_organisation, get_events_of_product,
  post_blob, get_blob,
  get_figures, get_openapi, get_health, get_ready, get_version, get_metrics,
  count_  // not an action
};
// clang-format on
inline constexpr std::size_t action_count = static_cast<std::size_t>(Action::count_);
inline constexpr std::size_t command_count = std::variant_size_v<AnyCommand>;

/// What binds the actor to the thing acted on.
enum class Relation : std::uint8_t {
  none,
  own,  ///< the request's asker, the claim's owner, the member's own record
};

/// A row of the table. `roles` are held in an organisation whose subtree covers the one concerned.
struct Permission {
  Action action;
  std::string_view name;  ///< the action's own word, for documents and problems
  bool anyone;            ///< without signing in
  bool any_member;        ///< every person who is registered and not erased
  bool own;               ///< Relation::own
  bool cadre;
  bool auditor;
  bool administrator;
  bool system;  ///< timers, reactions, imports, the operator's console
  bool hidden;  ///< strangers (no role that covers it, no relation) are told `not_found`
};

extern const std::array<Permission, action_count> permissions;

inline const Permission& permission(Action action) { return permissions[static_cast<std::size_t>(action)]; }
Action action_of(const AnyCommand& command);
/// The table as it stands in the log, with each policy.
google::protobuf::RepeatedPtrField<PermissionRow> permission_rows();

/// May `actor` do this where `organisation` is concerned? The answer is the id to act under: the pseudonym (or zero for
/// queries of those who need none), the role grant (of several, the one held nearest to the organisation), or zero for
/// the system. A zero `organisation` matches no role. Refusals: not_signed_in, forbidden, not_found.
Decided<Id> authorise(Action action, const Actor& actor, Relation relation, const Id& organisation,
                      const organisations::Directory& directory);

/// For a subject that does not exist, so that no organisation can be asked: who is not signed in learns that first.
std::unexpected<Refusal> refuse_missing(const Actor& actor);

/// The actor's grant of this role that covers the organisation, nearest first; nothing: none.
const Grant* covering_grant(const Actor& actor, Role::Value role, const Id& organisation,
                            const organisations::Directory& directory);

}  // namespace pioneer::domain
