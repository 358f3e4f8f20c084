// Where two logs part, from the hashes of their trees: a few tiles of each, however long they are.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "eventstore/error.hpp"

namespace pioneer::api {

/// A tree of hash tiles (C2SP tlog-tiles).
struct TiledTree {
  std::uint64_t size = 0;
  /// The tile of this level and index, whole as a tree of `size` leaves has it.
  std::function<eventstore::Result<std::string>(unsigned level, std::uint64_t index)> tile;
};

/// How many leaves, from the first on, are the same in both; the smaller size where one goes on from the other. What
/// the tiles say is believed: they are to be proven before, or by whoever gives them. Errors: those of the tiles, and
/// "tile_wrong_length".
eventstore::Result<std::uint64_t> same_leaves(const TiledTree& one, const TiledTree& other);

}  // namespace pioneer::api
