#include "api/audit/first_difference.hpp"

#include <algorithm>

#include "eventstore/tiles.hpp"

namespace pioneer::api {
namespace {

using eventstore::Hash;
using eventstore::Result;
using eventstore::tile_width;

/// A node of a level covers 256 of the one below.
constexpr unsigned level_bits = 8;
static_assert(std::uint64_t{1} << level_bits == tile_width);

/// How many hashes both tiles begin with, of `count`.
Result<std::uint64_t> same_hashes(const TiledTree& one, const TiledTree& other, unsigned level, std::uint64_t index,
                                  std::uint64_t count) {
  const auto mine = one.tile(level, index);
  if (!mine) return std::unexpected(mine.error());
  const auto theirs = other.tile(level, index);
  if (!theirs) return std::unexpected(theirs.error());
  if (std::min(mine->size(), theirs->size()) < count * Hash::size)
    return eventstore::failure("tile_wrong_length", eventstore::tile_path(level, index, count) + " is cut off");
  const auto end = mine->begin() + static_cast<std::ptrdiff_t>(count * Hash::size);
  const auto parted = std::mismatch(mine->begin(), end, theirs->begin()).first - mine->begin();
  return static_cast<std::uint64_t>(parted) / Hash::size;
}

}  // namespace

Result<std::uint64_t> same_leaves(const TiledTree& one, const TiledTree& other) {
  const auto common = std::min(one.size, other.size);
  unsigned top = 0;
  while (common >> (level_bits * (top + 1)) > 0 && top + 2 < sizeof(common)) ++top;
  // Leaves before `at` are the same, and it is where a tile of the level begins; nodes that are whole in both are
  // compared, and the first that differs, or what follows the last, is looked at one level below.
  std::uint64_t at = 0;
  for (auto level = top;; --level) {
    const auto index = at >> (level_bits * (level + 1));
    const auto whole = (common >> (level_bits * level)) - index * tile_width;
    const auto count = std::min<std::uint64_t>(whole, tile_width);
    if (count > 0) {
      const auto same = same_hashes(one, other, level, index, count);
      if (!same) return same;
      at = (index * tile_width + *same) << (level_bits * level);
    }
    if (level == 0 || at == common) return at;
  }
}

}  // namespace pioneer::api
