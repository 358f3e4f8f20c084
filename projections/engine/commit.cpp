#include "projections/engine/commit.hpp"

#include <string_view>
#include <utility>

namespace pioneer::projections {
namespace {

StreamKind kind_of(std::string_view kind) {
  static constexpr std::pair<std::string_view, StreamKind> kinds[] = {
      {"product", StreamKind::product}, {"request", StreamKind::request},           {"member", StreamKind::member},
      {"policy", StreamKind::policy},   {"organisation", StreamKind::organisation}, {"access", StreamKind::access}};
  for (const auto& [name, value] : kinds) {
    if (name == kind) return value;
  }
  return StreamKind::other;
}

}  // namespace

eventstore::Result<Commit> read_commit(const eventstore::AcceptedCommit& accepted) {
  const auto& body = accepted.body;
  Commit commit;
  commit.sequence = accepted.sequence;
  commit.recorded_at = {body.recorded_at_us()};
  commit.occurred_at = {body.occurred_at_us() != 0 ? body.occurred_at_us() : body.recorded_at_us()};
  commit.cause = body.cause();
  commit.raw = &body;
  commit.parts.reserve(static_cast<std::size_t>(body.parts_size()));
  for (const auto& raw : body.parts()) {
    auto& part = commit.parts.emplace_back();
    const std::string_view name = raw.stream();
    const auto slash = name.find('/');
    part.kind = kind_of(name.substr(0, slash));
    if (slash != std::string_view::npos) part.id = domain::Id::parse(name.substr(slash + 1)).value_or(domain::Id{});
    part.actor = domain::Id::of(raw.actor());
    part.first_revision = raw.first_revision();
    part.raw = &raw;
    part.events.reserve(static_cast<std::size_t>(raw.events_size()));
    for (const auto& event : raw.events()) {
      auto parsed = domain::parse_event(event.type(), event.payload());
      if (!parsed || event.schema_version() != 0) {
        return eventstore::failure("unknown_event", "Commit " + std::to_string(accepted.sequence.value) +
                                                        " holds an event of type " + event.type() + ", version " +
                                                        std::to_string(event.schema_version()) +
                                                        ", that this build does not know; projections stop before it.");
      }
      part.events.push_back(std::move(*parsed));
    }
  }
  return commit;
}

}  // namespace pioneer::projections
