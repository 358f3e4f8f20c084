#include "api/http/routes.hpp"

namespace pioneer::api::http {
namespace {

using enum ParameterKind;
using enum Method;
using domain::Action;

constexpr Parameter q{"q", text, "Words to look for"};
constexpr Parameter organisation{"organisation", text, "An organisation's id or code"};
constexpr Parameter state{"state", word, "One of the states"};
constexpr Parameter cursor{"cursor", text, "`nextCursor` of the page before"};
constexpr Parameter limit{"limit", integer, "At most so many items; 1 to 200"};
constexpr Parameter as_of{"asOf", instant, "As it was recorded at this time"};
constexpr Parameter subtree{"subtree", boolean, "With all organisations below"};

constexpr Parameter search{"q", text,
                           "Words in the title, of 1,000 requests a page: a page may be short, or empty, and go on"};
constexpr Parameter near{"near", text,
                         "latitude,longitude,metres: with a place at most so far away (≤ 100,000), of 1,000 a page"};

constexpr std::array organisations_query{Parameter{"parent", text, "Directly below this organisation"},
                                         Parameter{"level", word, "Of this level"},
                                         q,
                                         Parameter{"code", text, "With exactly this code"},
                                         cursor,
                                         limit};
constexpr std::array requests_query{
    organisation, subtree, Parameter{"category", text, "Of this category"}, state, search, near, cursor, limit, as_of};
constexpr std::array products_query{
    organisation,
    subtree,
    Parameter{"nearMe", boolean, "Without an organisation: of the caller's district; strangers see all"},
    state,
    Parameter{"kind", word, "Of this kind"},
    Parameter{"from", instant, "With a session that ends after this time"},
    q,
    cursor,
    limit,
    as_of};
constexpr std::array board_query{
    subtree,
    Parameter{"column", word, "Only this column, paged by its cursor"},
    cursor,
    limit,
    as_of,
    Parameter{"cards", text, "Only these requests' cards, where they stand now: at most 50 ids, separated by commas"}};
constexpr std::array log_query{
    Parameter{"from", integer, "First position"},
    Parameter{"at", instant, "In place of `from`: what was recorded after this time; with order=newest, up to it"},
    Parameter{"order", word, "oldest or newest first; oldest where it is not said"},
    Parameter{"organisation", text, "Only what concerns this organisation and those below"},
    Parameter{"kind", word, "Only streams of this kind: request, product, …"},
    Parameter{"types", text, "Only these event types, separated by commas"},
    cursor,
    limit};
constexpr std::array openings_query{organisation,
                                    Parameter{"month", text, "Like 2026-03, by UTC; this month where it is not said"}};
constexpr std::array differences_query{organisation, Parameter{"from", instant, "The earlier moment"},
                                       Parameter{"to", instant, "The later moment; now where it is not said"}, cursor,
                                       limit};
constexpr std::array events_query{organisation, Parameter{"stream", text, "kind/id"},
                                  Parameter{"kind", word, "Only streams of this kind: request, product, …"},
                                  Parameter{"types", text, "Event types, separated by commas"}};
constexpr std::array page_query{cursor, limit};
constexpr std::array mine_query{cursor,
                                Parameter{"limit", integer, "Of at most so many products, or requests; 1 to 200"}};
constexpr std::array stream_query{cursor, limit, as_of};
constexpr std::array as_of_query{as_of};

// clang-format off
constexpr std::array<Route, operation_count> table{{
    {Operation::list_organisations, get, "/api/v1/organisations", Action::list_organisations, "organisations",
     "Organisations, by parent, level, words or code", "", "OrganisationList", 200, false, organisations_query},
    {Operation::get_organisation, get, "/api/v1/organisations/{id}", Action::get_organisation, "organisations",
     "One organisation, by id or code", "", "OrganisationView", 200, false},
    {Operation::register_organisation, post, "/api/v1/organisations", Action::register_organisation, "organisations",
     "Register an organisation", "RegisterOrganisationBody", "OrganisationView", 201},
    {Operation::rename_organisation, post, "/api/v1/organisations/{id}/rename", Action::rename_organisation, "organisations",
     "Give it another name", "RenameOrganisationBody", "OrganisationView"},
    {Operation::move_organisation, post, "/api/v1/organisations/{id}/move", Action::move_organisation, "organisations",
     "Put it below another parent", "MoveOrganisationBody", "OrganisationView"},
    {Operation::merge_organisation, post, "/api/v1/organisations/{id}/merge", Action::merge_organisation, "organisations",
     "Merge it into another", "MergeOrganisationBody", "OrganisationView"},
    {Operation::close_organisation, post, "/api/v1/organisations/{id}/close", Action::close_organisation, "organisations",
     "Close it", "EmptyBody", "OrganisationView"},

    {Operation::register_member, post, "/api/v1/members", Action::register_member, "members",
     "Register a member", "RegisterMemberBody", "MemberView", 201},
    {Operation::get_member, get, "/api/v1/members/{id}", Action::get_member, "members", "One member", "", "MemberView"},
    {Operation::find_member, post, "/api/v1/members/find", Action::find_member, "members",
     "The member with this phone number, for those who may see them", "FindMemberBody", "MemberView"},
    {Operation::grant_role, post, "/api/v1/members/{id}/roles", Action::grant_role, "members",
     "Grant a role in an organisation and all below", "GrantRoleBody", "MemberView"},
    {Operation::revoke_role, post, "/api/v1/members/{id}/roles/{role}/revoke", Action::revoke_role, "members",
     "Revoke a role", "RevokeRoleBody", "MemberView"},
    {Operation::issue_token, post, "/api/v1/members/{id}/tokens", Action::issue_token, "members",
     "Make a bearer token; shown once", "IssueTokenBody", "TokenView", 201},
    {Operation::revoke_token, post, "/api/v1/members/{id}/tokens/revoke", Action::revoke_token, "members",
     "Revoke a token", "RevokeTokenBody", "MemberView"},
    {Operation::issue_sign_in, post, "/api/v1/members/{id}/sign-in-links", Action::issue_sign_in, "members",
     "Make a one-time link to sign in with; shown once", "IssueSignInBody", "SignInLinkView", 201},
    {Operation::erase_member, post, "/api/v1/members/{id}/erase", Action::erase_member, "members",
     "Erase a person: nothing links their acts to them any more", "EmptyBody", "MemberView"},
    {Operation::get_me, get, "/api/v1/me", Action::get_me, "members", "Who I am and what I may", "", "MemberView"},
    {Operation::list_my_claims, get, "/api/v1/me/claims", Action::list_my_claims, "members", "My claims", "", "ClaimList", 200, true, mine_query},
    {Operation::list_my_requests, get, "/api/v1/me/requests", Action::list_my_requests, "members", "My requests", "", "RequestList", 200, true, mine_query},

    {Operation::open_session, post, "/api/v1/session", Action::open_session, "sessions",
     "Sign in with a one-time code; answers with a cookie", "OpenSessionBody", "SignInView", 201},
    {Operation::get_session, get, "/api/v1/session", Action::get_session, "sessions", "Who is signed in here", "", "SignInView"},
    {Operation::rotate_session, post, "/api/v1/session/rotate", Action::rotate_session, "sessions",
     "Give the session for a new one that lasts from now", "EmptyBody", "SignInView"},
    {Operation::end_session, post, "/api/v1/session/end", Action::end_session, "sessions", "Sign out here", "EmptyBody", "SignInView"},
    {Operation::list_my_sessions, get, "/api/v1/me/sessions", Action::list_my_sessions, "sessions", "Where I am signed in", "", "SignInList"},
    {Operation::revoke_my_session, post, "/api/v1/me/sessions/{id}/revoke", Action::revoke_my_session, "sessions",
     "Sign out there", "EmptyBody", "SignInView"},

    {Operation::get_categories, get, "/api/v1/categories", Action::get_categories, "categories",
     "What can be asked for, and how soon it is answered", "", "CategoryList", 200, false},

    {Operation::list_policies, get, "/api/v1/policies", Action::get_policy, "categories",
     "Every policy that was adopted, oldest first, with what it says otherwise than the one before it; at most 20 a page", "", "PolicyList", 200, false, page_query},

    {Operation::submit_request, post, "/api/v1/requests", Action::submit_request, "requests", "Ask for help", "SubmitRequestBody", "RequestView", 201},
    {Operation::list_requests, get, "/api/v1/requests", Action::list_requests, "requests", "Requests of an organisation", "", "RequestList", 200, true, requests_query},
    {Operation::get_request, get, "/api/v1/requests/{id}", Action::get_request, "requests", "One request with its course", "", "RequestView", 200, true, as_of_query},
    {Operation::accept_request, post, "/api/v1/requests/{id}/accept", Action::accept_request, "requests", "Accept it", "EmptyBody", "RequestView"},
    {Operation::assign_request, post, "/api/v1/requests/{id}/assign", Action::assign_request, "requests", "Give it to an organisation or an official", "AssignRequestBody", "RequestView"},
    {Operation::report_progress, post, "/api/v1/requests/{id}/progress", Action::report_progress, "requests", "Tell how it goes on", "ReportProgressBody", "RequestView"},
    {Operation::resolve_request, post, "/api/v1/requests/{id}/resolve", Action::resolve_request, "requests", "Resolve it, with evidence", "ResolveRequestBody", "RequestView"},
    {Operation::confirm_request, post, "/api/v1/requests/{id}/confirm", Action::confirm_request, "requests", "Confirm that it is resolved", "EmptyBody", "RequestView"},
    {Operation::dispute_request, post, "/api/v1/requests/{id}/dispute", Action::dispute_request, "requests", "Say that it is not", "DisputeRequestBody", "RequestView"},
    {Operation::rate_request, post, "/api/v1/requests/{id}/rate", Action::rate_request, "requests", "Rate it", "RateRequestBody", "RequestView"},
    {Operation::withdraw_request, post, "/api/v1/requests/{id}/withdraw", Action::withdraw_request, "requests", "Withdraw it", "WithdrawRequestBody", "RequestView"},

    {Operation::create_product, post, "/api/v1/products", Action::create_product, "products", "Make a product, as a draft", "CreateProductBody", "ProductView", 201},
    {Operation::list_products, get, "/api/v1/products", Action::list_products, "products", "The supermarket's shelves", "", "ProductList", 200, false, products_query},
    {Operation::get_product, get, "/api/v1/products/{id}", Action::get_product, "products", "One product", "", "ProductView", 200, true, as_of_query},
    {Operation::publish_product, post, "/api/v1/products/{id}/publish", Action::publish_product, "products", "Offer it", "EmptyBody", "ProductView"},
    {Operation::change_capacity, post, "/api/v1/products/{id}/capacity", Action::change_capacity, "products", "Change its places", "ChangeCapacityBody", "ProductView"},
    {Operation::change_pictures, post, "/api/v1/products/{id}/pictures", Action::change_pictures, "products", "Change its pictures, or take them away", "ChangePicturesBody", "ProductView"},
    {Operation::cancel_product, post, "/api/v1/products/{id}/cancel", Action::cancel_product, "products", "Cancel it with all its claims", "CancelProductBody", "ProductView"},
    {Operation::complete_product, post, "/api/v1/products/{id}/complete", Action::complete_product, "products", "It has taken place", "EmptyBody", "ProductView"},

    {Operation::place_claim, post, "/api/v1/products/{id}/claims", Action::place_claim, "claims", "Claim places", "PlaceClaimBody", "ClaimView", 201},
    {Operation::list_claims, get, "/api/v1/products/{id}/claims", Action::list_claims, "claims", "Who has claimed", "", "ClaimList", 200, true, page_query},
    {Operation::get_claim, get, "/api/v1/products/{id}/claims/{claimId}", Action::get_claim, "claims", "One claim", "", "ClaimView"},
    {Operation::cancel_claim, post, "/api/v1/products/{id}/claims/{claimId}/cancel", Action::cancel_claim, "claims", "Give the places back", "EmptyBody", "ClaimView"},
    {Operation::check_in, post, "/api/v1/products/{id}/claims/{claimId}/check-in", Action::check_in, "claims", "Check in", "CheckInBody", "ClaimView"},
    {Operation::complete_claim, post, "/api/v1/products/{id}/claims/{claimId}/complete", Action::complete_claim, "claims", "Served", "EmptyBody", "ClaimView"},
    {Operation::mark_no_show, post, "/api/v1/products/{id}/claims/{claimId}/no-show", Action::mark_no_show, "claims", "Did not come", "EmptyBody", "ClaimView"},
    {Operation::rate_claim, post, "/api/v1/products/{id}/claims/{claimId}/rating", Action::rate_claim, "claims", "Rate it, and tell a problem", "RateClaimBody", "ClaimView"},
    {Operation::check_in_tickets, post, "/api/v1/products/{id}/check-ins", Action::check_in_tickets, "claims",
     "Check in by tickets, also those read without a connection; again changes nothing", "CheckInTicketsBody", "CheckInsView"},
    {Operation::get_ticket_key, get, "/api/v1/tickets/key", Action::get_ticket_key, "claims",
     "The key that tickets are checked with", "", "TicketKeyView", 200, false},
    {Operation::get_product_calendar, get, "/api/v1/products/{id}/calendar.ics", Action::get_product_calendar, "claims",
     "Its sessions, for a calendar", "", "", 200, true, {}, AnswerKind::calendar},
    {Operation::get_my_calendar, get, "/api/v1/me/claims/calendar.ics", Action::get_my_calendar, "claims",
     "The sessions of my claims, for a calendar", "", "", 200, true, {}, AnswerKind::calendar},

    {Operation::get_board, get, "/api/v1/boards/{organisation}", Action::get_board, "boards", "An organisation's board, overdue first", "", "BoardView", 200, true, board_query},

    {Operation::post_blob, post, "/api/v1/blobs", Action::post_blob, "blobs", "Upload a photo, a voice message or a document", "", "BlobView", 201},
    {Operation::get_blob, get, "/api/v1/blobs/{blob}", Action::get_blob, "blobs", "What was uploaded", "", "", 200, true, {}, AnswerKind::bytes},

    {Operation::get_stream, get, "/api/v1/streams/{kind}/{id}", Action::get_stream, "history", "A stream's events with their positions", "", "StreamView", 200, true, stream_query},
    {Operation::get_log, get, "/api/v1/log", Action::get_log, "history", "The log itself; with a filter, of 5,000 commits a page: it may be short, or empty, and go on", "", "LogPage", 200, true, log_query},
    {Operation::get_log_state, get, "/api/v1/log/state", Action::get_log_state, "history", "How long the log is, and its newest checkpoint", "", "LogStateView"},
    {Operation::get_log_incidents, get, "/api/v1/log/incidents", Action::get_log_incidents, "history", "What did not go as it should: late checkpoints, hashes made anew, who took the log over when", "", "LogIncidentsView"},
    {Operation::get_openings, get, "/api/v1/openings", Action::get_openings, "history", "Whose journals of opened personal fields have entries in a month; each is a stream of kind access", "", "OpeningsView", 200, true, openings_query},
    {Operation::list_my_openings, get, "/api/v1/me/openings", Action::list_my_openings, "members", "Who opened my personal fields, newest first", "", "OpeningList", 200, true, page_query},
    {Operation::get_differences, get, "/api/v1/differences", Action::get_differences, "history",
     "What became different on an organisation's board between two moments, and how many events of each kind lie between; of 20,000 commits a page", "", "DifferencesView", 200, true, differences_query},
    {Operation::get_receipt, get, "/api/v1/receipts/{position}", Action::get_receipt, "history",
     "What stands at this position and whether a checkpoint covers it: for whoever did it, or whom it is for, and auditors", "", "ReceiptView"},
    {Operation::get_receipt_proof, get, "/api/v1/receipts/{position}/proof", Action::get_receipt_proof, "history",
     "The proof that it stands there, a file to be checked without us (C2SP tlog-proof)", "", "", 200, true, {}, AnswerKind::text},
    {Operation::get_checkpoint, get, "/log/checkpoint", Action::get_checkpoint, "history",
     "The newest signed checkpoint of the log (C2SP tlog-checkpoint)", "", "", 200, false, {}, AnswerKind::text},
    {Operation::get_witnessed, get, "/log/witnessed", Action::get_checkpoint, "history",
     "The newest checkpoint that as many witnesses signed as are needed (C2SP tlog-cosignature)", "", "", 200, false, {}, AnswerKind::text},
    {Operation::get_key_history, get, "/log/key-history", Action::get_checkpoint, "history",
     "Which keys signed for the log, from when to when: a note that they sign (C2SP signed-note)", "", "", 200, false, {}, AnswerKind::text},
    {Operation::get_stamps, get, "/log/stamps", Action::get_checkpoint, "history",
     "The checkpoints that have a time stamp: their sizes, a line each", "", "", 200, false, {}, AnswerKind::text},
    {Operation::get_stamp, get, "/log/stamps/{file}", Action::get_checkpoint, "history",
     "SIZE: what was stamped; SIZE.tsr: the time stamp (RFC 3161), as `openssl ts -verify -data SIZE -in SIZE.tsr` reads them", "", "", 200, false, {}, AnswerKind::bytes},
    {Operation::get_tile, get, "/log/tile/{level}/{index}", Action::get_tile, "history",
     "Hashes of the log's tree (C2SP tlog-tiles): index is 067, x001/x234/067, or 067.p/5", "", "", 200, false, {}, AnswerKind::bytes, true},
    {Operation::get_entries, get, "/log/tile/entries/{index}", Action::get_entries, "history",
     "Records of the log as they stand there, sealed (C2SP tlog-tiles): index is 067, x001/x234/067, or 067.p/5. The log notes who fetches them", "", "", 200, true, {}, AnswerKind::bytes, true},
    {Operation::get_digests, get, "/log/digests/{size}", Action::get_entries, "history",
     "What the read models are after so many records, a checkpoint's or fewer: the SHA-256 of each one's digest, signed by the log's key", "", "", 200, true, {}, AnswerKind::text},
    {Operation::confirm_clock, post, "/api/v1/log/confirm-clock", Action::confirm_clock, "operations", "Let it write again after the clock was put right", "EmptyBody", "ReadyView"},
    {Operation::get_events, get, "/api/v1/events", Action::get_events, "live", "Accepted commits as they come (text/event-stream): public ones, and what the caller may see", "", "", 200, true, events_query, AnswerKind::events},

    {Operation::get_health, get, "/healthz", Action::get_health, "operations", "The process runs", "", "HealthView", 200, false},
    {Operation::get_ready, get, "/readyz", Action::get_ready, "operations", "Whether it can serve and write", "", "ReadyView", 200, false},
    {Operation::get_version, get, "/version", Action::get_version, "operations", "What runs here", "", "VersionView", 200, false},
    {Operation::get_metrics, get, "/metrics", Action::get_metrics, "operations", "Measurements, in the text format of Prometheus", "", "", 200, false, {}, AnswerKind::text},
    {Operation::get_openapi, get, "/api/openapi.json", Action::get_openapi, "operations", "This document", "", "", 200, false, {}, AnswerKind::text},
}};
// clang-format on

consteval bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].operation != static_cast<Operation>(i) || table[i].pattern.empty() || table[i].summary.empty())
      return false;
  return true;
}
static_assert(in_order(), "each operation has its row, in the order of the enum");

consteval bool each_pattern_once() {
  for (std::size_t i = 0; i < table.size(); ++i)
    for (std::size_t j = i + 1; j < table.size(); ++j)
      if (table[i].method == table[j].method && table[i].pattern == table[j].pattern) return false;
  return true;
}
static_assert(each_pattern_once(), "two operations share a method and a path");

}  // namespace

std::string_view Route::name() const {
  // What is published of checkpoints has one permission, as has what only auditors of a root compare; each call a word
  // of its own.
  switch (operation) {
    case Operation::get_witnessed:
      return "get_witnessed";
    case Operation::get_key_history:
      return "get_key_history";
    case Operation::get_stamps:
      return "get_stamps";
    case Operation::get_stamp:
      return "get_stamp";
    case Operation::get_digests:
      return "get_digests";
    default:
      return domain::permission(action).name;
  }
}

std::span<const Route, operation_count> routes() { return table; }

}  // namespace pioneer::api::http
