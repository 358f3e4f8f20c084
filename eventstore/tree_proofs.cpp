#include "eventstore/tree_proofs.hpp"

#include <bit>

#include "eventstore/check.hpp"
#include "eventstore/tiles.hpp"

namespace pioneer::eventstore {
namespace {

constexpr int tile_height = 8;  // 256 hashes

/// A subtree whose leaves are as many as a power of two, and begin at a multiple of it: below a stored hash, or made of
/// at most 128 of one level.
Result<Hash> perfect(std::uint64_t begin, std::uint64_t leaves, const StoredHashes& hashes) {
  const int height = std::countr_zero(leaves);
  const auto level = static_cast<unsigned>(height / tile_height);
  const auto count = std::size_t{1} << (height % tile_height);
  const auto stored = hashes(level, begin >> (tile_height * level), count);
  if (!stored) return std::unexpected(stored.error());
  CHECK(stored->size() == count * Hash::size);
  return frontier_of(*stored).root();
}

/// The root of leaves [begin, end), which a tree of the RFC has: the largest perfect part first.
Result<Hash> subtree(std::uint64_t begin, std::uint64_t end, const StoredHashes& hashes) {
  const auto first = std::bit_floor(end - begin);
  auto left = perfect(begin, first, hashes);
  if (!left || begin + first == end) return left;
  const auto right = subtree(begin + first, end, hashes);
  if (!right) return right;
  return node_hash(*left, *right);
}

}  // namespace

Result<Hash> root_at(std::uint64_t size, const StoredHashes& hashes) {
  if (size == 0) return sha256({});
  return subtree(0, size, hashes);
}

Result<std::vector<Hash>> inclusion_path(std::uint64_t index, std::uint64_t size, const StoredHashes& hashes) {
  CHECK(index < size);
  std::vector<Hash> from_root;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (end - begin > 1) {
    const auto middle = begin + std::bit_floor(end - begin - 1);
    const bool in_left = index < middle;
    auto sibling = in_left ? subtree(middle, end, hashes) : subtree(begin, middle, hashes);
    if (!sibling) return std::unexpected(sibling.error());
    from_root.push_back(*sibling);
    (in_left ? end : begin) = middle;
  }
  return std::vector<Hash>(from_root.rbegin(), from_root.rend());
}

// RFC 9162, section 2.1.3.2.
std::optional<Hash> root_by_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                                      std::span<const Hash> path) {
  if (index >= size) return std::nullopt;
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  Hash root = leaf;
  for (const auto& sibling : path) {
    if (last == 0) return std::nullopt;
    if (node % 2 == 1 || node == last) {
      root = node_hash(sibling, root);
      // The right edge may stand higher than its sibling: up to where it is a right child.
      while (node % 2 == 0 && node != 0) {
        node /= 2;
        last /= 2;
      }
    } else {
      root = node_hash(root, sibling);
    }
    node /= 2;
    last /= 2;
  }
  if (last != 0) return std::nullopt;
  return root;
}

}  // namespace pioneer::eventstore
