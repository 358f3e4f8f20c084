#include "api/audit/mirror_part.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "eventstore/limits.hpp"
#include "eventstore/merkle.hpp"
#include "eventstore/tiles.hpp"
#include "eventstore/varint.hpp"

namespace pioneer::api {
namespace {

using eventstore::Hash;
using eventstore::tile_width;

constexpr std::size_t length_bytes = 2;
constexpr std::size_t bundle_bytes_max = tile_width * (length_bytes + eventstore::limits::record_bytes_max);

Hash hash_at(std::string_view hashes, std::size_t i) { return Hash::of(hashes.substr(i * Hash::size, Hash::size)); }

Hash root_of_tile(std::string_view hashes) {
  eventstore::MerkleFrontier tree;
  for (std::size_t i = 0; i * Hash::size < hashes.size(); ++i) tree.add(hash_at(hashes, i));
  return tree.root();
}

struct Framed {
  std::string_view record;
  std::uint64_t at = 0;  ///< of its length
};

class PartCheck {
 public:
  PartCheck(const MirrorFolder& folder, std::uint64_t part, const MirrorPartOptions& options)
      : folder_(folder), options_(options), part_(part), begin_(part * entries_per_part) {}

  MirrorPart run() {
    const auto end = std::min(options_.size, begin_ + entries_per_part);
    if (const auto upper = tile_width_at(1, part_, options_.size); upper > 0) {
      auto tile = folder_.tile(1, part_, options_.size);
      if (!tile) return file_fault(eventstore::tile_path(1, part_, upper), tile.error(), begin_);
      upper_ = std::move(*tile);
      result_.bytes += upper_.size();
    }
    for (auto first = begin_; first < end; first += tile_width) {
      if (!options_.goes_on(std::exchange(done_, 0))) break;
      const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(tile_width, end - first));
      if (!tile_and_bundle(first, width)) break;
      done_ = width;
      result_.proven += width;
    }
    options_.goes_on(done_);
    if (!result_.fault && end - begin_ == entries_per_part) result_.root = root_of_tile(upper_);
    return std::move(result_);
  }

 private:
  bool wrong(MirrorFault fault) {
    result_.fault = std::move(fault);
    return false;
  }
  MirrorPart file_fault(std::string file, const eventstore::Error& error, std::uint64_t entry) {
    wrong({error.code, std::move(file), std::nullopt, entry, error.detail});
    return std::move(result_);
  }

  bool tile_and_bundle(std::uint64_t first, std::size_t width) {
    const auto index = first / tile_width;
    const auto tile_file = eventstore::tile_path(0, index, width);
    const auto tile = folder_.tile(0, index, options_.size);
    if (!tile) return wrong({tile.error().code, tile_file, std::nullopt, first, tile.error().detail});
    result_.bytes += tile->size();
    const bool full = width == tile_width;
    const bool agrees = !full || root_of_tile(*tile) == hash_at(upper_, index % tile_width);
    if (options_.with_entries && !bundle(first, width, *tile, full && agrees)) return false;
    if (agrees) return true;
    return wrong({"tile_differs", eventstore::tile_path(1, part_, tile_width_at(1, part_, options_.size)),
                  index % tile_width * Hash::size, first,
                  "The hash that stands here is not that of " + tile_file + ": one of the two was changed"});
  }

  bool bundle(std::uint64_t first, std::size_t width, std::string_view tile, bool tile_is_right) {
    const auto file = eventstore::bundle_path(first / tile_width, width);
    const auto content = folder_.read(file, bundle_bytes_max);
    if (!content) return wrong({content.error().code, file, std::nullopt, first, content.error().detail});
    result_.bytes += content->size();
    std::string_view rest = *content;
    std::vector<Framed> entries;
    entries.reserve(width);
    // Where the frames end early, the entries before are looked at first: a changed length shows in its own entry.
    while (entries.size() < width && rest.size() >= length_bytes) {
      const auto length = eventstore::read_big_endian<std::uint16_t>(rest);
      if (rest.size() < length_bytes + length) break;
      entries.push_back({rest.substr(length_bytes, length), content->size() - rest.size()});
      rest.remove_prefix(length_bytes + length);
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto next = i + 1 < entries.size() ? entries[i + 1].record : std::string_view{};
      if (!entry(file, first + i, entries[i], next, tile, tile_is_right)) return false;
    }
    if (entries.size() < width) {
      return wrong({"bundle_cut_off", file, content->size() - rest.size(), first + entries.size(),
                    "The file ends inside this entry, or the entry's length was changed"});
    }
    if (!rest.empty()) {
      return wrong({"bundle_too_long", file, content->size() - rest.size(), std::nullopt,
                    "Behind the last entry stand " + std::to_string(rest.size()) + " bytes more"});
    }
    return true;
  }

  bool entry(const std::string& file, std::uint64_t sequence, const Framed& framed, std::string_view next,
             std::string_view tile, bool tile_is_right) {
    const auto read = read_entry(framed.record);
    if (!read) return wrong({read.error().code, file, framed.at, sequence, read.error().sentence});
    if (result_.first) {
      if (const auto fault = result_.end.wrong_next(*read))
        return wrong({fault->code, file, framed.at, sequence, fault->sentence});
    } else {
      result_.first = *read;
    }
    result_.end.take(*read);
    const auto i = static_cast<std::size_t>(sequence % tile_width);
    const auto told = hash_at(tile, i);
    if (read->leaf == told) return true;
    // Which of the two was changed? The tile above tells, or the next entry, which holds this one's hash.
    const auto after = read_entry(next);
    if (tile_is_right || (after && after->header.previous_hash == told)) {
      return wrong({"entry_differs", file, framed.at, sequence, "The entry is not the one whose hash the log signed"});
    }
    return wrong({"tile_differs", eventstore::tile_path(0, sequence / tile_width, tile.size() / Hash::size),
                  i * Hash::size, sequence,
                  "The hash that stands here is not that of the entry in " + file + ": one of the two was changed"});
  }

  const MirrorFolder& folder_;
  const MirrorPartOptions& options_;
  const std::uint64_t part_;
  const std::uint64_t begin_;
  std::string upper_;  ///< the tile of level 1 above the part
  std::uint64_t done_ = 0;
  MirrorPart result_;
};

}  // namespace

MirrorPart check_part(const MirrorFolder& folder, std::uint64_t part, const MirrorPartOptions& options) {
  return PartCheck(folder, part, options).run();
}

}  // namespace pioneer::api
