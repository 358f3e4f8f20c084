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

}  // namespace pioneer::eventstore
