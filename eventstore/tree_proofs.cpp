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

// RFC 9162, section 2.1.4.1.
Result<std::vector<Hash>> consistency_path(std::uint64_t first, std::uint64_t second, const StoredHashes& hashes) {
  CHECK(first <= second);
  std::vector<Hash> from_root;
  if (first == 0) return from_root;
  std::uint64_t begin = 0;
  std::uint64_t end = second;
  const auto take = [&](std::uint64_t from, std::uint64_t to) -> Result<void> {
    const auto root = subtree(from, to, hashes);
    if (!root) return std::unexpected(root.error());
    from_root.push_back(*root);
    return {};
  };
  while (first != end) {
    const auto middle = begin + std::bit_floor(end - begin - 1);
    const bool in_left = first <= middle;
    if (auto taken = in_left ? take(middle, end) : take(begin, middle); !taken) return std::unexpected(taken.error());
    (in_left ? end : begin) = middle;
  }
  // Where the first tree is a whole subtree of the second, whoever checks knows its root.
  if (begin != 0) {
    if (auto taken = take(begin, end); !taken) return std::unexpected(taken.error());
  }
  return std::vector<Hash>(from_root.rbegin(), from_root.rend());
}

// RFC 9162, section 2.1.4.2.
bool consistent(const TreeHead& first, const TreeHead& second, std::span<const Hash> path) {
  if (first.size > second.size) return false;
  if (first.size == 0) {
    const auto none = sha256({});
    return path.empty() && first.root == none && (second.size != 0 || second.root == none);
  }
  if (first.size == second.size) return path.empty() && first.root == second.root;
  if (path.empty()) return false;
  std::uint64_t node = first.size - 1;
  std::uint64_t last = second.size - 1;
  const auto up = [&] {
    node /= 2;
    last /= 2;
  };
  while (node % 2 == 1) up();
  const bool whole = std::has_single_bit(first.size);
  Hash first_root = whole ? first.root : path.front();
  Hash second_root = first_root;
  for (const auto& sibling : path.subspan(whole ? 0 : 1)) {
    if (last == 0) return false;
    if (node % 2 == 1 || node == last) {
      first_root = node_hash(sibling, first_root);
      second_root = node_hash(sibling, second_root);
      while (node % 2 == 0 && node != 0) up();
    } else {
      second_root = node_hash(second_root, sibling);
    }
    up();
  }
  return last == 0 && first_root == first.root && second_root == second.root;
}

}  // namespace pioneer::eventstore
