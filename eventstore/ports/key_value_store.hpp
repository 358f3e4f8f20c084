// An ordered store for what is derived from the log: it may be deleted and rebuilt.
// Real: adapters/rocksdb. Simulator and unit tests: adapters/memory. One contract suite passes on both.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventstore/error.hpp"

namespace pioneer::eventstore {

/// A named, ordered space of keys inside the store (a column family). Copies are cheap; equal names are equal tables.
struct Table {
  std::uint32_t number = 0;
};

/// Applied whole or not at all.
class WriteBatch {
 public:
  struct Change {
    Table table;
    std::string key;
    std::optional<std::string> value;  ///< absent: delete
  };
  void put(Table table, std::string key, std::string value) {
    changes_.push_back({table, std::move(key), std::move(value)});
  }
  void erase(Table table, std::string key) { changes_.push_back({table, std::move(key), std::nullopt}); }
  const std::vector<Change>& changes() const { return changes_; }
  bool empty() const { return changes_.empty(); }
  void clear() { changes_.clear(); }

 private:
  std::vector<Change> changes_;
};

/// Walks one table as it stood when the cursor was made. One thread.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual void seek(std::string_view key) = 0;           ///< first key ≥ key
  virtual void seek_for_prev(std::string_view key) = 0;  ///< last key ≤ key
  virtual bool valid() const = 0;
  virtual void next() = 0;
  virtual void prev() = 0;
  virtual std::string_view key() const = 0;    ///< valid until the cursor moves
  virtual std::string_view value() const = 0;  ///< valid until the cursor moves
  virtual Result<void> status() const = 0;     ///< asked when no longer valid: the end, or an error?
};

/// One row of a sorted run; valid until the next one is asked for.
struct SortedChange {
  std::string_view key;
  std::optional<std::string_view> value;  ///< absent: delete
};
/// Gives changes by ascending key, each key once; nothing: that was the last.
using SortedChanges = std::function<std::optional<SortedChange>()>;

/// Any thread may read; one thread writes a given table.
class KeyValueStore {
 public:
  virtual ~KeyValueStore() = default;
  /// Opens the table, making it if it is new.
  virtual Result<Table> table(std::string_view name) = 0;
  virtual Result<void> drop_table(std::string_view name) = 0;
  virtual std::vector<std::string> tables() const = 0;

  virtual Result<std::optional<std::string>> get(Table table, std::string_view key) const = 0;
  /// Not synced: what a crash takes is replayed from the log, whose position is in the same batch.
  virtual Result<void> write(const WriteBatch& batch) = 0;
  virtual std::unique_ptr<Cursor> cursor(Table table) const = 0;
  /// Lays a sorted run over what the table holds, without a log of its own; for rebuilds. Error "not_sorted": then
  /// nothing was changed.
  virtual Result<void> ingest_sorted(Table table, const SortedChanges& next) = 0;
  /// Everything written so far is on the disk when this returns well.
  virtual Result<void> flush() = 0;
  /// As flush(); and what was deleted or replaced in this table no longer stands in the store's files. Slow: for
  /// erasures.
  virtual Result<void> purge(Table table) {
    static_cast<void>(table);
    return flush();
  }
};

}  // namespace pioneer::eventstore
