// Scratch stores for `?asOf=`, on the disk: memory stays small however large the log is, and a copy is links to files.
#pragma once

#include <string>

#include "api/http/handlers/past.hpp"

namespace pioneer::server {

class DiskPastStores final : public api::http::PastStores {
 public:
  /// In `directory`, which is emptied now and again at the end; all stores must be gone by then.
  explicit DiskPastStores(std::string directory);
  ~DiskPastStores() override;
  eventstore::Result<std::unique_ptr<eventstore::KeyValueStore>> make(const eventstore::KeyValueStore* of) override;
  std::uint64_t bytes(const eventstore::KeyValueStore& store) const override;

 private:
  std::string directory_;
  std::uint64_t made_ = 0;
};

}  // namespace pioneer::server
