// What a read model is to the engine: a deterministic fold of the log into the rows of one table.
#pragma once

#include <cstdint>
#include <string_view>

#include "projections/engine/batch.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::projections {

/// Holds no state of its own: all of it is in the rows, so one object serves the live table and a rebuild at once.
class Projection {
 public:
  virtual ~Projection() = default;
  /// lower_snake; its tables are called name.generation.
  virtual std::string_view name() const = 0;
  /// Raised when the rows of the same log would differ; the engine then builds it anew.
  virtual std::uint32_t version() const = 0;
  /// No clock, no key, no I/O but the rows of the batch; what it cannot make sense of is `batch.fail`.
  virtual void apply(const Commit& commit, Batch& batch) const = 0;
};

}  // namespace pioneer::projections
