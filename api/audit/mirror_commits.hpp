// A mirror's commits in order, for whoever recomputes from them. One thread.
#pragma once

#include <functional>

#include "api/audit/mirror_folder.hpp"
#include "projections/engine/engine.hpp"

namespace pioneer::api {

/// Reads one bundle at a time. It does not prove what it reads: verify_mirror() does; here, what makes no sense ends
/// with the error "mirror_damaged", and a file's with that of MirrorFolder::read(). "newer_feature_level" is no damage:
/// this program is too old.
class MirrorCommits final : public projections::CommitSource {
 public:
  /// The first `size` entries, which a checkpoint covers, from the `from`-th on; `read`, if given, is told how far it
  /// is.
  MirrorCommits(const MirrorFolder& folder, std::uint64_t size, std::uint64_t from = 0,
                std::function<void(std::uint64_t entries)> read = {})
      : folder_(folder), size_(size), next_(from), read_(std::move(read)) {}

  eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override;

 private:
  const MirrorFolder& folder_;
  const std::uint64_t size_;
  std::uint64_t next_;
  const std::function<void(std::uint64_t entries)> read_;
};

}  // namespace pioneer::api
