#include "adapters/rocksdb/rocksdb_store.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <filesystem>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <system_error>

namespace pioneer::adapters {
namespace {

using eventstore::Cursor;
using eventstore::Error;
using eventstore::failure;
using eventstore::Result;
using eventstore::Retry;
using eventstore::Table;

class RocksDbBlockCache final : public BlockCache {
 public:
  explicit RocksDbBlockCache(std::size_t bytes) : cache(rocksdb::NewLRUCache(bytes, 4, false, 0.5)) {}
  const std::shared_ptr<rocksdb::Cache> cache;
};

rocksdb::Slice slice(std::string_view s) { return {s.data(), s.size()}; }
std::string_view view(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

Error error_of(const rocksdb::Status& status, const std::string& directory) {
  const std::string what = " (" + directory + ": " + status.ToString() + ")";
  if (status.IsCorruption() || status.IsInvalidArgument() || status.IsNotFound()) {
    return {"database_damaged",
            "The derived database cannot be read; delete its directory, it is rebuilt from the log" + what,
            Retry::cannot_help};
  }
  if (status.IsNoSpace()) return {"disk_full", "The disk of the derived database is full" + what, Retry::can_help};
  if (status.IsIOError() && status.ToString().find("Too many open files") != std::string::npos) {
    return {"too_few_files", "This process may open too few files: raise `ulimit -n` to 1024 or more" + what,
            Retry::cannot_help};
  }
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
    return {"database_in_use", "Another process has the derived database open" + what, Retry::can_help};
  }
  return {"database_failed", "The derived database failed" + what, Retry::cannot_help};
}

Result<void> result_of(const rocksdb::Status& status, const std::string& directory) {
  if (status.ok()) return {};
  return std::unexpected(error_of(status, directory));
}

/// All rows of a table share one hint: where the last one was put. Our batches are sorted, so the next place is near,
/// and is looked for from there instead of from the top of the memory table.
class OneHint final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "pioneer.OneHint"; }
  rocksdb::Slice Transform(const rocksdb::Slice&) const override { return {}; }
  bool InDomain(const rocksdb::Slice&) const override { return true; }
};

/// Counters that nobody reads cost a twentieth of a write; they are each thread's own.
void count_nothing() {
  if (rocksdb::GetPerfLevel() != rocksdb::PerfLevel::kDisable) rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
}

rocksdb::ColumnFamilyOptions family_options(const RocksDbOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = cache;
  blocks.block_size = 16 << 10;
  blocks.format_version = 5;
  blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  blocks.whole_key_filtering = true;
  // Indexes and filters count against the cache: memory stays bounded however large the log grows.
  blocks.cache_index_and_filter_blocks = true;
  blocks.cache_index_and_filter_blocks_with_high_priority = true;
  blocks.pin_l0_filter_and_index_blocks_in_cache = true;

  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  family.write_buffer_size = std::max<std::size_t>(options.write_buffer_bytes / 2, 1 << 20);
  family.max_write_buffer_number = 4;
  // Most look-ups of commands and new streams find nothing. Bits for each row that fits; reserved for each table, so
  // no more than that.
  family.memtable_prefix_bloom_size_ratio = 0.02;
  family.memtable_whole_key_filtering = true;
  family.memtable_insert_with_hint_prefix_extractor = std::make_shared<OneHint>();
  // Many tables are small: the default would reserve a mebibyte in memory for each.
  family.arena_block_size = 64 << 10;
  family.compression = options.compress ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  // Level 0 is what was flushed a moment ago and is rewritten soon.
  family.compression_per_level = {rocksdb::kNoCompression, family.compression};
  family.level_compaction_dynamic_level_bytes = true;
  family.target_file_size_base = 16 << 20;
  family.max_bytes_for_level_base = 64 << 20;
  family.level0_file_num_compaction_trigger = 4;
  family.level0_slowdown_writes_trigger = 40;
  family.level0_stop_writes_trigger = 64;
  family.disable_auto_compactions = !options.compact;
  return family;
}

/// RocksDB's own diary. As a file, where the disk is full, its second line ends the process (an assertion of 7.8); what
/// matters comes as a status.
class NoDiary final : public rocksdb::Logger {
 public:
  NoDiary() : Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* /*format*/, va_list /*words*/) override {}
};

rocksdb::DBOptions database_options(const RocksDbOptions& options, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::DBOptions database;
  database.create_if_missing = true;
  database.max_background_jobs = options.background_jobs;
  database.max_total_wal_size = options.wal_bytes_max;
  database.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_bytes, nullptr);
  database.max_open_files = 512;
  database.info_log = std::make_shared<NoDiary>();
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.skip_stats_update_on_db_open = true;
  database.bytes_per_sync = 1 << 20;
  // Each table's rows and its position are one batch, so a torn tail is simply replayed from our log.
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  if (options.forgets_keys) database.max_manifest_file_size = 1;
  static_cast<void>(cache);
  return database;
}

}  // namespace

struct RocksDbStore::Database {
  /// A table's handle; closing the last copy of a dropped table frees its files.
  struct Family {
    rocksdb::DB* db;
    rocksdb::ColumnFamilyHandle* handle;
    Family(rocksdb::DB* d, rocksdb::ColumnFamilyHandle* h) : db(d), handle(h) {}
    Family(const Family&) = delete;
    Family& operator=(const Family&) = delete;
    ~Family() { db->DestroyColumnFamilyHandle(handle); }
  };

  std::string directory;
  rocksdb::ColumnFamilyOptions family_options;
  std::unique_ptr<rocksdb::DB> db;
  mutable std::shared_mutex mutex;  ///< guards the tables, not the rows
  std::map<std::string, std::uint32_t, std::less<>> names;
  std::vector<std::shared_ptr<Family>> families;  ///< by table number; null: dropped
  std::uint64_t ingested = 0;
  std::atomic<bool> full{false};  ///< it met a full disk, and takes nothing until it is told to go on

  std::shared_ptr<Family> family(Table table) const {
    const std::shared_lock lock(mutex);
    return table.number < families.size() ? families[table.number] : nullptr;
  }
  Result<void> result(const rocksdb::Status& status) const { return result_of(status, directory); }
  /// After a full disk: RocksDB keeps what it could not flush in memory, and flushes it now if there is room.
  Result<void> go_on() {
    if (!full.load(std::memory_order_relaxed)) return {};
    const auto resumed = db->Resume();
    if (resumed.IsCorruption()) return result(resumed);
    // It refuses in its own words (busy, aborted) while its own recovery runs: to us the disk is still full.
    if (!resumed.ok()) {
      const std::string what = " (" + directory + ": " + resumed.ToString() + ")";
      return failure("disk_full", "The disk of the derived database is full" + what, Retry::can_help);
    }
    full = false;
    return {};
  }
  Result<void> noted(const rocksdb::Status& status) {
    if (status.IsNoSpace()) full = true;
    return result(status);
  }
  static std::unexpected<Error> no_such_table(Table table) {
    return failure("no_such_table",
                   "The table with number " + std::to_string(table.number) + " was dropped or never opened.");
  }
};

namespace {

class RocksDbCursor final : public Cursor {
 public:
  using Family = RocksDbStore::Database::Family;
  RocksDbCursor(std::shared_ptr<Family> family, std::unique_ptr<rocksdb::Iterator> rows, std::string directory)
      : family_(std::move(family)), rows_(std::move(rows)), directory_(std::move(directory)) {}

  void seek(std::string_view key) override { rows_->Seek(slice(key)); }
  void seek_for_prev(std::string_view key) override { rows_->SeekForPrev(slice(key)); }
  bool valid() const override { return rows_->Valid(); }
  void next() override { rows_->Next(); }
  void prev() override { rows_->Prev(); }
  std::string_view key() const override { return view(rows_->key()); }
  std::string_view value() const override { return view(rows_->value()); }
  Result<void> status() const override { return result_of(rows_->status(), directory_); }

 private:
  std::shared_ptr<Family> family_;  // before the iterator, so that it goes after it
  std::unique_ptr<rocksdb::Iterator> rows_;
  std::string directory_;
};

class FailedCursor final : public Cursor {
 public:
  explicit FailedCursor(Error error) : error_(std::move(error)) {}
  void seek(std::string_view) override {}
  void seek_for_prev(std::string_view) override {}
  bool valid() const override { return false; }
  void next() override {}
  void prev() override {}
  std::string_view key() const override { return {}; }
  std::string_view value() const override { return {}; }
  Result<void> status() const override { return std::unexpected(error_); }

 private:
  Error error_;
};

}  // namespace

std::shared_ptr<BlockCache> BlockCache::of_bytes(std::size_t bytes) {
  return std::make_shared<RocksDbBlockCache>(bytes);
}

RocksDbStore::RocksDbStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

Result<std::unique_ptr<RocksDbStore>> RocksDbStore::open(const std::string& directory, const RocksDbOptions& options) {
  std::error_code made;
  std::filesystem::create_directories(directory, made);
  if (made) return failure("database_failed", "Cannot make the directory " + directory + ": " + made.message());

  const auto blocks = options.block_cache ? options.block_cache : BlockCache::of_bytes(options.block_cache_bytes);
  const auto& cache = static_cast<const RocksDbBlockCache&>(*blocks).cache;
  auto database = std::make_unique<Database>();
  database->directory = directory;
  database->family_options = family_options(options, cache);
  const auto database_settings = database_options(options, cache);

  std::vector<std::string> names;
  const bool exists = std::filesystem::exists(std::filesystem::path(directory) / "CURRENT");
  if (exists) {
    if (const auto listed = rocksdb::DB::ListColumnFamilies(database_settings, directory, &names); !listed.ok()) {
      return std::unexpected(error_of(listed, directory));
    }
  } else {
    names.emplace_back(rocksdb::kDefaultColumnFamilyName);
  }
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(names.size());
  for (const auto& name : names) descriptors.emplace_back(name, database->family_options);

  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  if (const auto status = rocksdb::DB::Open(database_settings, directory, descriptors, &handles, &opened);
      !status.ok()) {
    return std::unexpected(error_of(status, directory));
  }
  database->db.reset(opened);
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto family = std::make_shared<Database::Family>(opened, handles[i]);
    // RocksDB insists on a default table; ours all have names.
    if (names[i] == rocksdb::kDefaultColumnFamilyName) continue;
    database->names.emplace(names[i], static_cast<std::uint32_t>(database->families.size()));
    database->families.push_back(std::move(family));
  }
  return std::unique_ptr<RocksDbStore>(new RocksDbStore(std::move(database)));
}

RocksDbStore::~RocksDbStore() {
  static_cast<void>(flush());  // a failure costs only time at the next open
  database_->families.clear();
  static_cast<void>(database_->db->Close());
}

Result<Table> RocksDbStore::table(std::string_view name) {
  const std::unique_lock lock(database_->mutex);
  if (const auto found = database_->names.find(name); found != database_->names.end()) return Table{found->second};
  rocksdb::ColumnFamilyHandle* handle = nullptr;
  if (const auto status = database_->db->CreateColumnFamily(database_->family_options, std::string(name), &handle);
      !status.ok()) {
    return std::unexpected(error_of(status, database_->directory));
  }
  const auto number = static_cast<std::uint32_t>(database_->families.size());
  database_->names.emplace(name, number);
  database_->families.push_back(std::make_shared<Database::Family>(database_->db.get(), handle));
  return Table{number};
}

Result<void> RocksDbStore::drop_table(std::string_view name) {
  const std::unique_lock lock(database_->mutex);
  const auto found = database_->names.find(name);
  if (found == database_->names.end()) return {};
  auto& family = database_->families[found->second];
  if (auto dropped = database_->result(database_->db->DropColumnFamily(family->handle)); !dropped) return dropped;
  family.reset();
  database_->names.erase(found);
  return {};
}

std::vector<std::string> RocksDbStore::tables() const {
  const std::shared_lock lock(database_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, number] : database_->names) names.push_back(name);
  return names;
}

Result<std::optional<std::string>> RocksDbStore::get(Table table, std::string_view key) const {
  count_nothing();
  const auto family = database_->family(table);
  if (!family) return Database::no_such_table(table);
  rocksdb::PinnableSlice value;
  const auto status = database_->db->Get({}, family->handle, slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>{};
  if (!status.ok()) return std::unexpected(error_of(status, database_->directory));
  return std::optional<std::string>(std::in_place, value.data(), value.size());
}

Result<void> RocksDbStore::write(const eventstore::WriteBatch& batch) {
  count_nothing();
  std::size_t bytes = 16;
  for (const auto& change : batch.changes())
    bytes += change.key.size() + (change.value ? change.value->size() : 0) + 16;
  rocksdb::WriteBatch out(bytes);
  {
    const std::shared_lock lock(database_->mutex);
    for (const auto& change : batch.changes()) {
      const auto number = change.table.number;
      if (number >= database_->families.size() || !database_->families[number])
        return Database::no_such_table(change.table);
      auto* const handle = database_->families[number]->handle;
      const auto added = change.value ? out.Put(handle, slice(change.key), slice(*change.value))
                                      : out.Delete(handle, slice(change.key));
      if (!added.ok()) return database_->result(added);
    }
  }
  if (auto goes_on = database_->go_on(); !goes_on) return goes_on;
  return database_->noted(database_->db->Write({}, &out));
}

std::unique_ptr<Cursor> RocksDbStore::cursor(Table table) const {
  auto family = database_->family(table);
  if (!family) return std::make_unique<FailedCursor>(Database::no_such_table(table).error());
  std::unique_ptr<rocksdb::Iterator> rows(database_->db->NewIterator({}, family->handle));
  return std::make_unique<RocksDbCursor>(std::move(family), std::move(rows), database_->directory);
}

Result<void> RocksDbStore::ingest_sorted(Table table, const eventstore::SortedChanges& next) {
  const auto family = database_->family(table);
  if (!family) return Database::no_such_table(table);
  auto change = next();
  if (!change) return {};
  std::string path;
  {
    const std::unique_lock lock(database_->mutex);
    path = database_->directory + "/ingest-" + std::to_string(database_->ingested++) + ".sst";
  }
  rocksdb::SstFileWriter writer({}, rocksdb::Options(database_->db->GetDBOptions(), database_->family_options),
                                family->handle);
  if (auto opened = database_->result(writer.Open(path)); !opened) return opened;
  std::string last;
  for (bool first = true; change; change = next(), first = false) {
    if (!first && last >= change->key) {
      std::error_code ignored;
      std::filesystem::remove(path, ignored);
      return failure("not_sorted", "Rows to be ingested must have ascending keys.");
    }
    last.assign(change->key);
    const auto put = change->value ? writer.Put(slice(last), slice(*change->value)) : writer.Delete(slice(last));
    if (!put.ok()) return database_->result(put);
  }
  if (auto finished = database_->result(writer.Finish()); !finished) return finished;
  rocksdb::IngestExternalFileOptions ingest;
  ingest.move_files = true;
  ingest.write_global_seqno = false;
  return database_->result(database_->db->IngestExternalFile(family->handle, {path}, ingest));
}

Result<void> RocksDbStore::copy_to(const std::string& directory) const {
  rocksdb::Checkpoint* made = nullptr;
  if (const auto status = rocksdb::Checkpoint::Create(database_->db.get(), &made); !status.ok())
    return database_->result(status);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  return database_->result(checkpoint->CreateCheckpoint(directory));
}

std::uint64_t RocksDbStore::bytes_on_disk() const {
  const std::shared_lock lock(database_->mutex);
  std::uint64_t bytes = 0;
  for (const auto& family : database_->families) {
    std::uint64_t one = 0;
    if (family && database_->db->GetIntProperty(family->handle, rocksdb::DB::Properties::kTotalSstFilesSize, &one))
      bytes += one;
  }
  return bytes;
}

Result<void> RocksDbStore::flush() {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const std::shared_lock lock(database_->mutex);
  for (const auto& family : database_->families) {
    if (family) handles.push_back(family->handle);
  }
  if (handles.empty()) return {};
  if (auto goes_on = database_->go_on(); !goes_on) return goes_on;
  return database_->noted(database_->db->Flush({}, handles));
}

// Flushing ends the log files that hold the rows; rewriting the last level too drops what lies under a deletion.
Result<void> RocksDbStore::purge(Table table) {
  if (auto flushed = flush(); !flushed) return flushed;
  const std::shared_lock lock(database_->mutex);
  if (table.number >= database_->families.size() || !database_->families[table.number]) return {};
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  auto* const handle = database_->families[table.number]->handle;
  auto status = database_->db->CompactRange(whole, handle, nullptr, nullptr);
  // One more change of the list of files: the list is written anew from what stands after the compaction.
  auto* const unused = database_->db->DefaultColumnFamily();
  if (status.ok()) status = database_->db->Put({}, unused, "purged", "");
  if (status.ok()) status = database_->db->Flush({}, unused);
  return database_->result(status);
}

}  // namespace pioneer::adapters
