// Requests: asking, working, closing, rating.
#include "api/http/handlers/as_of.hpp"
#include "api/http/handlers/service.hpp"
#include "api/queries/request_view.hpp"
#include "domain/streams.hpp"

namespace pioneer::api::http {
namespace {

Show request_shown(const Service& service, const IncomingPointer& incoming) {
  return [&service, incoming](const node::Caller& caller, const node::Outcome& outcome) {
    const auto id = domain::id_in(outcome.stream, domain::stream_kind::request).value_or(domain::Id{});
    give(service, incoming, caller, queries::request_view(service.node, caller, id, {}), outcome.answer.position.value);
  };
}

/// The grant under which a member acts for an organisation.
std::optional<domain::Id> grant_of(const Service& service, const domain::Id& member, const domain::Id& organisation) {
  return service.node.projector().with_community([&](const node::Community& community) -> std::optional<domain::Id> {
    const auto actor = community.actor(member);
    const auto* grant = domain::covering_grant(actor, domain::Role::cadre, organisation, community.directory);
    return grant == nullptr ? std::nullopt : std::optional(grant->grant);
  });
}

void assign(const Service& service, const IncomingPointer& incoming) {
  AssignRequestBody body;
  if (!incoming->read_body(body)) return;
  const FindGrant find = [&service](const domain::Id& member, const domain::Id& organisation) {
    return grant_of(service, member, organisation);
  };
  send(
      service, incoming,
      [&](Edge& edge, const Call& call) { return edge.assign_request(call, incoming->path[0], body, find); },
      request_shown(service, incoming));
}

void get(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto id = id_in_path(*incoming);
  if (!id) return;
  if (const auto until = until_of(service, *incoming))
    give(service, incoming, caller, queries::request_view(service.node, caller, *id, *until));
}

}  // namespace

void register_requests(Router& router, const Service& service) {
  router.on(Operation::submit_request, [&service](const IncomingPointer& incoming) {
    SubmitRequestBody body;
    if (!incoming->read_body(body)) return;
    send(
        service, incoming, [&](Edge& edge, const Call& call) { return edge.submit_request(call, body); },
        request_shown(service, incoming));
  });
  router.on(Operation::accept_request, changes(service, &Edge::accept_request, request_shown));
  router.on(Operation::assign_request, [&service](const IncomingPointer& incoming) { assign(service, incoming); });
  router.on(Operation::report_progress, changes<ReportProgressBody>(service, &Edge::report_progress, request_shown));
  router.on(Operation::resolve_request, changes<ResolveRequestBody>(service, &Edge::resolve_request, request_shown));
  router.on(Operation::confirm_request, changes(service, &Edge::confirm_request, request_shown));
  router.on(Operation::dispute_request, changes<DisputeRequestBody>(service, &Edge::dispute_request, request_shown));
  router.on(Operation::rate_request, changes<RateRequestBody>(service, &Edge::rate_request, request_shown));
  router.on(Operation::withdraw_request, changes<WithdrawRequestBody>(service, &Edge::withdraw_request, request_shown));
  router.on(Operation::get_request, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { get(service, incoming, caller); });
  });
}

}  // namespace pioneer::api::http
