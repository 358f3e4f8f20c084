// The ordered store in a simulated run: adapters/memory's map, and a crash takes the newest of what was not flushed, or
// everything.
#pragma once

#include <memory>
#include <variant>

#include "adapters/memory/memory_store.hpp"

namespace pioneer::tests {

/// One thread. Cursors made before a crash must not outlive it.
class DerivedStore final : public eventstore::KeyValueStore {
 public:
  DerivedStore() { forget_everything(); }

  eventstore::Result<eventstore::Table> table(std::string_view name) override;
  eventstore::Result<void> drop_table(std::string_view name) override;
  std::vector<std::string> tables() const override { return rows_->tables(); }
  eventstore::Result<std::optional<std::string>> get(eventstore::Table table, std::string_view key) const override;
  eventstore::Result<void> write(const eventstore::WriteBatch& batch) override;
  std::unique_ptr<eventstore::Cursor> cursor(eventstore::Table table) const override { return rows_->cursor(table); }
  eventstore::Result<void> ingest_sorted(eventstore::Table table, const eventstore::SortedChanges& next) override;
  eventstore::Result<void> flush() override;

  /// Changes that a crash may take.
  std::size_t unflushed() const { return changes_.size() - flushed_; }
  /// A crash: all that was flushed stays, and of the changes after it the first `kept`.
  void lose_all_but(std::size_t kept);
  /// Somebody deleted the store.
  void forget_everything();
  /// A break on purpose: rows of `once` are not found where the command's first outcome stands below this sequence.
  void hide_outcomes(std::uint64_t below) { hidden_below_ = below; }

 private:
  struct Opened {
    std::string name;
  };
  struct Dropped {
    std::string name;
  };
  using Change = std::variant<Opened, Dropped, eventstore::WriteBatch>;
  eventstore::Result<void> apply(const Change& change);

  std::unique_ptr<adapters::MemoryStore> rows_;
  std::vector<Change> changes_;  ///< since the store was made: replayed after a crash
  std::size_t flushed_ = 0;
  std::uint64_t hidden_below_ = 0;
};

}  // namespace pioneer::tests
