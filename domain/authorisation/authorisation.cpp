#include "domain/authorisation/authorisation.hpp"

#include <algorithm>
#include <utility>

#include "domain/common/refusals.hpp"
#include "domain/organisations/state.hpp"

namespace pioneer::domain {
namespace {

// Words of the table's columns.
struct Who {
  bool anyone = false, any_member = false, own = false, cadre = false, auditor = false, administrator = false,
       system = false, hidden = false;
};
constexpr Who anyone{.anyone = true};
constexpr Who members{.any_member = true};
constexpr Who system_only{.system = true};
constexpr Who administrators{.administrator = true, .system = true};
constexpr Who registrars{.cadre = true, .administrator = true, .system = true};
constexpr Who self_or_administrator{.own = true, .administrator = true, .system = true};
constexpr Who self_or_official{.own = true, .cadre = true, .administrator = true, .system = true};
constexpr Who self_or_system{.own = true, .system = true};
constexpr Who cadres{.cadre = true};
constexpr Who cadres_hidden{.cadre = true, .hidden = true};
constexpr Who owner_hidden{.own = true, .hidden = true};
constexpr Who owner_or_cadre_hidden{.own = true, .cadre = true, .hidden = true};
constexpr Who owner_or_system_hidden{.own = true, .system = true, .hidden = true};
constexpr Who officials{.cadre = true, .auditor = true, .administrator = true};
constexpr Who officials_hidden{.cadre = true, .auditor = true, .administrator = true, .hidden = true};
constexpr Who concerned_hidden{.own = true, .cadre = true, .auditor = true, .administrator = true, .hidden = true};
constexpr Who owner_or_auditor_hidden{.own = true, .auditor = true, .hidden = true};
constexpr Who auditors{.auditor = true};

constexpr Permission row(Action action, std::string_view name, Who who) {
  return {action,    name,        who.anyone,        who.any_member, who.own,
          who.cadre, who.auditor, who.administrator, who.system,     who.hidden};
}

#define PIONEER_MAY(action, who) row(Action::action, #action, who)
constexpr std::array table{
    PIONEER_MAY(adopt_policy, system_only),
    PIONEER_MAY(raise_feature_level, system_only),
    PIONEER_MAY(register_organisation, administrators),
    PIONEER_MAY(rename_organisation, administrators),
    PIONEER_MAY(move_organisation, administrators),
    PIONEER_MAY(merge_organisation, administrators),
    PIONEER_MAY(close_organisation, administrators),
    PIONEER_MAY(register_member, registrars),
    PIONEER_MAY(grant_role, administrators),
    PIONEER_MAY(revoke_role, administrators),
    PIONEER_MAY(issue_token, self_or_administrator),
    PIONEER_MAY(revoke_token, self_or_administrator),
    PIONEER_MAY(issue_sign_in, self_or_official),
    PIONEER_MAY(open_session, anyone),
    PIONEER_MAY(erase_member, self_or_system),
    PIONEER_MAY(record_personal_data_opened,
                (Who{.cadre = true, .auditor = true, .administrator = true, .system = true})),
    PIONEER_MAY(record_entries_fetched, auditors),
    PIONEER_MAY(submit_request, (Who{.any_member = true, .system = true})),
    PIONEER_MAY(import_request, system_only),
    PIONEER_MAY(accept_request, cadres_hidden),
    PIONEER_MAY(assign_request, cadres_hidden),
    PIONEER_MAY(report_progress, cadres_hidden),
    PIONEER_MAY(resolve_request, cadres_hidden),
    PIONEER_MAY(confirm_request, owner_hidden),
    PIONEER_MAY(dispute_request, owner_hidden),
    PIONEER_MAY(rate_request, owner_hidden),
    PIONEER_MAY(withdraw_request, owner_or_system_hidden),
    PIONEER_MAY(pass_deadline, system_only),
    PIONEER_MAY(create_product, cadres),
    PIONEER_MAY(publish_product, cadres),
    PIONEER_MAY(change_capacity, cadres),
    PIONEER_MAY(change_pictures, cadres),
    PIONEER_MAY(cancel_product, cadres),
    PIONEER_MAY(complete_product, cadres),
    PIONEER_MAY(place_claim, members),
    PIONEER_MAY(cancel_claim, owner_or_system_hidden),
    PIONEER_MAY(check_in, owner_or_cadre_hidden),
    PIONEER_MAY(complete_claim, cadres_hidden),
    PIONEER_MAY(mark_no_show, cadres_hidden),
    PIONEER_MAY(rate_claim, owner_hidden),
    PIONEER_MAY(continue_promotion, system_only),

    PIONEER_MAY(get_organisation, anyone),
    PIONEER_MAY(list_organisations, anyone),
    PIONEER_MAY(get_categories, anyone),
    PIONEER_MAY(get_policy, anyone),
    PIONEER_MAY(get_member, concerned_hidden),
    PIONEER_MAY(find_member, concerned_hidden),
    PIONEER_MAY(get_member_name, concerned_hidden),
    PIONEER_MAY(get_me, members),
    PIONEER_MAY(list_my_claims, members),
    PIONEER_MAY(list_my_requests, members),
    PIONEER_MAY(get_session, members),
    PIONEER_MAY(rotate_session, members),
    PIONEER_MAY(end_session, members),
    PIONEER_MAY(list_my_sessions, members),
    PIONEER_MAY(revoke_my_session, members),
    PIONEER_MAY(get_request, concerned_hidden),
    PIONEER_MAY(list_requests, officials),
    PIONEER_MAY(get_board, officials),
    PIONEER_MAY(get_product, anyone),
    PIONEER_MAY(get_draft_product, officials_hidden),
    PIONEER_MAY(list_products, anyone),
    PIONEER_MAY(list_claims, officials),
    PIONEER_MAY(get_claim, concerned_hidden),
    PIONEER_MAY(check_in_tickets, cadres),
    PIONEER_MAY(get_ticket_key, anyone),
    PIONEER_MAY(get_product_calendar, anyone),
    PIONEER_MAY(get_my_calendar, members),
    PIONEER_MAY(get_stream, concerned_hidden),
    PIONEER_MAY(get_log, auditors),
    PIONEER_MAY(get_log_state, members),
    PIONEER_MAY(get_log_incidents, auditors),
    PIONEER_MAY(get_openings, auditors),
    PIONEER_MAY(list_my_openings, members),
    PIONEER_MAY(get_differences, auditors),
    PIONEER_MAY(get_receipt, owner_or_auditor_hidden),
    PIONEER_MAY(get_receipt_proof, owner_or_auditor_hidden),
    PIONEER_MAY(get_checkpoint, anyone),
    PIONEER_MAY(get_tile, anyone),
    PIONEER_MAY(get_entries, auditors),
    PIONEER_MAY(confirm_clock, administrators),
    PIONEER_MAY(get_events, anyone),
    PIONEER_MAY(get_events_of_organisation, officials),
    PIONEER_MAY(get_events_of_product, anyone),
    PIONEER_MAY(post_blob, members),
    PIONEER_MAY(get_blob, concerned_hidden),
    PIONEER_MAY(get_figures, members),
    PIONEER_MAY(get_openapi, anyone),
    PIONEER_MAY(get_health, anyone),
    PIONEER_MAY(get_ready, anyone),
    PIONEER_MAY(get_version, anyone),
    PIONEER_MAY(get_metrics, anyone),
};
#undef PIONEER_MAY

constexpr bool complete() {
  if (table.size() != action_count) return false;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Permission& p = table[i];
    if (p.action != static_cast<Action>(i)) return false;
    if (!(p.anyone || p.any_member || p.own || p.cadre || p.auditor || p.administrator || p.system)) return false;
  }
  return true;
}
static_assert(complete(), "every Action has one row, in the order of the enum, and somebody may do it");
static_assert(static_cast<std::size_t>(Action::continue_promotion) + 1 == command_count,
              "the commands come first, in the order of AnyCommand");

bool holds(const Permission& p, Role::Value role) {
  return (role == Role::cadre && p.cadre) || (role == Role::auditor && p.auditor) ||
         (role == Role::administrator && p.administrator);
}

// The nearest of those grants that `wanted` accepts; of equally near ones the oldest.
template <class Wanted>
const Grant* nearest(const Actor& actor, const Id& organisation, const organisations::Directory& directory,
                     Wanted wanted) {
  const Grant* best = nullptr;
  int best_distance = 0;
  for (const Grant& grant : actor.grants) {
    if (!wanted(grant)) continue;
    const int distance = directory.distance(grant.organisation, organisation);
    if (distance >= 0 && (best == nullptr || distance < best_distance)) {
      best = &grant;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace

const std::array<Permission, action_count> permissions = table;

Action action_of(const AnyCommand& command) { return static_cast<Action>(command.index()); }

google::protobuf::RepeatedPtrField<PermissionRow> permission_rows() {
  static constexpr std::array in_order{Standing::anyone,  Standing::any_member,    Standing::own,   Standing::cadre,
                                       Standing::auditor, Standing::administrator, Standing::system};
  google::protobuf::RepeatedPtrField<PermissionRow> rows;
  for (const auto& p : permissions) {
    auto& row = *rows.Add();
    row.set_action(std::string(p.name));
    const std::array may{p.anyone, p.any_member, p.own, p.cadre, p.auditor, p.administrator, p.system};
    for (std::size_t i = 0; i < may.size(); ++i)
      if (may[i]) row.add_may(in_order[i]);
    row.set_hidden(p.hidden);
  }
  return rows;
}

const Grant* covering_grant(const Actor& actor, Role::Value role, const Id& organisation,
                            const organisations::Directory& directory) {
  return nearest(actor, organisation, directory, [&](const Grant& g) { return g.role == role; });
}

std::unexpected<Refusal> refuse_missing(const Actor& actor) {
  return refuse(actor.kind == Actor::Kind::anonymous ? refusals::not_signed_in : refusals::not_found);
}

Decided<Id> authorise(Action action, const Actor& actor, Relation relation, const Id& organisation,
                      const organisations::Directory& directory) {
  const Permission& p = permission(action);
  if (actor.kind == Actor::Kind::system) {
    if (p.system || p.anyone) return Id{};
    return refuse(refusals::forbidden);
  }
  if (actor.kind == Actor::Kind::person) {
    if (p.own && relation == Relation::own) return actor.pseudonym;
    if (const Grant* grant =
            nearest(actor, organisation, directory, [&](const Grant& g) { return holds(p, g.role); })) {
      return grant->grant;
    }
    if (p.any_member || p.anyone) return actor.pseudonym;
    // Whoever may see it is told plainly; only from strangers is hidden that there is anything.
    const bool sees = relation == Relation::own ||
                      nearest(actor, organisation, directory, [](const Grant& g) { return g.role != Role::member; });
    return refuse(p.hidden && !sees ? refusals::not_found : refusals::forbidden);
  }
  if (p.anyone) return Id{};
  return refuse(refusals::not_signed_in);
}

}  // namespace pioneer::domain
