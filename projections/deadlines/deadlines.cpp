#include "projections/deadlines/deadlines.hpp"

namespace pioneer::projections {
namespace {

/// The key as request_keys::deadline writes it, and the kind in its row.
DueDeadline read(std::string_view key, std::string_view value) {
  DueDeadline one;
  one.due.us =
      static_cast<std::int64_t>(eventstore::read_big_endian<std::uint64_t>(key.substr(1)) ^ std::uint64_t{1} << 63);
  one.request = domain::Id::of(key.substr(9, 16));
  one.number = eventstore::read_big_endian<std::uint32_t>(key.substr(25));
  one.kind = static_cast<domain::DeadlineKind::Value>(Decoder(value).number());
  return one;
}

bool is_deadline(const eventstore::Cursor& rows) {
  return rows.valid() && rows.key().size() == 29 && rows.key().front() == 'd';
}

}  // namespace

eventstore::Result<std::vector<DueDeadline>> Deadlines::due(domain::Instant now, std::size_t limit) const {
  std::vector<DueDeadline> all;
  const auto rows = rows_.cursor();
  for (rows->seek("d"); all.size() < limit && is_deadline(*rows); rows->next()) {
    auto one = read(rows->key(), rows->value());
    if (one.due > now) break;
    all.push_back(one);
  }
  if (auto status = rows->status(); !status) return std::unexpected(status.error());
  return all;
}

eventstore::Result<std::optional<domain::Instant>> Deadlines::next() const {
  const auto rows = rows_.cursor();
  rows->seek("d");
  if (is_deadline(*rows)) return read(rows->key(), rows->value()).due;
  if (auto status = rows->status(); !status) return std::unexpected(status.error());
  return std::optional<domain::Instant>{};
}

}  // namespace pioneer::projections
