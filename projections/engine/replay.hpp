// The same projections from the log's beginning into a scratch store: to compare digests, and to see how things stood
// at an earlier sequence or instant. Reading the log and applying run side by side, on two threads.
#pragma once

#include <optional>

#include "projections/engine/engine.hpp"

namespace pioneer::projections {

/// Where to stop; neither: at the log's end.
struct AsOf {
  std::optional<eventstore::Sequence> before;     ///< this sequence is the first that is not applied
  std::optional<domain::Instant> recorded_until;  ///< commits recorded after it are not applied
};

/// The engine over `scratch`, an empty store, with everything applied: ask `digests()`, or make queries on its views.
eventstore::Result<std::unique_ptr<Engine>> replay(eventstore::KeyValueStore& scratch,
                                                   std::vector<std::unique_ptr<Projection>> projections,
                                                   CommitSource& source, AsOf as_of = {}, EngineOptions options = {});

}  // namespace pioneer::projections
