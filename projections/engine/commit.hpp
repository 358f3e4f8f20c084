// A commit as projections see it: streams named by kind and id, events parsed.
#pragma once

#include <vector>

#include "domain/common/id.hpp"
#include "domain/common/instant.hpp"
#include "domain/events.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::projections {

enum class StreamKind { other, organisation, member, request, product, policy, access };

/// What a commit did to one stream.
struct Part {
  StreamKind kind = StreamKind::other;
  domain::Id id;     ///< after the "/"; zero where that is no id ("policy/services")
  domain::Id actor;  ///< pseudonym or grant; zero: the system
  std::uint64_t first_revision = 0;
  std::vector<domain::AnyEvent> events;
  const eventstore::StreamPart* raw = nullptr;  ///< the stream's name and its introductions

  /// Of the stream after this commit: how many events it has.
  std::uint64_t revision() const { return first_revision + events.size(); }
};

/// Refers to the AcceptedCommit it was made of, which must outlive it.
struct Commit {
  eventstore::Sequence sequence;
  domain::Instant recorded_at;
  domain::Instant occurred_at;  ///< as recorded, but for imports and check-ins made offline
  std::uint64_t cause = 0;      ///< 1 + the sequence of the commit that caused this one; 0: none
  std::vector<Part> parts;
  const eventstore::CommitBody* raw = nullptr;  ///< its policy, rules and facts
};

/// Error "unknown_event" for a type or a payload that this build does not know: projections stop there.
eventstore::Result<Commit> read_commit(const eventstore::AcceptedCommit& accepted);

}  // namespace pioneer::projections
