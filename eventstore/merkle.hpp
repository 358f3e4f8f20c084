// The Merkle tree over the leaves (RFC 6962), grown leaf by leaf. Holds only the right edge: O(log n) memory.
// One thread. Tiles and proofs are computed from stored hashes by what follows it.
#pragma once

#include <span>
#include <vector>

#include "eventstore/record.hpp"

namespace pioneer::eventstore {

class MerkleFrontier {
 public:
  void add(const Hash& leaf);
  std::uint64_t size() const { return size_; }
  /// The roots of the perfect subtrees, largest first: one for each bit set in size().
  const std::vector<Hash>& edge() const { return edge_; }
  /// SHA-256("") for the empty tree.
  Hash root() const;

  std::string encode() const;
  static Result<MerkleFrontier> decode(std::string_view bytes);

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> edge_;
};

/// Of the tree whose edge this is.
Hash root_of(std::span<const Hash> edge);

}  // namespace pioneer::eventstore
