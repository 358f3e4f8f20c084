#include "api/server/past_stores.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "adapters/posix/disk.hpp"
#include "adapters/rocksdb/rocksdb_store.hpp"
#include "api/text/lines.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::server {
namespace {

namespace fs = std::filesystem;
using eventstore::Result;
using eventstore::Sequence;
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

constexpr std::string_view stamp_name = "stamp";
constexpr std::size_t cache_bytes = 16u << 20;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(directory, failed); !failed && at != fs::directory_iterator{}; at.increment(failed))
    names.push_back(at->path().filename().string());
  return names;
}

template <class Stays>
void remove_all_but(const std::string& directory, Stays stays) {
  for (const auto& name : names_in(directory))
    if (!stays(name)) remove(directory + "/" + name);
}

/// A database that nobody has open: its tables never change and are linked, the rest is small and copied.
bool link_or_copy(const std::string& from, const std::string& to) {
  std::error_code failed;
  fs::create_directories(to, failed);
  if (failed) return false;
  for (fs::directory_iterator at(from, failed); !failed && at != fs::directory_iterator{}; at.increment(failed)) {
    const auto target = fs::path(to) / at->path().filename();
    if (at->path().filename() == stamp_name) continue;
    if (at->path().extension() == ".sst")
      fs::create_hard_link(at->path(), target, failed);
    else
      fs::copy_file(at->path(), target, failed);
  }
  return !failed;
}

}  // namespace

DiskPastStores::DiskPastStores(std::string directory, Stamp stamp)
    : directory_(std::move(directory)), stamp_(std::move(stamp)), cache_(adapters::BlockCache::of_bytes(cache_bytes)) {
  const auto good = durable();
  remove_all_but(directory_,
                 [this](const std::string& name) { return stamp_ && directory_ + "/" + name == milestones(); });
  remove_all_but(milestones(), [&](const std::string& name) {
    const auto end = api::decimal(name);
    return end && std::ranges::binary_search(good, Sequence{*end});
  });
}

DiskPastStores::~DiskPastStores() {
  remove_all_but(directory_,
                 [this](const std::string& name) { return stamp_ && directory_ + "/" + name == milestones(); });
}

Result<std::string> DiskPastStores::next_folder() {
  std::error_code failed;
  fs::create_directories(directory_, failed);
  if (failed) return eventstore::failure("database_failed", "Cannot make " + directory_ + ": " + failed.message());
  return directory_ + "/" + std::to_string(++made_);
}

Result<std::unique_ptr<eventstore::KeyValueStore>> DiskPastStores::opened(const std::string& directory) const {
  // Written once, in sorted runs, and read little.
  adapters::RocksDbOptions options;
  options.block_cache = cache_;
  options.write_buffer_bytes = 2u << 20;
  options.background_jobs = 1;
  options.compact = false;
  auto rows = adapters::RocksDbStore::open(directory, options);
  if (!rows) return std::unexpected(rows.error());
  return std::make_unique<ScratchStore>(directory, std::move(*rows));
}

Result<std::unique_ptr<eventstore::KeyValueStore>> DiskPastStores::make(const eventstore::KeyValueStore* of) {
  const auto directory = next_folder();
  if (!directory) return std::unexpected(directory.error());
  if (of != nullptr) {
    if (auto copied = static_cast<const ScratchStore*>(of)->rows().copy_to(*directory); !copied)
      return std::unexpected(copied.error());
  }
  return opened(*directory);
}

std::uint64_t DiskPastStores::bytes(const eventstore::KeyValueStore& store) const {
  return static_cast<const ScratchStore&>(store).rows().bytes_on_disk();
}

std::vector<Sequence> DiskPastStores::durable() const {
  std::vector<Sequence> found;
  for (const auto& name : names_in(milestones())) {
    const auto size = api::decimal(name);
    if (!size || !stamp_) continue;
    const Sequence end{*size};
    const auto stamp = stamp_(end);
    if (stamp && content_of(milestone(end) + "/" + std::string(stamp_name)) == *stamp) found.push_back(end);
  }
  std::ranges::sort(found);
  return found;
}

std::uint64_t DiskPastStores::durable_bytes() const {
  double bytes = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(milestones(), failed); !failed && at != fs::recursive_directory_iterator{};
       at.increment(failed)) {
    struct ::stat facts;
    if (::lstat(at->path().c_str(), &facts) == 0 && S_ISREG(facts.st_mode))
      bytes += static_cast<double>(facts.st_size) / static_cast<double>(std::max<nlink_t>(facts.st_nlink, 1));
  }
  return static_cast<std::uint64_t>(bytes);
}

Result<void> DiskPastStores::keep(const eventstore::KeyValueStore& of, Sequence end) {
  const auto stamp = stamp_ ? stamp_(end) : std::nullopt;
  if (!stamp) return eventstore::failure("not_kept", "Nobody says what this is of.");
  std::error_code failed;
  fs::create_directories(milestones(), failed);
  const auto aside = milestones() + "/new";
  remove(aside);
  if (auto copied = static_cast<const ScratchStore&>(of).rows().copy_to(aside); !copied) return copied;
  // RocksDB has synced its files. The stamp last: what a crash cut off has none, or another name.
  adapters::posix::PosixDisk disk;
  if (auto done = eventstore::write_whole(disk, aside + "/" + std::string(stamp_name), *stamp); !done) return done;
  remove(milestone(end));
  if (auto renamed = disk.rename(aside, milestone(end)); !renamed) return renamed;
  return disk.sync_directory(milestones());
}

Result<std::unique_ptr<eventstore::KeyValueStore>> DiskPastStores::go_on_from(Sequence end) {
  const auto directory = next_folder();
  if (!directory) return std::unexpected(directory.error());
  if (!link_or_copy(milestone(end), *directory)) {
    remove(*directory);
    return eventstore::failure("database_damaged", milestone(end) + " cannot be copied");
  }
  return opened(*directory);
}

void DiskPastStores::drop(Sequence end) { remove(milestone(end)); }

}  // namespace pioneer::server
