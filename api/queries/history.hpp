// One stream's commits, read back from the log in order. Any thread.
#pragma once

#include <functional>
#include <string_view>

#include "api/node/node.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::queries {

/// What a reading stops at: nothing recorded from here on counts.
struct Until {
  eventstore::Sequence sequence{~std::uint64_t{0}};
};

struct HistoryEntry {
  eventstore::AcceptedCommit accepted;  ///< what `commit` refers to
  projections::Commit commit;
  const projections::Part* part = nullptr;  ///< the stream's own
};

/// Calls `each` for every commit of the stream that holds a revision ≥ `from`, oldest first, until it returns false.
/// An unknown stream has no commits.
eventstore::Result<void> read_history(const node::Node& node, std::string_view stream, eventstore::Revision from,
                                      Until until, const std::function<bool(const HistoryEntry&)>& each);

/// Number of events that the stream had then; 0: it was not there. O(log n) look-ups.
eventstore::Result<std::uint64_t> revision_at(const node::Node& node, std::string_view stream, Until until);

/// The first sequence recorded after `at`: what an instant means as a position. O(log n) reads.
eventstore::Result<eventstore::Sequence> position_at(const eventstore::Log& log, domain::Instant at);

}  // namespace pioneer::queries
