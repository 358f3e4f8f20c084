#include "tests/simulation/derived_store.hpp"

#include <algorithm>

#include "eventstore/check.hpp"
#include "eventstore/varint.hpp"

namespace pioneer::tests {

using eventstore::Result;
using eventstore::Table;

Result<Table> DerivedStore::table(std::string_view name) {
  const auto known = rows_->tables();
  if (std::ranges::find(known, name) == known.end()) changes_.emplace_back(Opened{std::string(name)});
  return rows_->table(name);
}

Result<std::optional<std::string>> DerivedStore::get(Table table, std::string_view key) const {
  auto row = rows_->get(table, key);
  if (hidden_below_ == 0 || !row || !*row || table.number != rows_->table("once")->number) return row;
  std::string_view bytes = **row;
  if (eventstore::take_varint(bytes).value_or(0) < hidden_below_) return std::optional<std::string>{};
  return row;
}

Result<void> DerivedStore::drop_table(std::string_view name) {
  changes_.emplace_back(Dropped{std::string(name)});
  return rows_->drop_table(name);
}

Result<void> DerivedStore::write(const eventstore::WriteBatch& batch) {
  changes_.emplace_back(batch);
  return rows_->write(batch);
}

// A run is whole or not there: to a crash it is a batch.
Result<void> DerivedStore::ingest_sorted(Table table, const eventstore::SortedChanges& next) {
  eventstore::WriteBatch batch;
  const auto noted = rows_->ingest_sorted(table, [&]() -> std::optional<eventstore::SortedChange> {
    const auto change = next();
    if (!change) return change;
    if (change->value) {
      batch.put(table, std::string(change->key), std::string(*change->value));
    } else {
      batch.erase(table, std::string(change->key));
    }
    return change;
  });
  if (noted) changes_.emplace_back(std::move(batch));
  return noted;
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
  return rows_->write(std::get<eventstore::WriteBatch>(change));
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
