// Every call that the API offers, in one table: from it come the router, the matrix of permissions and the OpenAPI
// document. Plain constants; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "domain/authorisation/authorisation.hpp"

namespace pioneer::api::http {

enum class Method : std::uint8_t { get, post };

/// One per row of the table, in its order.
enum class Operation : std::uint8_t {
  list_organisations,
  get_organisation,
  register_organisation,
  rename_organisation,
  move_organisation,
  merge_organisation,
  close_organisation,
  register_member,
  get_member,
  find_member,
  grant_role,
  revoke_role,
  issue_token,
  revoke_token,
  issue_sign_in,
  erase_member,
  get_me,
  list_my_claims,
  list_my_requests,
  open_session,
  get_session,
  rotate_session,
  end_session,
  list_my_sessions,
  revoke_my_session,
  get_categories,
  list_policies,
  submit_request,
  list_requests,
  get_request,
  accept_request,
  assign_request,
  report_progress,
  resolve_request,
  confirm_request,
  dispute_request,
  rate_request,
  withdraw_request,
  create_product,
  list_products,
  get_product,
  publish_product,
  change_capacity,
  change_pictures,
  cancel_product,
  complete_product,
  place_claim,
  list_claims,
  get_claim,
  cancel_claim,
  check_in,
  complete_claim,
  mark_no_show,
  rate_claim,
  check_in_tickets,
  get_ticket_key,
  get_product_calendar,
  get_my_calendar,
  get_board,
  post_blob,
  get_blob,
  get_stream,
  get_log,
  get_log_state,
  get_log_incidents,
  get_openings,
  list_my_openings,
  get_differences,
  get_receipt,
  get_receipt_proof,
  get_checkpoint,
  get_witnessed,
  get_key_history,
  get_stamps,
  get_stamp,
  get_tile,
  get_entries,
  get_digests,
  confirm_clock,
  get_events,
  get_health,
  get_ready,
  get_version,
  get_metrics,
  get_openapi,
  count_  // not an operation
};
inline constexpr std::size_t operation_count = static_cast<std::size_t>(Operation::count_);

enum class ParameterKind : std::uint8_t { text, word, integer, boolean, instant };

struct Parameter {
  std::string_view name;
  ParameterKind kind;
  std::string_view text;  ///< what it means, for the document
};

enum class AnswerKind : std::uint8_t { view, events, bytes, text, calendar };

struct Route {
  Operation operation;
  Method method;
  std::string_view pattern;  ///< "/api/v1/products/{id}/claims"
  domain::Action action;     ///< whose row in the authorisation table applies
  std::string_view tag;      ///< groups calls in the document
  std::string_view summary;
  std::string_view body;                  ///< message of package pioneer.api; empty: no body, or bytes
  std::string_view view;                  ///< message of package pioneer.api; empty: see `answers`
  unsigned status = 200;                  ///< of success
  bool personal = true;                   ///< `no-store`; false: the same answer for everybody
  std::span<const Parameter> query = {};  ///< all that may stand in the query
  AnswerKind answers = AnswerKind::view;
  bool rest = false;  ///< the pattern's last {…} takes all that follows, slashes too

  std::string_view name() const;  ///< the operation's word: "place_claim"
};

std::span<const Route, operation_count> routes();
inline const Route& route_of(Operation operation) { return routes()[static_cast<std::size_t>(operation)]; }

}  // namespace pioneer::api::http
