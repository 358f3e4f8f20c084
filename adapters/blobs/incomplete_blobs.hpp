// Blobs of which some parts came and others did not yet: on the disk, for they may be many, and may stay so.
//
//   DIR/<name>.<part>   what the table holds for the part (sharing.hpp)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/blobs/sharing.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::adapters::blobs {

/// Calls are the owner's to order.
class IncompleteBlobs {
 public:
  IncompleteBlobs(eventstore::Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}

  /// Keeps the part. With the last that was missing: the whole file; whether it is what its name says is not looked at.
  eventstore::Result<std::optional<std::string>> add(const ReadPart& part, std::string_view value);
  eventstore::Result<void> forget(std::string_view name);
  /// Those of which the part that is there was put before then.
  eventstore::Result<std::vector<std::string>> older_than(std::int64_t us) const;

 private:
  std::string path_of(std::string_view name, unsigned part) const;
  eventstore::Result<std::string> value_of(std::string_view name, unsigned part) const;

  eventstore::Disk& disk_;
  const std::string directory_;
};

}  // namespace pioneer::adapters::blobs
