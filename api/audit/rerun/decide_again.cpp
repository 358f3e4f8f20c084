#include "api/audit/rerun/decide_again.hpp"

#include <algorithm>
#include <utility>

#include "domain/members/decide.hpp"
#include "domain/organisations/decide.hpp"
#include "domain/policy/decide.hpp"
#include "domain/requests/decide.hpp"
#include "domain/streams.hpp"
#include "domain/supermarket/decide.hpp"

namespace pioneer::api::rerun {
namespace {

using domain::Id;

template <class Event>
domain::Decided<Decision> in_one(std::string stream, domain::Decided<domain::Decision<Event>> decided) {
  if (!decided) return std::unexpected(std::move(decided.error()));
  Decision decision{decided->acting_as, {{std::move(stream), {}}}, decided->rules};
  for (const auto& event : decided->events) decision.changes.front().events.push_back(domain::as_any(event));
  return decision;
}

/// A merge writes both organisations' streams: each event says which is its own.
domain::Decided<Decision> in_several(domain::organisations::Outcome decided) {
  if (!decided) return std::unexpected(std::move(decided.error()));
  Decision decision{decided->acting_as, {}, decided->rules};
  for (const auto& [organisation, event] : decided->events) {
    const auto stream = domain::stream_of(domain::stream_kind::organisation, organisation);
    auto change = std::ranges::find(decision.changes, stream, &Change::stream);
    if (change == decision.changes.end()) change = decision.changes.insert(change, {stream, {}});
    change->events.push_back(domain::as_any(event));
  }
  return decision;
}

template <class Command>
domain::Decided<Decision> of_member(const Command& what, const std::string& stream, const domain::Context& context,
                                    bool phone_taken) {
  const auto* known = context.roster.member(domain::id_in(stream, domain::stream_kind::member).value_or(Id{}));
  const auto state = known == nullptr ? domain::members::State{} : *known;
  if constexpr (std::is_same_v<Command, domain::RegisterMember>)
    return in_one(stream, domain::members::decide(state, what, context, phone_taken));
  else
    return in_one(stream, domain::members::decide(state, what, context));
}

}  // namespace

domain::Decided<Decision> decide_again(const domain::AnyCommand& command, const domain::Context& context,
                                       const Before& before, bool phone_taken) {
  const auto stream = domain::primary_stream(command);
  return std::visit(
      [&](const auto& what) -> domain::Decided<Decision> {
        using Command = std::decay_t<decltype(what)>;
        if constexpr (requires { domain::requests::decide(before.request, what, context); }) {
          return in_one(stream, domain::requests::decide(before.request, what, context));
        } else if constexpr (requires { domain::supermarket::decide(before.product, what, context); }) {
          return in_one(stream, domain::supermarket::decide(before.product, what, context));
        } else if constexpr (requires { domain::organisations::decide(context.directory, what, context); }) {
          return in_several(domain::organisations::decide(context.directory, what, context));
        } else if constexpr (requires { domain::policy::decide(context.policy, what, context); }) {
          return in_one(stream, domain::policy::decide(context.policy, what, context));
        } else if constexpr (requires { domain::members::decide(what, context); }) {
          return in_one(domain::access_stream(Id::of(what.organisation()), context.now.us),
                        domain::members::decide(what, context));
        } else {
          return of_member<Command>(what, stream, context, phone_taken);
        }
      },
      command);
}

}  // namespace pioneer::api::rerun
