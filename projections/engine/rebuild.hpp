// One projection built anew into a table of its own, in bounded memory.
#pragma once

#include <optional>
#include <string>

#include "projections/engine/projection.hpp"

namespace pioneer::projections {

/// One thread. The table is new and empty; it is the caller's to drop if the rebuild comes to nothing.
class Rebuild {
 public:
  Rebuild(eventstore::KeyValueStore& store, eventstore::Table table, const Projection& projection,
          std::size_t bytes_max)
      : store_(store),
        table_(table),
        projection_(projection),
        bytes_max_(bytes_max),
        batch_(store, table, Batch::Digest::left_out) {}

  eventstore::Sequence position() const { return next_; }
  eventstore::Table table() const { return table_; }
  /// In order, without a gap.
  eventstore::Result<void> apply(const Commit& commit);
  /// Writes what is in memory.
  eventstore::Result<void> flush();
  /// Once: writes, and counts the digest of all rows; from here on it follows.
  eventstore::Result<void> count_digest();
  /// As of the last flush. Precondition: counted.
  const LtHash& digest() const { return *digest_; }

 private:
  eventstore::KeyValueStore& store_;
  eventstore::Table table_;
  const Projection& projection_;
  std::size_t bytes_max_;
  Batch batch_;
  eventstore::Sequence next_;
  std::optional<LtHash> digest_;
};

/// Writes all that a batch holds as one sorted run and forgets it: for tables that nobody reads yet.
eventstore::Result<void> write_run(eventstore::KeyValueStore& store, eventstore::Table table, Batch& batch);

/// The digest of all rows of a table, as they are stored.
eventstore::Result<LtHash> digest_of(const eventstore::KeyValueStore& store, eventstore::Table table);

}  // namespace pioneer::projections
