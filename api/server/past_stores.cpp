#include "api/server/past_stores.hpp"

#include <filesystem>

#include "adapters/rocksdb/rocksdb_store.hpp"

namespace pioneer::server {
namespace {

using eventstore::Result;
using eventstore::Table;

void remove(const std::string& directory) {
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
}

/// Takes its directory with it.
class ScratchStore final : public eventstore::KeyValueStore {
 public:
  ScratchStore(std::string directory, std::unique_ptr<adapters::RocksDbStore> rows)
      : directory_(std::move(directory)), rows_(std::move(rows)) {}
  ~ScratchStore() override {
    rows_.reset();
    remove(directory_);
  }
  const adapters::RocksDbStore& rows() const { return *rows_; }

  Result<Table> table(std::string_view name) override { return rows_->table(name); }
  Result<void> drop_table(std::string_view name) override { return rows_->drop_table(name); }
  std::vector<std::string> tables() const override { return rows_->tables(); }
  Result<std::optional<std::string>> get(Table table, std::string_view key) const override {
    return rows_->get(table, key);
  }
  Result<void> write(const eventstore::WriteBatch& batch) override { return rows_->write(batch); }
  std::unique_ptr<eventstore::Cursor> cursor(Table table) const override { return rows_->cursor(table); }
  Result<void> ingest_sorted(Table table, const eventstore::SortedChanges& next) override {
    return rows_->ingest_sorted(table, next);
  }
  Result<void> flush() override { return rows_->flush(); }

 private:
  std::string directory_;
  std::unique_ptr<adapters::RocksDbStore> rows_;
};

}  // namespace

DiskPastStores::DiskPastStores(std::string directory) : directory_(std::move(directory)) { remove(directory_); }

DiskPastStores::~DiskPastStores() { remove(directory_); }

Result<std::unique_ptr<eventstore::KeyValueStore>> DiskPastStores::make(const eventstore::KeyValueStore* of) {
  std::error_code failed;
  std::filesystem::create_directories(directory_, failed);
  if (failed) return eventstore::failure("database_failed", "Cannot make " + directory_ + ": " + failed.message());
  const auto directory = directory_ + "/" + std::to_string(++made_);
  if (of != nullptr) {
    if (auto copied = static_cast<const ScratchStore*>(of)->rows().copy_to(directory); !copied)
      return std::unexpected(copied.error());
  }
  // Written once, in sorted runs, and read little.
  adapters::RocksDbOptions options;
  options.block_cache_bytes = 2u << 20;
  options.write_buffer_bytes = 2u << 20;
  options.background_jobs = 1;
  options.compact = false;
  auto rows = adapters::RocksDbStore::open(directory, options);
  if (!rows) return std::unexpected(rows.error());
  return std::make_unique<ScratchStore>(directory, std::move(*rows));
}

std::uint64_t DiskPastStores::bytes(const eventstore::KeyValueStore& store) const {
  return static_cast<const ScratchStore&>(store).rows().bytes_on_disk();
}

}  // namespace pioneer::server
