#include "projections/engine/rebuild.hpp"

#include "eventstore/check.hpp"

namespace pioneer::projections {

eventstore::Result<void> Rebuild::apply(const Commit& commit) {
  CHECK(commit.sequence == next_);
  projection_.apply(commit, batch_);
  if (batch_.error()) return std::unexpected(*batch_.error());
  ++next_;
  return batch_.bytes() > bytes_max_ ? flush() : eventstore::Result<void>{};
}

eventstore::Result<void> Rebuild::flush() {
  if (digest_) batch_.settle(*digest_);
  return write_run(store_, table_, batch_);
}

eventstore::Result<void> Rebuild::count_digest() {
  if (auto flushed = flush(); !flushed) return flushed;
  auto counted = digest_of(store_, table_);
  if (!counted) return std::unexpected(std::move(counted.error()));
  digest_ = *counted;
  batch_.follow_digest();
  return {};
}

eventstore::Result<void> write_run(eventstore::KeyValueStore& store, eventstore::Table table, Batch& batch) {
  if (batch.unwritten()) {
    if (auto written = store.ingest_sorted(table, batch.drain_sorted()); !written) return written;
  }
  batch.forget();
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
