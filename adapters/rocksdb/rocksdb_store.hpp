// The ordered store on a disk: one RocksDB database, a column family for each table.
// What it holds is derived from the log: a database that is damaged or of another make may be deleted and is rebuilt.
#pragma once

#include <memory>
#include <string>

#include "eventstore/ports/key_value_store.hpp"

namespace pioneer::adapters {

/// What reading keeps in memory, for several databases together. Threads: any.
class BlockCache {
 public:
  static std::shared_ptr<BlockCache> of_bytes(std::size_t bytes);
  virtual ~BlockCache() = default;
};

/// Read once, at open.
struct RocksDbOptions {
  /// Bytes. Decompressed blocks, indexes and filters; the bound on what reading keeps in memory. Default 16 MiB.
  std::size_t block_cache_bytes = 16u << 20;
  /// In place of one of its own of `block_cache_bytes`.
  std::shared_ptr<BlockCache> block_cache = nullptr;
  /// Bytes. All tables' not yet flushed rows together, a soft bound: at 7/8 of it the oldest is flushed. Default 16
  /// MiB. Larger is faster while writing much (a bench takes 128 MiB): fewer, larger flushes.
  std::size_t write_buffer_bytes = 16u << 20;
  /// Bytes. The database's own log is replayed at open, so it bounds the time of a restart after a crash. Default 64
  /// MiB.
  std::size_t wal_bytes_max = 64u << 20;
  /// LZ4 for blocks; off saves some CPU for about twice the disk. Default on.
  bool compress = true;
  /// Threads for flush and compaction together. Default 2.
  int background_jobs = 2;
  /// Files are merged in the background. Off for a scratch store that is written once in sorted runs and read little:
  /// each row is then written once. Default on.
  bool compact = true;
  /// After purge() no file holds even the keys of what was deleted. Each flush writes the list of files (which names
  /// the first and last key of each) anew, so it is for small stores: people. Default off.
  bool forgets_keys = false;
};

/// Threads: as the port says. Errors: "database_in_use" (another process has it), "database_damaged" (delete it: it is
/// rebuilt from the log), "disk_full", "database_failed".
class RocksDbStore final : public eventstore::KeyValueStore {
 public:
  /// Opens the database in `directory`, making both if they are new.
  static eventstore::Result<std::unique_ptr<RocksDbStore>> open(const std::string& directory,
                                                                const RocksDbOptions& options = {});
  /// Flushes, so that the next open replays nothing. Cursors must be gone by then.
  ~RocksDbStore() override;

  eventstore::Result<eventstore::Table> table(std::string_view name) override;
  eventstore::Result<void> drop_table(std::string_view name) override;
  std::vector<std::string> tables() const override;
  eventstore::Result<std::optional<std::string>> get(eventstore::Table table, std::string_view key) const override;
  eventstore::Result<void> write(const eventstore::WriteBatch& batch) override;
  std::unique_ptr<eventstore::Cursor> cursor(eventstore::Table table) const override;
  eventstore::Result<void> ingest_sorted(eventstore::Table table, const eventstore::SortedChanges& next) override;
  eventstore::Result<void> flush() override;
  eventstore::Result<void> purge(eventstore::Table table) override;

  /// A copy of the whole database as it stands, in `directory`, which must not be there yet: files are linked, not
  /// copied, where the file system can. Open it as a store of its own.
  eventstore::Result<void> copy_to(const std::string& directory) const;
  /// Bytes on the disk, about; files that a copy shares count in both.
  std::uint64_t bytes_on_disk() const;

  struct Database;  ///< RocksDB's types stay in the .cpp

 private:
  explicit RocksDbStore(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace pioneer::adapters
