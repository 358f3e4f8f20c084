// A projection's rows while commits are applied: what was changed and not yet written lies over what is stored.
// It keeps, too, what each changed row was when the digest was last settled, so that the digest follows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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
  /// Hands what changed since the last drain to `out`, in the order of keys; true: all of it, false: `out` has got
  /// `bytes_max` and there is more.
  bool drain(eventstore::WriteBatch& out, std::size_t bytes_max = SIZE_MAX);
  /// The same for a table that holds nothing yet: rows that can be ingested.
  std::vector<std::pair<std::string, std::string>> drain_rows(std::size_t bytes_max);
  void follow_digest() { followed_ = true; }
  /// Brings the digest from the last settling to now, then forgets all rows. Precondition: drained.
  void settle(LtHash& digest);
  /// Forgets all rows, and the change of the digest with them. Precondition: drained, or to be dropped.
  void forget();

 private:
  struct Row {
    std::optional<std::string> now;
    std::optional<std::string> settled;  ///< meaningful if `touched`
    bool touched = false;                ///< differs, perhaps, from what the digest holds
    bool unwritten = false;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  using Rows = std::unordered_map<std::string, Row, Hash, std::equal_to<>>;

  Rows::value_type& row(std::string_view key, bool load);
  void change(Rows::value_type& row, std::optional<std::string> to);
  template <class Each>
  bool drain_each(std::size_t bytes_max, Each each);

  const eventstore::KeyValueStore* store_;
  eventstore::Table table_;
  bool followed_;
  Rows rows_;
  std::vector<Rows::value_type*> unwritten_;
  Rows::value_type* last_ = nullptr;  ///< a row is mostly written right after it was read
  bool sorted_ = false;               ///< by key, descending: a drain takes from the end
  std::size_t bytes_ = 0;
  std::optional<eventstore::Error> error_;
};

}  // namespace pioneer::projections
