// A mirror as it is filled from elsewhere: each file is proven by the checkpoint that was signed before it is kept. A
// full tile's root stands in the tile above it, the tiles that are not full make the signed root together, and a
// bundle's records have their hashes in the tile of the same index. So whoever sends the files can withhold, but not
// lie.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "eventstore/error.hpp"
#include "eventstore/tree_files.hpp"
#include "eventstore/tree_proofs.hpp"

namespace pioneer::api {

/// Where the files come from, and where they go. Any thread.
class MirroredFiles {
 public:
  virtual ~MirroredFiles() = default;
  virtual bool has(const std::string& name) const = 0;
  /// What an earlier run kept, or somebody changed since; nothing where there is none.
  virtual std::optional<std::string> kept(const std::string& name, std::size_t bytes_max) const = 0;
  virtual eventstore::Result<std::string> fetch(const std::string& name, std::size_t bytes_max) = 0;
  /// A file that is proven, whole or not at all.
  virtual eventstore::Result<void> keep(const std::string& name, std::string_view bytes) = 0;
};

/// Errors of all: those of the files; "wrong_file" where what was fetched is not what was signed; "mirror_differs"
/// where a kept file is not, though a checkpoint that came before covered it: somebody changed it since. Other kept
/// files that are wrong were cut off by a crash, and are fetched again. One thread, but for take().
class SignedTiles {
 public:
  /// The tree of `size` leaves under `root`; `before`: leaves that an earlier checkpoint of this mirror covered.
  /// `files` outlives this.
  SignedTiles(MirroredFiles& files, std::uint64_t size, const eventstore::Hash& root, std::uint64_t before)
      : files_(files), size_(size), before_(before), root_(root) {}

  /// The tiles that are not full, proven by the root. Before all else.
  eventstore::Result<void> begin();
  /// Keeps them: once this tree is known to go on from what the mirror holds, for another history's have the same
  /// names.
  eventstore::Result<void> keep_edge();
  /// The tile's hashes, proven. `level` and `index` are of this tree.
  eventstore::Result<std::string> tile(unsigned level, std::uint64_t index);
  /// The root of the first `size` leaves of this tree.
  eventstore::Result<eventstore::Hash> root_at(std::uint64_t size);

  /// 256 leaves or fewer: their tile of level 0 and their bundle.
  struct Stretch {
    std::uint64_t index = 0;
    std::size_t width = 0;
    bool signed_before = false;
    eventstore::Hash root;  ///< of the full tile
    std::string hashes;     ///< of the tile that is not full, which is proven already
  };
  std::uint64_t stretches() const { return size_ / eventstore::tile_width + (size_ % eventstore::tile_width > 0); }
  eventstore::Result<Stretch> stretch(std::uint64_t index);
  /// Keeps what is missing of it: the tile, and with `entries` the bundle. Any thread.
  static eventstore::Result<void> take(MirroredFiles& files, const Stretch& stretch, bool entries);

 private:
  /// Whether some were kept before.
  eventstore::Result<bool> edge_tiles(bool kept_too);
  eventstore::Hash edge_root() const;

  MirroredFiles& files_;
  const std::uint64_t size_;
  const std::uint64_t before_;
  const eventstore::Hash root_;
  struct Cached {
    std::uint64_t index = 0;
    std::string hashes;  ///< empty: none
  };
  std::array<std::string, eventstore::TreeFiles::levels> edge_;  ///< of each level the tile that is not full
  std::array<bool, eventstore::TreeFiles::levels> edge_fetched_{};
  std::array<Cached, eventstore::TreeFiles::levels> last_;  ///< of each level the full tile asked for last
};

}  // namespace pioneer::api
