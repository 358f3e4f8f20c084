#include "eventstore/merkle.hpp"

#include <gtest/gtest.h>

#include <bit>

namespace pioneer::eventstore {
namespace {

/// RFC 6962, section 2.1, as it is written there.
Hash tree_hash(std::span<const Hash> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves[0];
  const auto split = std::bit_floor(leaves.size() - 1);
  return node_hash(tree_hash(leaves.first(split)), tree_hash(leaves.subspan(split)));
}

std::string unhex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

TEST(MerkleFrontier, HasTheRootsOfTheReferenceTree) {
  // The eight leaves and roots that implementations of RFC 6962 share as test vectors.
  const std::vector<std::pair<std::string, std::string>> vectors{
      {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
      {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
      {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
      {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
      {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
      {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
      {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
      {"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}};
  MerkleFrontier frontier;
  EXPECT_EQ(frontier.root().view(), unhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  for (const auto& [leaf, root] : vectors) {
    frontier.add(leaf_hash(bytes_of(unhex(leaf))));
    EXPECT_EQ(frontier.root().view(), unhex(root)) << frontier.size() << " leaves";
  }
}

TEST(MerkleFrontier, EqualsTheDefinitionAtEverySize) {
  MerkleFrontier frontier;
  std::vector<Hash> leaves;
  for (std::size_t n = 0; n <= 300; ++n) {
    EXPECT_EQ(frontier.root(), tree_hash(leaves)) << n << " leaves";
    EXPECT_EQ(frontier.size(), n);
    leaves.push_back(leaf_hash(bytes_of(std::to_string(n))));
    frontier.add(leaves.back());
  }
}

TEST(MerkleFrontier, GoesOnFromItsEncoding) {
  MerkleFrontier whole;
  for (std::size_t n = 0; n <= 300; ++n) {
    auto again = MerkleFrontier::decode(whole.encode());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->size(), n);
    EXPECT_EQ(again->root(), whole.root());
    const auto leaf = leaf_hash(bytes_of(std::to_string(n)));
    whole.add(leaf);
    again->add(leaf);
    EXPECT_EQ(again->root(), whole.root());
  }
}

TEST(MerkleFrontier, RefusesWhatIsNoEncoding) {
  MerkleFrontier frontier;
  for (int i = 0; i < 5; ++i) frontier.add(leaf_hash(bytes_of(std::to_string(i))));
  const auto encoding = frontier.encode();
  EXPECT_EQ(MerkleFrontier::decode(encoding.substr(0, 7)).error().code, "frontier_too_short");
  EXPECT_EQ(MerkleFrontier::decode(encoding.substr(0, encoding.size() - 1)).error().code, "frontier_bad_length");
  EXPECT_EQ(MerkleFrontier::decode(encoding + "x").error().code, "frontier_bad_length");
}

}  // namespace
}  // namespace pioneer::eventstore
