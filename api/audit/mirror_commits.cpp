#include "api/audit/mirror_commits.hpp"

#include <algorithm>

#include "eventstore/commit.hpp"
#include "eventstore/tiles.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;
using eventstore::tile_width;

}  // namespace

Result<std::vector<eventstore::AcceptedCommit>> MirrorCommits::next() {
  std::vector<eventstore::AcceptedCommit> commits;
  if (next_ >= size_) return commits;
  const auto index = next_ / tile_width;
  const auto first = index * tile_width;
  const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(tile_width, size_ - first));
  const auto name = eventstore::bundle_path(index, width);
  const auto bundle = folder_.read(name, eventstore::bundle_bytes_max);
  if (!bundle) return failure(bundle.error().code, name + ": " + bundle.error().detail, bundle.error().retry);
  std::string_view rest = *bundle;
  for (auto sequence = first; sequence < first + width; ++sequence) {
    const auto record = eventstore::take_record(rest);
    if (!record) return failure("mirror_damaged", name + " ends early. Run `pioneer audit verify`, which says where");
    if (sequence >= next_) {
      auto commit = eventstore::parse_commit({eventstore::Sequence{sequence}, std::string(*record)});
      if (!commit && commit.error().code == "newer_feature_level") {
        return failure(commit.error().code, "Entry " + std::to_string(sequence) +
                                                " was written by a newer program than this one: nothing is wrong with "
                                                "it. Use a newer pioneer");
      }
      if (!commit) {
        return failure("mirror_damaged", name + ": entry " + std::to_string(sequence) + ": " + commit.error().detail +
                                             ". Run `pioneer audit verify`, which says more");
      }
      commits.push_back(std::move(*commit));
    }
  }
  next_ = first + width;
  if (read_) read_(next_);
  return commits;
}

}  // namespace pioneer::api
