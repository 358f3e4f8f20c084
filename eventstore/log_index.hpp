// What is derived from the log for finding things in it again: a stream's commits, and a command's first outcome.
// Kept in two tables of the ordered store; deleted, it is rebuilt from the log.
//
// `streams`  name ‖ 0x00 ‖ big-endian first revision → varint sequence, varint events, then (varint sequence delta,
// varint events)…
//            One row for a stream in each call of `apply`, so that a busy stream costs a row a batch, not a row a
//            commit. Key 0x00 ‖ "position" → varint: the next sequence to apply; then the leaf hash before it.
// `once`     the 16 bytes of the command's MAC → varint sequence.
#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <vector>

#include "eventstore/commit.pb.h"
#include "eventstore/ports/key_value_store.hpp"
#include "eventstore/types.hpp"

namespace pioneer::eventstore {

/// A leaf of the log. No body: it is the `opened` of an epoch and writes no stream.
struct Indexed {
  Sequence sequence;
  const CommitBody* body = nullptr;
  Hash leaf = {};  ///< its leaf hash: kept with the position, and says of which log this index is
};

/// The events of one commit in one stream.
struct StreamEntry {
  Revision first;
  std::uint32_t count = 0;
  Sequence sequence;
  friend bool operator==(const StreamEntry&, const StreamEntry&) = default;
};

/// One thread applies; any thread reads. What is read is what was written to the store: a batch that was filled here
/// and not yet written is not seen.
class LogIndex {
 public:
  static Result<LogIndex> open(KeyValueStore& store);
  LogIndex(LogIndex&& other) noexcept;

  /// The next sequence that `apply` takes. It moves in `apply`; if the batch is then not written, open the index again.
  Sequence position() const { return Sequence(next_.load(std::memory_order_acquire)); }

  /// Leaf hash of the last leaf that was applied when the index was opened; nothing: none was.
  const std::optional<Hash>& head_at_open() const { return head_at_open_; }

  /// Adds to `batch` what the leaves bring, and the new position. They follow one another from `position()`;
  /// otherwise "out_of_order", and nothing is added.
  Result<void> apply(std::span<const Indexed> leaves, WriteBatch& batch);

  /// The stream's commits from the one that holds revision `from`, oldest first, at most `limit`; empty for an unknown
  /// stream.
  Result<std::vector<StreamEntry>> stream(std::string_view name, Revision from, std::size_t limit) const;
  /// Number of events in the stream: the revision that its next event gets.
  Result<std::uint64_t> revision(std::string_view name) const;
  /// Every commit that wrote a stream whose name begins so ("member/"), stream by stream; one that wrote two stands
  /// twice.
  Result<std::vector<Sequence>> commits_of(std::string_view prefix) const;
  /// Where a command was accepted, if ever.
  Result<std::optional<Sequence>> once(const CommandMac& mac) const;

 private:
  LogIndex(KeyValueStore& store, Table streams, Table once, Sequence next);

  KeyValueStore* store_;
  Table streams_;
  Table once_;
  std::atomic<std::uint64_t> next_;
  std::optional<Hash> head_at_open_;
};

}  // namespace pioneer::eventstore
