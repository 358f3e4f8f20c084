// A node's own copy of a log that stands elsewhere: everything downstream reads it, and never that other place.
// Real: adapters/segments. Filled by adapters/kafka.
#pragma once

#include <cstdint>

#include "eventstore/ports/log.hpp"

namespace pioneer::eventstore {

class LocalCopy : public Log {
 public:
  using Log::append;
  /// As append(), keeping for each record where it stands in the source (a Kafka offset): record and offset are durable
  /// together or not at all. Precondition: as many offsets as records, ascending.
  virtual Result<void> append(std::span<const std::string> records, std::span<const std::uint64_t> source_offsets) = 0;
  /// As append(), where more comes at once: the copy may wait until it has much. Readers, state(), end() and
  /// copied_to() show it, and it is durable, after the next append() at the latest, which may be of nothing. An error
  /// is of all that was not durable by then: none of it is there. `hashes`: each record's leaf hash, as accept()
  /// computed it.
  virtual Result<void> append_more(std::span<const std::string> records, std::span<const std::uint64_t> source_offsets,
                                   std::span<const Hash> hashes) {
    static_cast<void>(hashes);
    return append(records, source_offsets);
  }
  /// Where the last record of the copy stands in the source, fences included; nothing if the copy is empty. The
  /// appending thread.
  virtual std::optional<std::uint64_t> copied_to() const = 0;
};

/// Leaf hash of the last record that counts, fences included: what must stand at `copied_to()` in the source.
inline const Hash& last_record_hash(const LogState& state) { return state.open ? state.head : state.fence_hash; }

}  // namespace pioneer::eventstore
