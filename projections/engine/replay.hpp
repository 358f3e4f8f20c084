// The same projections from the log's beginning into a scratch store: to compare digests, and to see how things stood
// at an earlier sequence or instant. Reading the log runs beside applying, which is a thread for each projection.
#pragma once

#include <optional>

#include "projections/engine/engine.hpp"

namespace pioneer::projections {

/// Where to stop; neither: at the log's end.
struct AsOf {
  std::optional<eventstore::Sequence> before;     ///< this sequence is the first that is not applied
  std::optional<domain::Instant> recorded_until;  ///< commits recorded after it are not applied
};

/// The engine over `scratch`, with everything applied: an empty store and a source that starts at sequence 0, or what
/// an earlier replay left and a source that starts where it ended. Ask `digests()`, or make queries on its views.
eventstore::Result<std::unique_ptr<Engine>> replay(eventstore::KeyValueStore& scratch,
                                                   std::vector<std::unique_ptr<Projection>> projections,
                                                   CommitSource& source, AsOf as_of = {}, EngineOptions options = {});

}  // namespace pioneer::projections
