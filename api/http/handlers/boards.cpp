// Boards and lists of requests: rows stand ready as JSON.
#include <array>
#include <charconv>
#include <cmath>
#include <ranges>

#include "api/http/handlers/as_of.hpp"
#include "api/http/handlers/service.hpp"
#include "api/queries/board_view.hpp"

namespace pioneer::api::http {
namespace {

std::optional<domain::RequestState::Value> state_named(std::string_view word) {
  domain::RequestState::Value state{};
  if (!domain::RequestState::Value_Parse(std::string(word), &state) || state == domain::RequestState::unspecified)
    return std::nullopt;
  return state;
}

void answer(const IncomingPointer& incoming, domain::Decided<std::string> json) {
  json ? incoming->json(std::move(*json)) : incoming->refuse(json.error());
}

/// `ask(source)` over the live rows or those of `asOf`, while nobody's role changes. Whoever may not see the list now
/// is refused before the past is looked up for them.
template <class Ask>
void from_source(const Service& service, const IncomingPointer& incoming, const node::Caller& caller,
                 domain::Action action, const domain::Id& organisation, Ask ask) {
  const auto may = service.node.projector().with_community([&](const node::Community& community) {
    return queries::may_list(community, caller.actor, action, organisation);
  });
  if (!may) return incoming->refuse(may.error());
  with_models(service, incoming,
              [&service, incoming, asked = std::move(ask)](const projections::ReadModels& models,
                                                           std::uint64_t position, std::int64_t as_of) {
                auto json = service.node.projector().with_community([&](const node::Community& community) {
                  return asked(queries::BoardSource{community, models, service.node.edge().opener(), position, as_of});
                });
                answer(incoming, std::move(json));
              });
}

/// "id,id,…"
bool ids_in(std::string_view text, std::vector<domain::Id>& ids) {
  for (const auto part : std::views::split(text, ',')) {
    const auto id = domain::Id::parse(std::string_view(part.begin(), part.end()));
    if (!id || ids.size() == queries::board_cards_max) return false;
    ids.push_back(*id);
  }
  return true;
}

void board(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  queries::BoardQuery wanted;
  const auto& request = incoming->request;
  const auto organisation = organisation_named(service, incoming->path[0]);
  if (!organisation) return incoming->problem({.code = "not_found"});
  wanted.organisation = *organisation;
  const auto subtree = flag_in(*incoming, "subtree", true);
  if (!subtree) return;
  wanted.subtree = *subtree;
  if (const auto column = request.parameter("column"); !column.empty()) {
    const auto state = state_named(column);
    if (!state) return malformed(*incoming, "column", "There is no such column.");
    wanted.column = *state;
  }
  if (const auto cards = request.parameter("cards"); !cards.empty()) {
    if (!ids_in(cards, wanted.cards))
      return malformed(*incoming, "cards", "It is: ids of 1 to 50 requests, separated by commas.");
    if (!request.parameter("column").empty() || !request.parameter("cursor").empty())
      return malformed(*incoming, "cards", "It does not go together with column or cursor.");
  }
  const auto limit = limit_of(*incoming, wanted.limit, queries::board_page_max);
  if (!limit) return;
  wanted.limit = *limit;
  wanted.after = request.parameter("cursor");
  from_source(service, incoming, caller, domain::Action::get_board, wanted.organisation,
              [actor = caller.actor, wanted](const queries::BoardSource& source) {
                return queries::board_json(source, actor, wanted);
              });
}

/// "24.48,118.08,500"
std::optional<queries::Nearby> nearby(std::string_view text) {
  std::array<double, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto comma = i + 1 < numbers.size() ? text.find(',') : text.size();
    if (comma == std::string_view::npos) return std::nullopt;
    const auto part = text.substr(0, comma);
    const auto read = std::from_chars(part.data(), part.data() + part.size(), numbers[i]);
    if (read.ec != std::errc{} || read.ptr != part.data() + part.size() || !std::isfinite(numbers[i]))
      return std::nullopt;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  const queries::Nearby place{.lat = numbers[0], .lon = numbers[1], .metres = numbers[2]};
  const bool good = std::abs(place.lat) <= 90 && std::abs(place.lon) <= 180 && place.metres > 0 &&
                    place.metres <= queries::near_metres_max;
  return good ? std::optional(place) : std::nullopt;
}

/// What is looked for in what is sealed; false: answered.
bool read_search(const Incoming& incoming, queries::RequestsQuery& wanted) {
  const auto& request = incoming.request;
  wanted.text = request.parameter("q");
  if (wanted.text.size() > queries::search_bytes_max) {
    malformed(incoming, "q", "These are too many words.");
    return false;
  }
  if (const auto near = request.parameter("near"); !near.empty()) {
    wanted.near = nearby(near);
    if (!wanted.near) malformed(incoming, "near", "latitude,longitude,metres stand here: 24.48,118.08,500");
    if (!wanted.near) return false;
  }
  const auto subtree = flag_in(incoming, "subtree", true);
  wanted.subtree = subtree.value_or(true);
  return subtree.has_value();
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
    if (wanted.organisation.is_zero())
      return incoming->problem({.code = "organisation_needed",
                                .detail = "You hold no office in an organisation, so none is taken for meant. Name one "
                                          "with organisation=, or see your own requests under /api/v1/me/requests.",
                                .field = "organisation"});
  }
  if (!read_search(*incoming, wanted)) return;
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
  from_source(service, incoming, caller, domain::Action::list_requests, wanted.organisation,
              [actor = caller.actor, wanted](const queries::BoardSource& source) {
                return queries::requests_json(source, actor, wanted);
              });
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
