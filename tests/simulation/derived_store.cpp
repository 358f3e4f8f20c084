#include "tests/simulation/derived_store.hpp"

#include <algorithm>

#include "eventstore/check.hpp"

namespace pioneer::tests {

using eventstore::Result;
using eventstore::Table;

Result<Table> DerivedStore::table(std::string_view name) {
  const auto known = rows_->tables();
  if (std::ranges::find(known, name) == known.end()) changes_.emplace_back(Opened{std::string(name)});
  return rows_->table(name);
}

Result<void> DerivedStore::drop_table(std::string_view name) {
  changes_.emplace_back(Dropped{std::string(name)});
  return rows_->drop_table(name);
}

Result<void> DerivedStore::write(const eventstore::WriteBatch& batch) {
  changes_.emplace_back(batch);
  return rows_->write(batch);
}

Result<void> DerivedStore::ingest_sorted(Table table, std::vector<std::pair<std::string, std::string>> rows) {
  changes_.emplace_back(Ingested{table, rows});
  return rows_->ingest_sorted(table, std::move(rows));
}

Result<void> DerivedStore::flush() {
  flushed_ = changes_.size();
  return {};
}

Result<void> DerivedStore::apply(const Change& change) {
  if (const auto* opened = std::get_if<Opened>(&change)) {
    const auto table = rows_->table(opened->name);
    return table ? Result<void>{} : std::unexpected(table.error());
  }
  if (const auto* dropped = std::get_if<Dropped>(&change)) return rows_->drop_table(dropped->name);
  if (const auto* batch = std::get_if<eventstore::WriteBatch>(&change)) return rows_->write(*batch);
  const auto& ingested = std::get<Ingested>(change);
  return rows_->ingest_sorted(ingested.table, ingested.rows);
}

void DerivedStore::lose_all_but(std::size_t kept) {
  CHECK(kept <= unflushed());
  changes_.resize(flushed_ + kept);
  flushed_ = changes_.size();
  rows_ = std::make_unique<adapters::MemoryStore>();
  for (const auto& change : changes_) CHECK(apply(change).has_value());
}

void DerivedStore::forget_everything() {
  changes_.clear();
  flushed_ = 0;
  rows_ = std::make_unique<adapters::MemoryStore>();
}

}  // namespace pioneer::tests
