// Proofs over the log's Merkle tree, made from stored hashes and checked without them (RFC 9162, section 2.1, whose
// tree is that of RFC 6962). Pure but for what reads the hashes; any thread.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eventstore/record.hpp"

namespace pioneer::eventstore {

/// Reads `count` hashes of a level from the `first` on, one after another, never across the end of a tile (tiles.hpp).
/// A level's i-th hash is the root of the 256^level leaves from i · 256^level on.
using StoredHashes = std::function<Result<std::string>(unsigned level, std::uint64_t first, std::size_t count)>;

/// The root of the first `size` leaves. Errors: the reader's.
Result<Hash> root_at(std::uint64_t size, const StoredHashes& hashes);

/// The siblings from the leaf to the root by which leaf `index` stands in the tree of `size` leaves: at most 64.
/// `index` is below `size`. Errors: the reader's.
Result<std::vector<Hash>> inclusion_path(std::uint64_t index, std::uint64_t size, const StoredHashes& hashes);

/// The root that this leaf and this path lead to; nothing where a path of a tree of that size is longer or shorter. The
/// caller compares it with the root that was signed.
std::optional<Hash> root_by_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                                      std::span<const Hash> path);

/// The hashes by which the tree of the `first` leaves is seen to be the beginning of that of the `second`, at least as
/// many: at most 64. Empty where both are the same, or `first` is 0, with which every tree begins. Errors: the
/// reader's.
Result<std::vector<Hash>> consistency_path(std::uint64_t first, std::uint64_t second, const StoredHashes& hashes);

/// A size and the root that was signed for it.
struct TreeHead {
  std::uint64_t size = 0;
  Hash root;
};

/// Whether `second` goes on from `first`, as this path shows. From size 0 (whose root must be that of no leaves) and
/// for two of one size, which must have one root, the path must be empty.
bool consistent(const TreeHead& first, const TreeHead& second, std::span<const Hash> path);

}  // namespace pioneer::eventstore
