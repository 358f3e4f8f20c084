#include "projections/engine/rebuild.hpp"

#include "eventstore/check.hpp"

namespace pioneer::projections {
namespace {
/// Rows that leave memory in one write: bounds what the copies for the store take.
constexpr std::size_t piece_bytes = 4u << 20;
}  // namespace

eventstore::Result<void> Rebuild::apply(const Commit& commit) {
  CHECK(commit.sequence == next_);
  projection_.apply(commit, batch_);
  if (batch_.error()) return std::unexpected(*batch_.error());
  ++next_;
  return batch_.bytes() > bytes_max_ ? flush() : eventstore::Result<void>{};
}

eventstore::Result<void> Rebuild::flush() { return write_in_pieces(store_, table_, batch_, empty_); }

eventstore::Result<void> write_in_pieces(eventstore::KeyValueStore& store, eventstore::Table table, Batch& batch,
                                         bool& empty) {
  if (!batch.unwritten()) return {};
  while (batch.unwritten()) {
    eventstore::Result<void> written;
    if (empty) {
      written = store.ingest_sorted(table, batch.drain_rows(piece_bytes));
    } else {
      eventstore::WriteBatch piece;
      batch.drain(piece, piece_bytes);
      written = store.write(piece);
    }
    if (!written) return written;
  }
  batch.forget();
  empty = false;
  return {};
}

eventstore::Result<LtHash> digest_of(const eventstore::KeyValueStore& store, eventstore::Table table) {
  LtHash digest;
  const auto rows = store.cursor(table);
  for (rows->seek(""); rows->valid(); rows->next()) digest.add(rows->key(), rows->value());
  if (auto status = rows->status(); !status) return std::unexpected(std::move(status.error()));
  return digest;
}

}  // namespace pioneer::projections
