// Scratch stores for `?asOf=`, on the disk: memory stays small however large the log is, and a copy is links to files.
// Those that are kept for good stand in `milestones`, a folder each, named by the position where it ends.
#pragma once

#include <functional>
#include <string>

#include "adapters/rocksdb/rocksdb_store.hpp"
#include "api/http/handlers/past.hpp"

namespace pioneer::server {

class DiskPastStores final : public api::http::PastStores {
 public:
  /// What a store that ends at a position must be of, in words that are compared: another log, or other read models,
  /// and it is of no use. Nothing where the log does not reach there.
  using Stamp = std::function<std::optional<std::string>(eventstore::Sequence end)>;

  /// In `directory`, of which all but the milestones is removed now and again at the end; all stores must be gone by
  /// then. So are milestones whose stamp is another. Without `stamp` none are kept.
  explicit DiskPastStores(std::string directory, Stamp stamp = {});
  ~DiskPastStores() override;
  eventstore::Result<std::unique_ptr<eventstore::KeyValueStore>> make(const eventstore::KeyValueStore* of) override;
  std::uint64_t bytes(const eventstore::KeyValueStore& store) const override;

  std::vector<eventstore::Sequence> durable() const override;
  /// Files that several share count once.
  std::uint64_t durable_bytes() const override;
  eventstore::Result<void> keep(const eventstore::KeyValueStore& of, eventstore::Sequence end) override;
  eventstore::Result<std::unique_ptr<eventstore::KeyValueStore>> go_on_from(eventstore::Sequence end) override;
  void drop(eventstore::Sequence end) override;

 private:
  std::string milestones() const { return directory_ + "/milestones"; }
  std::string milestone(eventstore::Sequence end) const { return milestones() + "/" + std::to_string(end.value); }
  eventstore::Result<std::unique_ptr<eventstore::KeyValueStore>> opened(const std::string& directory) const;
  /// A folder for the next store; it is not there yet.
  eventstore::Result<std::string> next_folder();

  const std::string directory_;
  const Stamp stamp_;
  /// Of all stores: filters and indexes of a store that was made in many steps take mebibytes, and a replay that finds
  /// no room for them reads them again for each row.
  const std::shared_ptr<adapters::BlockCache> cache_;
  std::uint64_t made_ = 0;
};

}  // namespace pioneer::server
