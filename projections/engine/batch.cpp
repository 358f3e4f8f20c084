#include "projections/engine/batch.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

#include "eventstore/varint.hpp"

namespace pioneer::projections {
namespace {

constexpr std::size_t arena_bytes = 64u << 10;
constexpr std::size_t slots_first = 64;
/// Of a row, its place in the arrays, and what the allocator adds to its value.
constexpr std::size_t row_overhead_bytes = 120;

std::uint64_t prefix_of(std::string_view key) {
  char bytes[8] = {};
  std::memcpy(bytes, key.data(), std::min(key.size(), sizeof bytes));
  return eventstore::read_big_endian<std::uint64_t>({bytes, sizeof bytes});
}

}  // namespace

std::string_view Batch::keep_key(std::string_view key) {
  if (key.size() > arena_left_) {
    arena_left_ = std::max(arena_bytes, key.size());
    arena_.push_back(std::make_unique_for_overwrite<char[]>(arena_left_));
    bytes_ += arena_left_;
  }
  // From the end of the piece to its beginning: what is left is then all that must be known.
  char* const at = arena_.back().get() + (arena_left_ -= key.size());
  std::memcpy(at, key.data(), key.size());
  return {at, key.size()};
}

void Batch::grow() {
  const auto old = std::move(slots_);
  slots_.assign(old.empty() ? slots_first : old.size() * 2, {});
  const auto mask = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.row == 0) continue;
    auto at = slot.hash & mask;
    while (slots_[at].row != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

Batch::Row& Batch::add(std::string_view key, std::uint32_t hash) {
  if ((rows_.size() + 1) * 4 > slots_.size() * 3) grow();
  auto& row = rows_.emplace_back();
  row.key = keep_key(key);
  bytes_ += row_overhead_bytes;
  const auto mask = slots_.size() - 1;
  auto at = hash & mask;
  while (slots_[at].row != 0) at = (at + 1) & mask;
  slots_[at] = {hash, static_cast<std::uint32_t>(rows_.size())};
  return row;
}

Batch::Row& Batch::row(std::string_view key, Look look) {
  if (last_ != nullptr && last_->key == key) return *last_;
  const auto full = std::hash<std::string_view>{}(key);
  const auto hash = static_cast<std::uint32_t>(full ^ full >> 32);
  if (!slots_.empty()) {
    const auto mask = slots_.size() - 1;
    for (auto at = hash & mask; slots_[at].row != 0; at = (at + 1) & mask) {
      if (slots_[at].hash != hash) continue;
      auto& found = rows_[slots_[at].row - 1];
      if (found.key == key) return *(last_ = &found);
    }
  }
  auto& fresh = add(key, hash);
  last_ = &fresh;
  fresh.unstored = look == Look::nowhere;
  if (look != Look::in_store && !(look == Look::at_put && followed_)) return fresh;
  auto stored = store_->get(table_, key);
  if (!stored) {
    if (!error_) error_ = std::move(stored.error());
  } else if (*stored) {
    fresh.now = std::move(**stored);
    fresh.present = true;
    bytes_ += fresh.now.size();
  } else {
    fresh.unstored = true;
  }
  return fresh;
}

void Batch::change(Row& row, std::optional<std::string> to) {
  if (followed_ && !row.touched) {
    if (row.present) row.settled = std::make_unique<std::string>(std::move(row.now));
    row.touched = true;
    touched_.push_back(&row);
  } else {
    bytes_ -= row.present ? row.now.size() : 0;
  }
  row.present = to.has_value();
  row.now = to ? std::move(*to) : std::string();
  bytes_ += row.now.size();
  if (!row.unwritten) {
    row.unwritten = true;
    unwritten_.push_back(&row);
  }
}

const std::string* Batch::get(std::string_view key) {
  const auto& found = row(key, Look::in_store);
  return found.present ? &found.now : nullptr;
}

void Batch::put(std::string_view key, std::string value) { change(row(key, Look::at_put), std::move(value)); }

void Batch::insert(std::string_view key, std::string value) { change(row(key, Look::nowhere), std::move(value)); }

void Batch::erase(std::string_view key) { change(row(key, Look::at_put), std::nullopt); }

void Batch::fail(std::string sentence) {
  if (!error_) error_ = eventstore::Error{"corrupt_projection", std::move(sentence), eventstore::Retry::cannot_help};
}

std::vector<Batch::Sorted> Batch::sorted() {
  std::vector<Sorted> all;
  all.reserve(unwritten_.size());
  for (auto* const row : unwritten_) {
    row->unwritten = false;
    // Made and gone again before it was ever written: the store need not hear of it.
    if (!row->present && row->unstored) continue;
    all.push_back({prefix_of(row->key), row});
  }
  unwritten_.clear();
  std::ranges::sort(all, [](const Sorted& a, const Sorted& b) {
    return a.prefix != b.prefix ? a.prefix > b.prefix : a.row->key > b.row->key;
  });
  return all;
}

void Batch::drain(eventstore::WriteBatch& out) {
  auto all = sorted();
  for (; !all.empty(); all.pop_back()) {
    auto& row = *all.back().row;
    row.unstored = !row.present;
    if (row.present) {
      out.put(table_, std::string(row.key), row.now);
    } else {
      out.erase(table_, std::string(row.key));
    }
  }
}

eventstore::SortedChanges Batch::drain_sorted() {
  return [all = sorted()]() mutable -> std::optional<eventstore::SortedChange> {
    if (all.empty()) return std::nullopt;
    auto& row = *all.back().row;
    all.pop_back();
    row.unstored = !row.present;
    eventstore::SortedChange change{row.key, std::nullopt};
    if (row.present) change.value = row.now;
    return change;
  };
}

bool Batch::settle(LtHash& digest) {
  bool changed = false;
  for (auto* const row : touched_) {
    row->touched = false;
    const auto was = std::move(row->settled);
    if (was) bytes_ -= was->size();
    if (was ? row->present && *was == row->now : !row->present) continue;
    changed = true;
    if (was) digest.remove(row->key, *was);
    if (row->present) digest.add(row->key, row->now);
  }
  touched_.clear();
  return changed;
}

void Batch::forget() {
  rows_.clear();
  slots_.clear();
  arena_.clear();
  arena_left_ = 0;
  last_ = nullptr;
  unwritten_.clear();
  touched_.clear();
  bytes_ = 0;
}

}  // namespace pioneer::projections
