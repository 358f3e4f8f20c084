#include "eventstore/log_index.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "eventstore/varint.hpp"

namespace pioneer::eventstore {
namespace {

// No stream's key: a stream's name is not empty.
constexpr std::string_view position_key{"\0position", 9};

std::string row_key(std::string_view stream, std::uint64_t first_revision) {
  std::string key;
  key.reserve(stream.size() + 9);
  key.append(stream).push_back('\0');
  put_big_endian(key, first_revision);
  return key;
}

std::unexpected<Error> corrupt_row() {
  return failure("corrupt_row",
                 "A row of the log's index does not parse; delete the derived database, it is rebuilt from the log.");
}

/// Reads a row, entry by entry.
template <class Each>
Result<void> each_entry(std::string_view key, std::string_view value, Each each) {
  StreamEntry entry{Revision(read_big_endian<std::uint64_t>(key.substr(key.size() - 8))), 0, Sequence(0)};
  while (!value.empty()) {
    const auto sequence_delta = take_varint(value);
    const auto count = take_varint(value);
    if (!sequence_delta || !count || *count == 0 || *count > std::numeric_limits<std::uint32_t>::max())
      return corrupt_row();
    entry.sequence = entry.sequence.plus(*sequence_delta);
    entry.count = static_cast<std::uint32_t>(*count);
    each(entry);
    entry.first = entry.first.plus(*count);
  }
  return {};
}

bool is_row_of(std::string_view stream, std::string_view key) {
  return key.size() == stream.size() + 9 && key.starts_with(stream) && key[stream.size()] == '\0';
}

struct Row {
  std::string_view stream;
  std::uint64_t first_revision;
  std::uint64_t last_sequence;
  std::string value;
};

}  // namespace

LogIndex::LogIndex(KeyValueStore& store, Table streams, Table once, Sequence next)
    : store_(&store), streams_(streams), once_(once), next_(next.value) {}

LogIndex::LogIndex(LogIndex&& other) noexcept
    : store_(other.store_),
      streams_(other.streams_),
      once_(other.once_),
      next_(other.next_.load()),
      head_at_open_(other.head_at_open_) {}

Result<LogIndex> LogIndex::open(KeyValueStore& store) {
  const auto streams = store.table("streams");
  if (!streams) return std::unexpected(streams.error());
  const auto once = store.table("once");
  if (!once) return std::unexpected(once.error());
  const auto stored = store.get(*streams, position_key);
  if (!stored) return std::unexpected(stored.error());
  Sequence next;
  std::optional<Hash> head;
  if (*stored) {
    std::string_view bytes = **stored;
    const auto value = take_varint(bytes);
    if (!value) return corrupt_row();
    next = Sequence(*value);
    if (bytes.size() == Hash::size) head = Hash::of(bytes);
  }
  LogIndex index(store, *streams, *once, next);
  index.head_at_open_ = head;
  return index;
}

Result<void> LogIndex::apply(std::span<const Indexed> leaves, WriteBatch& batch) {
  if (leaves.empty()) return {};
  std::uint64_t next = next_.load(std::memory_order_relaxed);
  for (const auto& leaf : leaves) {
    if (leaf.sequence.value != next) {
      return failure("out_of_order", "The log's index expects sequence " + std::to_string(next) + " and was given " +
                                         std::to_string(leaf.sequence.value) + ".");
    }
    ++next;
  }

  std::vector<Row> rows;
  std::unordered_map<std::string_view, std::size_t> row_of;
  std::vector<std::pair<std::string_view, std::uint64_t>> once;
  for (const auto& leaf : leaves) {
    if (leaf.body == nullptr) continue;
    if (leaf.body->once().size() == CommandMac::size) once.emplace_back(leaf.body->once(), leaf.sequence.value);
    for (const auto& part : leaf.body->parts()) {
      if (part.events_size() == 0) continue;
      const auto [found, is_new] = row_of.try_emplace(part.stream(), rows.size());
      if (is_new) rows.push_back({part.stream(), part.first_revision(), 0, {}});
      auto& row = rows[found->second];
      put_varint(row.value, leaf.sequence.value - row.last_sequence);
      put_varint(row.value, static_cast<std::uint64_t>(part.events_size()));
      row.last_sequence = leaf.sequence.value;
    }
  }

  // Sorted, so that the store inserts in order.
  std::ranges::sort(rows, {}, &Row::stream);
  std::ranges::sort(once);
  for (auto& row : rows) batch.put(streams_, row_key(row.stream, row.first_revision), std::move(row.value));
  for (const auto& [mac, sequence] : once) {
    std::string value;
    put_varint(value, sequence);
    batch.put(once_, std::string(mac), std::move(value));
  }
  std::string position;
  put_varint(position, next);
  position.append(leaves.back().leaf.view());
  batch.put(streams_, std::string(position_key), std::move(position));
  next_.store(next, std::memory_order_release);
  return {};
}

Result<std::vector<StreamEntry>> LogIndex::stream(std::string_view name, Revision from, std::size_t limit) const {
  std::vector<StreamEntry> entries;
  if (from.value == 0) {
    // Every stream has a row that starts at 0: for the many that do not exist yet, one look-up costs less than a
    // cursor.
    const auto first = store_->get(streams_, row_key(name, 0));
    if (!first) return std::unexpected(first.error());
    if (!*first) return entries;
  }
  const auto rows = store_->cursor(streams_);
  // The row that holds `from` may start before it.
  rows->seek_for_prev(row_key(name, from.value));
  if (!rows->valid() || !is_row_of(name, rows->key())) rows->seek(row_key(name, from.value));
  for (; entries.size() < limit && rows->valid() && is_row_of(name, rows->key()); rows->next()) {
    const auto read = each_entry(rows->key(), rows->value(), [&](const StreamEntry& entry) {
      if (entry.first.value + entry.count > from.value && entries.size() < limit) entries.push_back(entry);
    });
    if (!read) return std::unexpected(read.error());
  }
  if (const auto status = rows->status(); !status) return std::unexpected(status.error());
  return entries;
}

Result<std::vector<Sequence>> LogIndex::commits_of(std::string_view prefix) const {
  std::vector<Sequence> sequences;
  auto cursor = store_->cursor(streams_);
  for (cursor->seek(prefix); cursor->valid() && cursor->key().starts_with(prefix); cursor->next()) {
    auto read = each_entry(cursor->key(), cursor->value(),
                           [&](const StreamEntry& entry) { sequences.push_back(entry.sequence); });
    if (!read) return std::unexpected(read.error());
  }
  if (auto ended = cursor->status(); !ended) return std::unexpected(ended.error());
  return sequences;
}

Result<std::uint64_t> LogIndex::revision(std::string_view name) const {
  std::uint64_t events = 0;
  const auto rows = store_->cursor(streams_);
  rows->seek_for_prev(row_key(name, std::numeric_limits<std::uint64_t>::max()));
  if (rows->valid() && is_row_of(name, rows->key())) {
    const auto read = each_entry(rows->key(), rows->value(),
                                 [&](const StreamEntry& entry) { events = entry.first.value + entry.count; });
    if (!read) return std::unexpected(read.error());
  }
  if (const auto status = rows->status(); !status) return std::unexpected(status.error());
  return events;
}

Result<std::optional<Sequence>> LogIndex::once(const CommandMac& mac) const {
  const auto row = store_->get(once_, mac.view());
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<Sequence>{};
  std::string_view bytes = **row;
  const auto sequence = take_varint(bytes);
  if (!sequence) return corrupt_row();
  return std::optional(Sequence(*sequence));
}

}  // namespace pioneer::eventstore
