// A projection's rows while commits are applied: what was changed and not yet written lies over what is stored.
// It keeps, too, what each changed row was when the digest was last settled, so that the digest follows.
//
// Memory decides how fast a rebuild is, so a row is one entry of an array, its key stands in an arena, and it is found
// through one array of hashes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventstore/ports/key_value_store.hpp"
#include "projections/engine/lthash.hpp"

namespace pioneer::projections {

/// One thread: the one that applies.
class Batch {
 public:
  enum class Digest { followed, left_out };  ///< left out: a rebuild digests its final rows once
  Batch(const eventstore::KeyValueStore& store, eventstore::Table table, Digest digest)
      : store_(&store), table_(table), followed_(digest == Digest::followed) {}

  // For projections.

  /// The row, or null. Valid until the next call.
  const std::string* get(std::string_view key);
  void put(std::string_view key, std::string value);
  /// A row whose key was never used before: spares looking for an old one.
  void insert(std::string_view key, std::string value);
  void erase(std::string_view key);
  /// Something stored is not as it must be. The first one stands; the engine drops this batch and stops the projection.
  void fail(std::string sentence);

  // For the engine.

  const std::optional<eventstore::Error>& error() const { return error_; }
  /// Bytes held, about.
  std::size_t bytes() const { return bytes_; }
  bool unwritten() const { return !unwritten_.empty(); }
  /// Hands what changed since the last drain to `out`, in the order of keys.
  void drain(eventstore::WriteBatch& out);
  /// The same, one change after another; to be called until it gives nothing.
  eventstore::SortedChanges drain_sorted();
  void follow_digest() { followed_ = true; }
  /// Brings the digest from the last settling to now. The rows stay known. False: nothing had changed.
  bool settle(LtHash& digest);
  /// Forgets all rows, and the change of the digest with them. Precondition: drained and settled, or to be dropped.
  void forget();

 private:
  struct Row {
    std::string_view key;  ///< in the arena
    std::string now;
    std::unique_ptr<std::string> settled;  ///< what the digest holds, if `touched`; null: no such row
    bool present = false;
    bool touched = false;    ///< differs, perhaps, from what the digest holds
    bool unwritten = false;  ///< differs, perhaps, from what is stored
    bool unstored = false;   ///< the store is known not to hold it
  };
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t row = 0;  ///< 1 + its index; 0: free
  };
  struct Sorted {
    std::uint64_t prefix;  ///< the key's first bytes as a number: most comparisons need no look at the key
    Row* row;
  };

  enum class Look { in_store, nowhere, at_put };
  Row& row(std::string_view key, Look look);
  Row& add(std::string_view key, std::uint32_t hash);
  void grow();
  std::string_view keep_key(std::string_view key);
  void change(Row& row, std::optional<std::string> to);
  /// What is to be written, the last key first.
  std::vector<Sorted> sorted();

  const eventstore::KeyValueStore* store_;
  eventstore::Table table_;
  bool followed_;
  std::deque<Row> rows_;
  std::vector<Slot> slots_;  ///< a power of two, at most 3/4 full
  std::vector<std::unique_ptr<char[]>> arena_;
  std::size_t arena_left_ = 0;
  std::vector<Row*> unwritten_;
  std::vector<Row*> touched_;
  Row* last_ = nullptr;  ///< a row is mostly written right after it was read
  std::size_t bytes_ = 0;
  std::optional<eventstore::Error> error_;
};

}  // namespace pioneer::projections
