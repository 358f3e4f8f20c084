// The hashes of the log's Merkle tree on the disk: of each level one file that only grows, `level-0` the leaves, and so
// on. A level's i-th hash is the root of the 256^level leaves from i · 256^level on, so that a tile (tiles.hpp) is a
// piece of a file: 33 bytes a leaf in all, and no tile is ever written twice. All of it is derived from the log.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "eventstore/merkle.hpp"
#include "eventstore/ports/disk.hpp"
#include "eventstore/tiles.hpp"
#include "eventstore/tree_proofs.hpp"

namespace pioneer::eventstore {

/// One thread adds and flushes; any thread asks for tiles and roots of what is flushed.
class TreeFiles {
 public:
  static constexpr unsigned levels = 8;  ///< 256^8 leaves

  /// Goes on behind the first `size` leaves; what a crash left beyond them is written over. Errors: "tree_damaged"
  /// where the files hold less, and the disk's.
  static Result<std::unique_ptr<TreeFiles>> open(Disk& disk, std::string directory, std::uint64_t size);

  /// In memory until flush(): at most 32 bytes a leaf.
  void add(const Hash& leaf);
  /// Written and synced. After a failure this object is of no further use.
  Result<void> flush();

  /// With what is not flushed.
  std::uint64_t size() const { return added_; }
  Hash root() const;

  /// Leaves that are flushed.
  std::uint64_t flushed() const { return flushed_.load(std::memory_order_acquire); }
  /// The root of the first `size` leaves, at most flushed(). Errors: the disk's.
  Result<Hash> root_at(std::uint64_t size) const;
  /// Whether flushed() leaves hold that tile.
  bool holds(unsigned level, const TileName& tile) const;
  /// The tile's hashes, one after another; holds() says that they are there. A full tile is looked at again: its root
  /// must stand one level higher. Errors: "tree_damaged", and the disk's.
  Result<std::string> tile(unsigned level, const TileName& tile) const;
  /// For proofs over the first flushed() leaves; good while this lives.
  StoredHashes stored() const;

 private:
  struct Level {
    std::unique_ptr<File> file;  ///< made with the level's first hash
    std::string waiting;         ///< hashes that are not written
    MerkleFrontier unfinished;   ///< over those since the last full tile
  };

  TreeFiles(Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}
  Result<void> open_level(unsigned level);
  void push(unsigned level, const Hash& hash);
  /// Hashes `first` to `first + count` of a level.
  Result<std::string> read(unsigned level, std::uint64_t first, std::size_t count) const;
  /// The unfinished part of a level in the tree of the first `size` leaves.
  Result<MerkleFrontier> unfinished_at(unsigned level, std::uint64_t size) const;

  Disk& disk_;
  const std::string directory_;
  std::array<Level, levels> levels_;
  std::uint64_t added_ = 0;
  std::atomic<std::uint64_t> flushed_{0};
};

}  // namespace pioneer::eventstore
