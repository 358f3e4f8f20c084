#include "api/audit/signed_tiles.hpp"

#include <vector>

#include "api/audit/mirror_folder.hpp"
#include "eventstore/check.hpp"
#include "eventstore/many_hashes.hpp"
#include "eventstore/tiles.hpp"

namespace pioneer::api {
namespace {

using eventstore::bundle_bytes_max;
using eventstore::failure;
using eventstore::Hash;
using eventstore::Result;
using eventstore::tile_width;

constexpr std::size_t tile_bytes_max = tile_width * Hash::size;
constexpr unsigned levels = eventstore::TreeFiles::levels;

auto mirror_differs(const std::string& name) {
  return failure("mirror_differs", name +
                                       " is not what was signed. Keep it, and compare: the stick is damaged, or "
                                       "somebody changed it. Then mirror into another folder");
}

auto wrong_file(const std::string& name, const std::string& what) {
  return failure("wrong_file", "What was sent as " + name + " is not what the checkpoint signed" + what +
                                   ". Nothing of it was kept. Try again; if it stays so, the server sends another "
                                   "history than it signs");
}

/// The kept file where it is right, else a fetched one that is. `wrong`: nothing, or what is wrong.
template <class Wrong>
Result<std::string> proven(MirroredFiles& files, const std::string& name, std::size_t bytes_max, bool signed_before,
                           Wrong wrong) {
  if (auto here = files.kept(name, bytes_max)) {
    if (!wrong(*here)) return std::move(*here);
    if (signed_before) return mirror_differs(name);
  }
  auto sent = files.fetch(name, bytes_max);
  if (!sent) return sent;
  if (const auto what = wrong(*sent)) return wrong_file(name, *what);
  if (auto kept = files.keep(name, *sent); !kept) return std::unexpected(kept.error());
  return sent;
}

/// Of a full tile whose root is known.
auto unless_root_is(const Hash& root) {
  return [root](std::string_view bytes) -> std::optional<std::string> {
    if (bytes.size() == tile_bytes_max && eventstore::root_over(bytes) == root) return std::nullopt;
    return "";
  };
}

std::optional<std::string> wrong_bundle(std::string_view bundle, std::string_view hashes, std::uint64_t first) {
  std::vector<std::string_view> records;
  while (records.size() < hashes.size() / Hash::size) {
    const auto record = eventstore::take_record(bundle);
    if (!record) return ", which ends before entry " + std::to_string(first + records.size()) + " does";
    records.push_back(*record);
  }
  if (!bundle.empty()) return ", for bytes stand behind its last entry";
  std::vector<Hash> leaves(records.size());
  eventstore::leaf_hashes(records, leaves);
  for (std::size_t i = 0; i < leaves.size(); ++i)
    if (leaves[i] != eventstore::hash_at(hashes, i)) return ", in entry " + std::to_string(first + i);
  return std::nullopt;
}

}  // namespace

// The kept ones first; where they do not make the root, a crash may have cut one off, and all are fetched.
Result<void> SignedTiles::begin() {
  const auto some_kept = edge_tiles(true);
  if (!some_kept) return std::unexpected(some_kept.error());
  if (edge_root() == root_) return {};
  if (!*some_kept) return wrong_file("the tiles at the tree's edge", ", for they make another root");
  if (before_ == size_) return mirror_differs("One of the tiles that are not full");
  if (const auto anew = edge_tiles(false); !anew) return std::unexpected(anew.error());
  if (edge_root() == root_) return {};
  return wrong_file("the tiles at the tree's edge", ", for they make another root");
}

Result<bool> SignedTiles::edge_tiles(bool kept_too) {
  bool some_kept = false;
  for (unsigned level = 0; level < levels; ++level) {
    const auto index = (size_ >> (8 * level)) / tile_width;
    const auto width = tile_width_at(level, index, size_);
    if (width == 0) continue;
    const auto name = eventstore::tile_path(level, index, width);
    auto here = kept_too ? files_.kept(name, tile_bytes_max) : std::nullopt;
    const bool use = here && here->size() == width * Hash::size;
    edge_fetched_[level] = !use;
    some_kept = some_kept || use;
    if (use) {
      edge_[level] = std::move(*here);
      continue;
    }
    auto sent = files_.fetch(name, tile_bytes_max);
    if (!sent) return std::unexpected(sent.error());
    if (sent->size() != width * Hash::size) return wrong_file(name, ", by its length");
    edge_[level] = std::move(*sent);
  }
  return some_kept;
}

Hash SignedTiles::edge_root() const {
  std::vector<Hash> edge;
  for (auto level = levels; level-- > 0;) {
    const auto tree = eventstore::frontier_of(edge_[level]);
    edge.insert(edge.end(), tree.edge().begin(), tree.edge().end());
  }
  return eventstore::root_of(edge);
}

Result<void> SignedTiles::keep_edge() {
  for (unsigned level = 0; level < levels; ++level) {
    if (!edge_fetched_[level]) continue;
    const auto index = (size_ >> (8 * level)) / tile_width;
    const auto name = eventstore::tile_path(level, index, edge_[level].size() / Hash::size);
    if (auto kept = files_.keep(name, edge_[level]); !kept) return kept;
  }
  return {};
}

Result<std::string> SignedTiles::tile(unsigned level, std::uint64_t index) {
  CHECK(level < levels);
  if (tile_width_at(level, index, size_) < tile_width) return edge_[level];
  auto& last = last_[level];
  if (!last.hashes.empty() && last.index == index) return last.hashes;
  const auto above = tile(level + 1, index / tile_width);
  if (!above) return above;
  const auto root = eventstore::hash_at(*above, index % tile_width);
  const bool signed_before = (index + 1) <= before_ >> (8 * (level + 1));
  auto hashes = proven(files_, eventstore::tile_path(level, index, tile_width), tile_bytes_max, signed_before,
                       unless_root_is(root));
  if (hashes) last = {index, *hashes};
  return hashes;
}

Result<Hash> SignedTiles::root_at(std::uint64_t size) {
  return eventstore::root_at(size, [this](unsigned level, std::uint64_t first, std::size_t count) {
    auto hashes = tile(level, first / tile_width);
    return hashes ? Result<std::string>(hashes->substr(first % tile_width * Hash::size, count * Hash::size)) : hashes;
  });
}

Result<SignedTiles::Stretch> SignedTiles::stretch(std::uint64_t index) {
  Stretch stretch{index, tile_width_at(0, index, size_), (index + 1) * tile_width <= before_, {}, {}};
  if (stretch.width < tile_width) {
    stretch.hashes = edge_[0];
    return stretch;
  }
  const auto above = tile(1, index / tile_width);
  if (!above) return std::unexpected(above.error());
  stretch.root = eventstore::hash_at(*above, index % tile_width);
  return stretch;
}

Result<void> SignedTiles::take(MirroredFiles& files, const Stretch& stretch, bool entries) {
  const auto tile_name = eventstore::tile_path(0, stretch.index, stretch.width);
  const auto bundle_name = eventstore::bundle_path(stretch.index, stretch.width);
  // What an earlier checkpoint covered was on the disk before that was: to look is enough.
  if (stretch.signed_before && files.has(tile_name) && (!entries || files.has(bundle_name))) return {};
  auto hashes = stretch.hashes;
  if (hashes.empty()) {
    auto tile = proven(files, tile_name, tile_bytes_max, stretch.signed_before, unless_root_is(stretch.root));
    if (!tile) return std::unexpected(tile.error());
    hashes = std::move(*tile);
  }
  if (!entries) return {};
  const auto bundle = proven(files, bundle_name, bundle_bytes_max, stretch.signed_before, [&](std::string_view bytes) {
    return wrong_bundle(bytes, hashes, stretch.index * tile_width);
  });
  return bundle ? Result<void>{} : std::unexpected(bundle.error());
}

}  // namespace pioneer::api
