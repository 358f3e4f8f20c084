#include "projections/engine/batch.hpp"

#include <algorithm>

namespace pioneer::projections {
namespace {
constexpr std::size_t row_overhead_bytes = 200;
}

Batch::Rows::value_type& Batch::row(std::string_view key, bool load) {
  if (last_ != nullptr && last_->first == key) return *last_;
  if (const auto found = rows_.find(key); found != rows_.end()) return *(last_ = &*found);
  Row fresh;
  if (load) {
    auto stored = store_->get(table_, key);
    if (stored) {
      fresh.now = std::move(*stored);
    } else if (!error_) {
      error_ = std::move(stored.error());
    }
  }
  bytes_ += key.size() + row_overhead_bytes + (fresh.now ? fresh.now->size() : 0);
  return *(last_ = &*rows_.emplace(std::string(key), std::move(fresh)).first);
}

void Batch::change(Rows::value_type& entry, std::optional<std::string> to) {
  auto& [key, row] = entry;
  bytes_ += to ? to->size() : 0;
  if (followed_ && !row.touched) {
    row.settled = std::move(row.now);
  } else {
    bytes_ -= row.now ? row.now->size() : 0;
  }
  row.touched = true;
  row.now = std::move(to);
  if (!row.unwritten) {
    row.unwritten = true;
    unwritten_.push_back(&entry);
    sorted_ = false;
  }
}

const std::string* Batch::get(std::string_view key) {
  const auto& found = row(key, true).second;
  return found.now ? &*found.now : nullptr;
}

void Batch::put(std::string_view key, std::string value) { change(row(key, followed_), std::move(value)); }

void Batch::insert(std::string_view key, std::string value) { change(row(key, false), std::move(value)); }

void Batch::erase(std::string_view key) { change(row(key, followed_), std::nullopt); }

void Batch::fail(std::string sentence) {
  if (!error_) error_ = eventstore::Error{"corrupt_projection", std::move(sentence), eventstore::Retry::cannot_help};
}

template <class Each>
bool Batch::drain_each(std::size_t bytes_max, Each each) {
  if (!sorted_) {
    std::ranges::sort(unwritten_, std::greater<>{},
                      [](const auto* entry) -> const std::string& { return entry->first; });
    sorted_ = true;
  }
  std::size_t bytes = 0;
  while (!unwritten_.empty() && bytes < bytes_max) {
    auto& [key, row] = *unwritten_.back();
    unwritten_.pop_back();
    row.unwritten = false;
    bytes += key.size() + (row.now ? row.now->size() : 0);
    each(key, row.now);
  }
  return unwritten_.empty();
}

bool Batch::drain(eventstore::WriteBatch& out, std::size_t bytes_max) {
  return drain_each(bytes_max, [&](const std::string& key, const std::optional<std::string>& now) {
    if (now) {
      out.put(table_, key, *now);
    } else {
      out.erase(table_, key);
    }
  });
}

std::vector<std::pair<std::string, std::string>> Batch::drain_rows(std::size_t bytes_max) {
  std::vector<std::pair<std::string, std::string>> rows;
  drain_each(bytes_max, [&](const std::string& key, const std::optional<std::string>& now) {
    if (now) rows.emplace_back(key, *now);
  });
  return rows;
}

void Batch::settle(LtHash& digest) {
  for (const auto& [key, row] : rows_) {
    if (!row.touched || row.settled == row.now) continue;
    if (row.settled) digest.remove(key, *row.settled);
    if (row.now) digest.add(key, *row.now);
  }
  forget();
}

void Batch::forget() {
  rows_.clear();
  last_ = nullptr;
  unwritten_.clear();
  bytes_ = 0;
}

}  // namespace pioneer::projections
