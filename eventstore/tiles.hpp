// The log as static files: tiles of its Merkle tree and bundles of its records, as C2SP tlog-tiles lays them out
// (https://c2sp.org/tlog-tiles), so that others' programs read and verify it. A tile of level l holds up to 256 hashes,
// each the root of 256^l leaves; a partial one is the beginning of what will be full. A bundle holds up to 256 records,
// each after its length (big-endian, 2 bytes).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventstore/limits.hpp"
#include "eventstore/merkle.hpp"

namespace pioneer::eventstore {

inline constexpr std::size_t tile_width = 256;
/// Before each record of a bundle.
inline constexpr std::size_t entry_length_bytes = 2;
inline constexpr std::size_t bundle_bytes_max = tile_width * (entry_length_bytes + limits::record_bytes_max);

/// "tile/0/x001/x234/067", with ".p/5" where the width is not full. `width`: 1 to 256.
std::string tile_path(unsigned level, std::uint64_t index, std::size_t width);
/// "tile/entries/x001/x234/067", likewise.
std::string bundle_path(std::uint64_t index, std::size_t width);

/// What a path below "tile/LEVEL/" or "tile/entries/" names.
struct TileName {
  std::uint64_t index = 0;
  std::size_t width = tile_width;
  auto operator<=>(const TileName&) const = default;
};
/// "x001/x234/067", "000.p/5"; nothing if it is not exactly as tile_path() writes it.
std::optional<TileName> parse_tile_name(std::string_view text);

/// Of hashes that stand one after another, as in a tile: the `i`-th, which is there.
inline Hash hash_at(std::string_view hashes, std::size_t i) {
  return Hash::of(hashes.substr(i * Hash::size, Hash::size));
}
/// The tree over all of them.
MerkleFrontier frontier_of(std::string_view hashes);

/// Puts a record, at most limits::record_bytes_max, at a bundle's end.
void append_entry(std::string& bundle, std::string_view record);
/// Takes the first record from what is left of a bundle; nothing, and nothing taken, where it ends before the record.
std::optional<std::string_view> take_record(std::string_view& bundle);

/// Grows with the log and hands out what is full, level by level; holds at most one tile a level and one bundle
/// (16 MiB). One thread.
class TileTree {
 public:
  /// Takes a file of the layout; what it fails with, add() and finish() fail with.
  using Write = std::function<Result<void>(const std::string& path, std::string_view bytes)>;

  explicit TileTree(Write write) : write_(std::move(write)) {}
  /// The next record, whole: at most limits::record_bytes_max.
  Result<void> add(std::string_view record);
  /// Hands out what is not full. More may be added after it: partial files of another width follow.
  Result<void> finish();

  std::uint64_t size() const { return frontier_.size(); }
  Hash root() const { return frontier_.root(); }

 private:
  Result<void> push(unsigned level, const Hash& hash);

  Write write_;
  MerkleFrontier frontier_;
  std::vector<std::string> levels_;  ///< of each level the hashes of its unfinished tile
  std::string bundle_;
  std::size_t bundled_ = 0;
};

/// The text that a checkpoint's signatures stand under (https://c2sp.org/tlog-checkpoint): origin, size, root.
std::string checkpoint_text(std::string_view origin, std::uint64_t size, std::string_view root_base64);

}  // namespace pioneer::eventstore
