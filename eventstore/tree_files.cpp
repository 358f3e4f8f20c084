#include "eventstore/tree_files.hpp"

#include <utility>

#include "eventstore/check.hpp"
#include "eventstore/tree_proofs.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::eventstore {
namespace {

/// How many hashes a level has in the tree of so many leaves.
std::uint64_t hashes_in(unsigned level, std::uint64_t leaves) { return leaves >> (8 * level); }

std::unexpected<Error> damaged(const std::string& directory) {
  return failure("tree_damaged", "The hashes in " + directory +
                                     " are not those of the log. They are derived: stop the server, delete that "
                                     "folder's files level-*, and start again.");
}

}  // namespace

Result<std::unique_ptr<TreeFiles>> TreeFiles::open(Disk& disk, std::string directory, std::uint64_t size) {
  std::unique_ptr<TreeFiles> tree(new TreeFiles(disk, std::move(directory)));
  for (unsigned level = 0; level < levels; ++level) {
    const auto path = tree->directory_ + "/level-" + std::to_string(level);
    if (!disk.exists(path)) continue;
    auto file = disk.open(path, OpenMode::read_write);
    if (!file) return std::unexpected(file.error());
    tree->levels_[level].file = std::move(*file);
  }
  for (unsigned level = 0; level < levels; ++level) {
    auto unfinished = tree->unfinished_at(level, size);
    if (!unfinished) return std::unexpected(unfinished.error());
    tree->levels_[level].unfinished = std::move(*unfinished);
  }
  tree->added_ = size;
  tree->flushed_.store(size, std::memory_order_release);
  return tree;
}

void TreeFiles::add(const Hash& leaf) {
  push(0, leaf);
  ++added_;
}

void TreeFiles::push(unsigned level, const Hash& hash) {
  CHECK(level < levels);
  auto& at = levels_[level];
  at.waiting.append(hash.view());
  at.unfinished.add(hash);
  if (at.unfinished.size() < tile_width) return;
  const Hash root = std::exchange(at.unfinished, {}).root();
  push(level + 1, root);
}

Result<void> TreeFiles::open_level(unsigned level) {
  if (levels_[level].file) return {};
  if (!disk_.exists(directory_)) {
    if (auto made = disk_.make_directory(directory_); !made) return made;
    if (auto synced = disk_.sync_directory(directory_of(directory_)); !synced) return synced;
  }
  auto file = disk_.open(directory_ + "/level-" + std::to_string(level), OpenMode::create_new);
  if (!file) return std::unexpected(file.error());
  levels_[level].file = std::move(*file);
  return disk_.sync_directory(directory_);
}

Result<void> TreeFiles::flush() {
  for (unsigned level = 0; level < levels; ++level) {
    auto& at = levels_[level];
    if (at.waiting.empty()) continue;
    if (auto opened = open_level(level); !opened) return opened;
    const auto written = hashes_in(level, added_) - at.waiting.size() / Hash::size;
    if (auto done = at.file->write(written * Hash::size, bytes_of(at.waiting)); !done) return done;
    if (auto done = at.file->sync(); !done) return done;
    at.waiting.clear();
  }
  flushed_.store(added_, std::memory_order_release);
  return {};
}

Hash TreeFiles::root() const {
  std::vector<Hash> edge;
  for (auto level = levels; level-- > 0;) {
    const auto& part = levels_[level].unfinished.edge();
    edge.insert(edge.end(), part.begin(), part.end());
  }
  return root_of(edge);
}

Result<std::string> TreeFiles::read(unsigned level, std::uint64_t first, std::size_t count) const {
  std::string hashes(count * Hash::size, '\0');
  if (count == 0) return hashes;
  if (!levels_[level].file) return damaged(directory_);
  const auto got = levels_[level].file->read(first * Hash::size, std::as_writable_bytes(std::span(hashes)));
  if (!got) return std::unexpected(got.error());
  if (*got != hashes.size()) return damaged(directory_);
  return hashes;
}

StoredHashes TreeFiles::stored() const {
  return [this](unsigned level, std::uint64_t first, std::size_t count) { return read(level, first, count); };
}

Result<MerkleFrontier> TreeFiles::unfinished_at(unsigned level, std::uint64_t size) const {
  const auto count = static_cast<std::size_t>(hashes_in(level, size) % tile_width);
  const auto hashes = read(level, hashes_in(level, size) - count, count);
  if (!hashes) return std::unexpected(hashes.error());
  return frontier_of(*hashes);
}

Result<Hash> TreeFiles::root_at(std::uint64_t size) const {
  return eventstore::root_at(
      size, [this](unsigned level, std::uint64_t first, std::size_t count) { return read(level, first, count); });
}

bool TreeFiles::holds(unsigned level, const TileName& tile) const {
  if (level >= levels) return false;
  const auto hashes = hashes_in(level, flushed());
  return tile.index < hashes / tile_width + 1 && tile.index * tile_width + tile.width <= hashes;
}

Result<std::string> TreeFiles::tile(unsigned level, const TileName& tile) const {
  CHECK(holds(level, tile));
  auto hashes = read(level, tile.index * tile_width, tile.width);
  if (!hashes || tile.width < tile_width || level + 1 == levels) return hashes;
  const auto above = read(level + 1, tile.index, 1);
  if (!above) return std::unexpected(above.error());
  if (frontier_of(*hashes).root() != hash_at(*above, 0)) return damaged(directory_);
  return hashes;
}

}  // namespace pioneer::eventstore
