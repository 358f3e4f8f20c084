#include "adapters/memory/memory_store.hpp"

namespace pioneer::adapters {
namespace {

using eventstore::Cursor;
using eventstore::failure;
using eventstore::Result;
using eventstore::Table;

std::unexpected<eventstore::Error> no_such_table(Table table) {
  return failure("no_such_table",
                 "The table with number " + std::to_string(table.number) + " was dropped or never opened.");
}

class MemoryCursor final : public Cursor {
 public:
  MemoryCursor(std::shared_ptr<MemoryStore::Rows> rows, std::shared_ptr<std::shared_mutex> mutex, Result<void> status)
      : rows_(std::move(rows)), mutex_(std::move(mutex)), status_(std::move(status)), at_(rows_->end()) {}
  // Under the lock, so that a writer which then finds itself the only owner has also seen our last read.
  ~MemoryCursor() override {
    const std::unique_lock lock(*mutex_);
    rows_.reset();
  }

  void seek(std::string_view key) override { at_ = rows_->lower_bound(key); }
  void seek_for_prev(std::string_view key) override {
    at_ = rows_->upper_bound(key);
    prev();
  }
  bool valid() const override { return at_ != rows_->end(); }
  void next() override { ++at_; }
  void prev() override { at_ = at_ == rows_->begin() ? rows_->end() : std::prev(at_); }
  std::string_view key() const override { return at_->first; }
  std::string_view value() const override { return at_->second; }
  Result<void> status() const override { return status_; }

 private:
  std::shared_ptr<MemoryStore::Rows> rows_;
  std::shared_ptr<std::shared_mutex> mutex_;
  Result<void> status_;
  MemoryStore::Rows::const_iterator at_;
};

}  // namespace

MemoryStore::Rows& MemoryStore::owned(std::shared_ptr<Rows>& rows) {
  if (rows.use_count() > 1) rows = std::make_shared<Rows>(*rows);
  return *rows;
}

Result<Table> MemoryStore::table(std::string_view name) {
  const std::unique_lock lock(*mutex_);
  if (const auto found = names_.find(name); found != names_.end()) return Table{found->second};
  const auto number = static_cast<std::uint32_t>(rows_.size());
  names_.emplace(name, number);
  rows_.push_back(std::make_shared<Rows>());
  return Table{number};
}

Result<void> MemoryStore::drop_table(std::string_view name) {
  const std::unique_lock lock(*mutex_);
  if (const auto found = names_.find(name); found != names_.end()) {
    rows_[found->second].reset();
    names_.erase(found);
  }
  return {};
}

std::vector<std::string> MemoryStore::tables() const {
  const std::shared_lock lock(*mutex_);
  std::vector<std::string> names;
  names.reserve(names_.size());
  for (const auto& [name, number] : names_) names.push_back(name);
  return names;
}

Result<std::optional<std::string>> MemoryStore::get(Table table, std::string_view key) const {
  const std::shared_lock lock(*mutex_);
  if (table.number >= rows_.size() || !rows_[table.number]) return no_such_table(table);
  const auto& rows = *rows_[table.number];
  const auto found = rows.find(key);
  return found == rows.end() ? std::optional<std::string>{} : found->second;
}

Result<void> MemoryStore::write(const eventstore::WriteBatch& batch) {
  const std::unique_lock lock(*mutex_);
  for (const auto& change : batch.changes()) {
    if (change.table.number >= rows_.size() || !rows_[change.table.number]) return no_such_table(change.table);
  }
  for (const auto& change : batch.changes()) {
    auto& rows = owned(rows_[change.table.number]);
    if (change.value) {
      rows.insert_or_assign(change.key, *change.value);
    } else if (const auto found = rows.find(change.key); found != rows.end()) {
      rows.erase(found);
    }
  }
  return {};
}

std::unique_ptr<Cursor> MemoryStore::cursor(Table table) const {
  const std::shared_lock lock(*mutex_);
  if (table.number >= rows_.size() || !rows_[table.number]) {
    return std::make_unique<MemoryCursor>(std::make_shared<Rows>(), mutex_, no_such_table(table));
  }
  return std::make_unique<MemoryCursor>(rows_[table.number], mutex_, Result<void>{});
}

Result<void> MemoryStore::ingest_sorted(Table table, const eventstore::SortedChanges& next) {
  eventstore::WriteBatch batch;
  while (const auto change = next()) {
    if (!batch.empty() && batch.changes().back().key >= change->key)
      return failure("not_sorted", "Rows to be ingested must have ascending keys.");
    if (change->value) {
      batch.put(table, std::string(change->key), std::string(*change->value));
    } else {
      batch.erase(table, std::string(change->key));
    }
  }
  return write(batch);
}

std::unique_ptr<MemoryStore> MemoryStore::copy() const {
  auto other = std::make_unique<MemoryStore>();
  const std::shared_lock lock(*mutex_);
  other->names_ = names_;
  for (const auto& rows : rows_) other->rows_.push_back(rows ? std::make_shared<Rows>(*rows) : nullptr);
  return other;
}

std::size_t MemoryStore::bytes() const {
  const std::shared_lock lock(*mutex_);
  std::size_t bytes = 0;
  for (const auto& rows : rows_) {
    if (!rows) continue;
    for (const auto& [key, value] : *rows) bytes += key.size() + value.size();
  }
  return bytes;
}

}  // namespace pioneer::adapters
