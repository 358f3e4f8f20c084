// An ordered store in memory: std::map behind the port of the store. Nothing survives it.
// Used by the simulator, by unit tests, and as the scratch store of an "as of" query.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "eventstore/ports/key_value_store.hpp"

namespace pioneer::adapters {

/// Any thread may read; one thread writes a given table. A cursor walks the table as it stood when the cursor was made:
/// the rows are shared with it, and the first write after that copies them. Cursors may outlive a drop of their table.
class MemoryStore final : public eventstore::KeyValueStore {
 public:
  eventstore::Result<eventstore::Table> table(std::string_view name) override;
  eventstore::Result<void> drop_table(std::string_view name) override;
  std::vector<std::string> tables() const override;
  eventstore::Result<std::optional<std::string>> get(eventstore::Table table, std::string_view key) const override;
  eventstore::Result<void> write(const eventstore::WriteBatch& batch) override;
  std::unique_ptr<eventstore::Cursor> cursor(eventstore::Table table) const override;
  eventstore::Result<void> ingest_sorted(eventstore::Table table, const eventstore::SortedChanges& next) override;
  eventstore::Result<void> flush() override { return {}; }

  /// A store of its own with the same tables and rows.
  std::unique_ptr<MemoryStore> copy() const;
  /// Bytes of all keys and values.
  std::size_t bytes() const;

  using Rows = std::map<std::string, std::string, std::less<>>;

 private:
  /// The rows for writing: a copy first if a cursor still looks at them.
  Rows& owned(std::shared_ptr<Rows>& rows);

  std::shared_ptr<std::shared_mutex> mutex_ = std::make_shared<std::shared_mutex>();
  std::map<std::string, std::uint32_t, std::less<>> names_;
  std::vector<std::shared_ptr<Rows>> rows_;  ///< by table number; null: dropped
};

}  // namespace pioneer::adapters
