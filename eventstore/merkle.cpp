#include "eventstore/merkle.hpp"

#include <bit>

#include "eventstore/little_endian.hpp"

namespace pioneer::eventstore {

void MerkleFrontier::add(const Hash& leaf) {
  // As adding one to a binary number: each set low bit is a subtree that the new leaf completes.
  Hash whole = leaf;
  for (auto carried = std::countr_one(size_); carried > 0; --carried) {
    whole = node_hash(edge_.back(), whole);
    edge_.pop_back();
  }
  edge_.push_back(whole);
  ++size_;
}

Hash MerkleFrontier::root() const { return root_of(edge_); }

std::string MerkleFrontier::encode() const {
  std::string bytes(sizeof size_ + edge_.size() * Hash::size, '\0');
  auto* to = reinterpret_cast<std::byte*>(bytes.data());
  store(to, size_);
  to += sizeof size_;
  for (const auto& hash : edge_) {
    store(to, hash);
    to += Hash::size;
  }
  return bytes;
}

Result<MerkleFrontier> MerkleFrontier::decode(std::string_view bytes) {
  MerkleFrontier frontier;
  if (bytes.size() < sizeof frontier.size_)
    return failure("frontier_too_short", "a Merkle frontier begins with its size");
  const auto* from = bytes_of(bytes).data();
  frontier.size_ = load<std::uint64_t>(from);
  const auto hashes = static_cast<std::size_t>(std::popcount(frontier.size_));
  if (bytes.size() != sizeof frontier.size_ + hashes * Hash::size)
    return failure("frontier_bad_length", "a Merkle frontier holds one hash for each bit set in its size");
  from += sizeof frontier.size_;
  for (std::size_t i = 0; i < hashes; ++i, from += Hash::size) frontier.edge_.push_back(load<Hash>(from));
  return frontier;
}

Hash root_of(std::span<const Hash> edge) {
  if (edge.empty()) return sha256({});
  Hash root = edge.back();
  for (auto i = edge.size() - 1; i > 0; --i) root = node_hash(edge[i - 1], root);
  return root;
}

}  // namespace pioneer::eventstore
