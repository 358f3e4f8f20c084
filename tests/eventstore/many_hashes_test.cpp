// Hashes that are worked on side by side are those that are worked on alone.
#include "eventstore/many_hashes.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "eventstore/tiles.hpp"

namespace pioneer::eventstore {
namespace {

std::string bytes(std::mt19937_64& random, std::size_t count) {
  std::string text(count, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

void expect_same(const std::vector<std::string>& texts) {
  const std::vector<std::string_view> records(texts.begin(), texts.end());
  std::vector<Hash> hashes(records.size());
  leaf_hashes(records, hashes);
  for (std::size_t i = 0; i < records.size(); ++i)
    ASSERT_EQ(hashes[i], leaf_hash(bytes_of(records[i]))) << i << ", " << records[i].size() << " bytes";
}

TEST(LeafHashes, AreThoseOfEveryLengthAlone) {
  std::mt19937_64 random(1);
  for (std::size_t length = 0; length < 400; ++length) expect_same({bytes(random, length)});
  expect_same({bytes(random, 65'535)});
  expect_same({});
}

TEST(LeafHashes, AreTheSameWhateverStandsBeside) {
  std::mt19937_64 random(2);
  for (std::size_t first = 0; first < 200; ++first)
    for (const std::size_t second : {0u, 54u, 55u, 62u, 63u, 64u, 118u, 119u, 350u})
      expect_same({bytes(random, first), bytes(random, second)});
  for (int turn = 0; turn < 200; ++turn) {
    std::vector<std::string> texts;
    for (std::size_t i = random() % 20; i > 0; --i) texts.push_back(bytes(random, random() % 1'000));
    expect_same(texts);
  }
}

TEST(RootOver, IsThatOfTheTree) {
  std::mt19937_64 random(3);
  for (std::size_t width = 0; width <= 260; ++width) {
    const auto hashes = bytes(random, width * Hash::size);
    EXPECT_EQ(root_over(hashes), frontier_of(hashes).root()) << width;
  }
}

}  // namespace
}  // namespace pioneer::eventstore
