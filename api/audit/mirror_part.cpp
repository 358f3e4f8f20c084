#include "api/audit/mirror_part.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "eventstore/many_hashes.hpp"
#include "eventstore/tiles.hpp"

namespace pioneer::api {
namespace {

using eventstore::Hash;
using eventstore::hash_at;
using eventstore::tile_width;

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
    if (!result_.fault && end - begin_ == entries_per_part) result_.root = eventstore::root_over(upper_);
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
    const bool agrees = !full || eventstore::root_over(*tile) == hash_at(upper_, index % tile_width);
    if (options_.with_entries && !bundle(first, width, *tile, full ? agrees : options_.edge_proven)) return false;
    if (agrees) return true;
    return wrong({"tile_differs", eventstore::tile_path(1, part_, tile_width_at(1, part_, options_.size)),
                  index % tile_width * Hash::size, first,
                  "The hash that stands here is not that of " + tile_file + ": one of the two was changed"});
  }

  bool bundle(std::uint64_t first, std::size_t width, std::string_view tile, bool tile_is_right) {
    const auto file = eventstore::bundle_path(first / tile_width, width);
    const auto content = folder_.read(file, eventstore::bundle_bytes_max);
    if (!content) return wrong({content.error().code, file, std::nullopt, first, content.error().detail});
    result_.bytes += content->size();
    std::string_view rest = *content;
    records_.clear();
    // Where the frames end early, the entries before are looked at first: a changed length shows in its own entry.
    while (records_.size() < width) {
      const auto record = eventstore::take_record(rest);
      if (!record) break;
      records_.push_back(*record);
    }
    leaves_.resize(records_.size());
    eventstore::leaf_hashes(records_, leaves_);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (!entry({file, at, first + i}, i, tile, tile_is_right)) return false;
      at += eventstore::entry_length_bytes + records_[i].size();
    }
    if (records_.size() < width) {
      return wrong({"bundle_cut_off", file, content->size() - rest.size(), first + records_.size(),
                    "The file ends inside this entry, or the entry's length was changed"});
    }
    if (!rest.empty()) {
      return wrong({"bundle_too_long", file, content->size() - rest.size(), std::nullopt,
                    "Behind the last entry stand " + std::to_string(rest.size()) + " bytes more"});
    }
    return true;
  }

  /// Where an entry stands.
  struct Place {
    const std::string& file;
    std::uint64_t at;  ///< of its length
    std::uint64_t sequence;
  };

  /// The `i`-th of the bundle.
  bool entry(const Place& place, std::size_t i, std::string_view tile, bool tile_is_right) {
    if (!options_.any_entries && !follows(place, records_[i], leaves_[i])) return false;
    const auto told = hash_at(tile, i);
    if (leaves_[i] == told) return true;
    // Which of the two was changed? The tile above tells, or the next entry, which holds this one's hash.
    if (tile_is_right || (!options_.any_entries && i + 1 < records_.size() && holds(records_[i + 1], told))) {
      return wrong({"entry_differs", place.file, place.at, place.sequence,
                    "The entry is not the one whose hash the log signed"});
    }
    return wrong(
        {"tile_differs", eventstore::tile_path(0, place.sequence / tile_width, tile.size() / Hash::size),
         i * Hash::size, place.sequence,
         "The hash that stands here is not that of the entry in " + place.file + ": one of the two was changed"});
  }

  static bool holds(std::string_view record, const Hash& previous) {
    const auto read = read_entry(record);
    return read && read->header.previous_hash == previous;
  }

  /// A record of ours, in its place after the one before.
  bool follows(const Place& place, std::string_view record, const Hash& leaf) {
    const auto read = read_entry(record, leaf);
    if (!read) return wrong({read.error().code, place.file, place.at, place.sequence, read.error().sentence});
    if (result_.first) {
      if (const auto fault = result_.end.wrong_next(*read))
        return wrong({fault->code, place.file, place.at, place.sequence, fault->sentence});
    } else {
      result_.first = *read;
    }
    result_.end.take(*read);
    return true;
  }

  const MirrorFolder& folder_;
  const MirrorPartOptions& options_;
  const std::uint64_t part_;
  const std::uint64_t begin_;
  std::string upper_;  ///< the tile of level 1 above the part
  std::uint64_t done_ = 0;
  std::vector<std::string_view> records_;  ///< of the bundle at hand
  std::vector<Hash> leaves_;
  MirrorPart result_;
};

}  // namespace

MirrorPart check_part(const MirrorFolder& folder, std::uint64_t part, const MirrorPartOptions& options) {
  return PartCheck(folder, part, options).run();
}

}  // namespace pioneer::api
