#include "api/audit/mirror_records.hpp"

#include <algorithm>

#include "eventstore/tiles.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;
using eventstore::tile_width;

}  // namespace

Result<std::vector<std::string>> read_records(const MirrorFolder& folder, std::uint64_t size,
                                              std::span<const std::uint64_t> positions) {
  std::vector<std::string> records;
  while (records.size() < positions.size()) {
    const auto index = positions[records.size()] / tile_width;
    auto at = index * tile_width;
    const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(tile_width, size - at));
    const auto name = eventstore::bundle_path(index, width);
    const auto bundle = folder.read(name, eventstore::bundle_bytes_max);
    if (!bundle) return failure(bundle.error().code, name + ": " + bundle.error().detail, bundle.error().retry);
    std::string_view rest = *bundle;
    for (const auto end = at + width; at < end && records.size() < positions.size(); ++at) {
      const auto record = eventstore::take_record(rest);
      if (!record) return failure("mirror_damaged", name + " ends early. Run `pioneer audit verify`, which says where");
      if (at == positions[records.size()]) records.emplace_back(*record);
    }
  }
  return records;
}

}  // namespace pioneer::api
