#include "api/node/community.hpp"

#include <algorithm>
#include <vector>

#include "domain/streams.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::node {
namespace {

/// The event as one of a part's, or nothing.
template <class Event>
std::optional<Event> as(const domain::AnyEvent& event) {
  return std::visit(
      [](const auto& e) -> std::optional<Event> {
        if constexpr (std::is_constructible_v<Event, decltype(e)>) {
          return Event(e);
        } else {
          return std::nullopt;
        }
      },
      event);
}

}  // namespace

bool Community::concerns(std::string_view stream) {
  const auto kind = domain::parts_of(stream).first;
  return kind == domain::stream_kind::organisation || kind == domain::stream_kind::member ||
         kind == domain::stream_kind::policy;
}

void Community::evolve(std::string_view stream, const domain::AnyEvent& event, const domain::Happened& happened,
                       eventstore::Sequence at) {
  if (const auto organisation = domain::id_in(stream, domain::stream_kind::organisation)) {
    if (const auto e = as<domain::organisations::Event>(event)) directory.evolve(*organisation, *e, happened);
  } else if (const auto member = domain::id_in(stream, domain::stream_kind::member)) {
    if (const auto e = as<domain::members::Event>(event)) roster.evolve(*member, *e, happened);
  } else if (domain::parts_of(stream).first == domain::stream_kind::policy) {
    if (const auto e = as<domain::policy::Event>(event)) {
      domain::policy::evolve(policy, *e, happened);
      if (std::holds_alternative<domain::PolicyAdopted>(*e)) policy_sequence = at;
    }
  }
}

domain::Actor Community::actor(const domain::Id& member) const {
  domain::Actor actor;
  if (member.is_zero() || !roster.is_member(member)) return actor;
  actor.kind = domain::Actor::Kind::person;
  actor.member = member;
  actor.grants = roster.grants(member);
  return actor;
}

eventstore::Result<Community> load_community(const eventstore::Log& log, const eventstore::LogIndex& index) {
  std::vector<eventstore::Sequence> sequences;
  for (const auto kind :
       {domain::stream_kind::policy, domain::stream_kind::organisation, domain::stream_kind::member}) {
    auto of_kind = index.commits_of(std::string(kind) + "/");
    if (!of_kind) return std::unexpected(of_kind.error());
    sequences.insert(sequences.end(), of_kind->begin(), of_kind->end());
  }
  std::ranges::sort(sequences);
  const auto doubles = std::ranges::unique(sequences);  // a merge writes two streams at once
  sequences.erase(doubles.begin(), doubles.end());

  Community community;
  for (const auto sequence : sequences) {
    const auto commit = eventstore::read_commit(log, sequence);
    if (!commit) return std::unexpected(commit.error());
    if (auto folded = community.fold(*commit); !folded) return std::unexpected(folded.error());
  }
  return community;
}

eventstore::Result<void> Community::fold(const eventstore::AcceptedCommit& commit) {
  for (const auto& part : commit.body.parts()) {
    if (!concerns(part.stream())) continue;
    const domain::Happened happened{domain::Id::of(part.actor()), {commit.body.recorded_at_us()}};
    for (const auto& event : part.events()) {
      const auto parsed = domain::parse_event(event.type(), event.payload());
      if (!parsed)
        return eventstore::failure("unknown_event", "This build does not know the event " + event.type() + ".");
      evolve(part.stream(), *parsed, happened, commit.sequence);
    }
  }
  return {};
}

}  // namespace pioneer::node
