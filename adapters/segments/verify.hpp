// The whole proof of a directory: every byte of every segment file is what the log's rules allow it to be.
#pragma once

#include <functional>

#include "adapters/segments/segment_file.hpp"

namespace pioneer::adapters::segments {

struct Verification {
  bool ok = false;
  eventstore::Sequence position;  ///< leaves proven good: all, or those before the first damage
  // If not ok: what is wrong, and where.
  std::string code;
  std::string file;
  std::uint64_t offset = 0;
  std::string reason;  ///< also set if the tail is torn or open
  /// The last process did not close the log: its tail is open, or a batch that never became whole stands there.
  /// No damage: nothing that was acknowledged can be in such a batch.
  bool torn_tail = false;
  eventstore::LogState state;  ///< at `position`, if ok
  eventstore::Hash root;       ///< of the Merkle tree over the leaves, if ok
  std::uint64_t segments = 0;
  std::uint64_t records = 0;  ///< fences included
  std::uint64_t bytes = 0;
};

struct VerifyOptions {
  /// Segments are checked side by side, each from the state that its header records; that these fit together is checked
  /// too. At most 16 MiB of memory each.
  unsigned threads = 1;
  /// Called after each MiB or so with bytes done and bytes in all; from any of the threads, one call at a time.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Writes nothing; needs no lock, but judges a directory that is being written as one that is not closed.
Verification verify(eventstore::Disk& disk, const std::string& directory, const VerifyOptions& options = {});

}  // namespace pioneer::adapters::segments
