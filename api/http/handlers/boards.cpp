// Boards and lists of requests: rows stand ready as JSON.
#include "api/http/handlers/as_of.hpp"
#include "api/http/handlers/service.hpp"
#include "api/queries/board_view.hpp"

namespace pioneer::api::http {
namespace {

void malformed(const Incoming& incoming, std::string_view parameter, std::string_view sentence) {
  incoming.problem({.code = "malformed_parameter", .detail = sentence, .field = parameter});
}

std::optional<domain::RequestState::Value> state_named(std::string_view word) {
  domain::RequestState::Value state{};
  if (!domain::RequestState::Value_Parse(std::string(word), &state) || state == domain::RequestState::unspecified)
    return std::nullopt;
  return state;
}

void answer(const IncomingPointer& incoming, domain::Decided<std::string> json) {
  json ? incoming->json(std::move(*json)) : incoming->refuse(json.error());
}

/// `ask(source)` over the live rows or those of `asOf`, while nobody's role changes.
template <class Ask>
void from_source(const Service& service, const IncomingPointer& incoming, Ask ask) {
  with_models(service, *incoming,
              [&](const projections::ReadModels& models, std::uint64_t position, std::int64_t as_of) {
                auto json = service.node.projector().with_community([&](const node::Community& community) {
                  return ask(queries::BoardSource{community, models, service.node.edge().opener(), position, as_of});
                });
                answer(incoming, std::move(json));
              });
}

void board(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  queries::BoardQuery wanted;
  const auto& request = incoming->request;
  const auto organisation = organisation_named(service, incoming->path[0]);
  if (!organisation) return incoming->problem({.code = "not_found"});
  wanted.organisation = *organisation;
  const auto subtree = request.parameter("subtree");
  if (!subtree.empty() && subtree != "true" && subtree != "false")
    return malformed(*incoming, "subtree", "true or false stands here.");
  wanted.subtree = subtree != "false";
  if (const auto column = request.parameter("column"); !column.empty()) {
    const auto state = state_named(column);
    if (!state) return malformed(*incoming, "column", "There is no such column.");
    wanted.column = *state;
  }
  const auto limit = limit_of(*incoming, wanted.limit, wanted.limit);
  if (!limit) return;
  wanted.limit = *limit;
  wanted.after = request.parameter("cursor");
  from_source(service, incoming,
              [&](const queries::BoardSource& source) { return queries::board_json(source, caller.actor, wanted); });
}

void requests(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  queries::RequestsQuery wanted;
  const auto& request = incoming->request;
  if (const auto named = request.parameter("organisation"); !named.empty()) {
    const auto organisation = organisation_named(service, named);
    if (!organisation) return malformed(*incoming, "organisation", "There is no such organisation.");
    wanted.organisation = *organisation;
  } else if (!caller.sender) {
    return incoming->problem({.code = "not_signed_in"});
  } else {
    // Nobody's list is everybody's: without an organisation it is the caller's own.
    for (const auto& grant : caller.actor.grants)
      if (wanted.organisation.is_zero() && grant.role != domain::Role::member) wanted.organisation = grant.organisation;
  }
  for (const auto& [name, value] : request.query) {
    if (name != "state") continue;
    const auto state = state_named(value);
    if (!state) return malformed(*incoming, "state", "There is no such state.");
    wanted.states.push_back(*state);
  }
  const auto limit = limit_of(*incoming, wanted.limit, 200);
  if (!limit) return;
  wanted.limit = *limit;
  wanted.category = request.parameter("category");
  wanted.after = request.parameter("cursor");
  from_source(service, incoming,
              [&](const queries::BoardSource& source) { return queries::requests_json(source, caller.actor, wanted); });
}

}  // namespace

void register_boards(Router& router, const Service& service) {
  router.on(Operation::get_board, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { board(service, incoming, caller); });
  });
  router.on(Operation::list_requests, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { requests(service, incoming, caller); });
  });
}

}  // namespace pioneer::api::http
