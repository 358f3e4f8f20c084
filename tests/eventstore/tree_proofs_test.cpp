// Proofs from stored hashes agree with a tree computed as the RFC defines it, for every size and place.
#include "eventstore/tree_proofs.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <map>

#include "eventstore/tiles.hpp"

namespace pioneer::eventstore {
namespace {

Hash leaf(std::uint64_t number) { return leaf_hash(bytes_of("record " + std::to_string(number))); }

/// MTH of RFC 6962, section 2.1, as it is written there.
Hash defined(std::uint64_t begin, std::uint64_t end) {
  if (begin == end) return sha256({});
  if (end - begin == 1) return leaf(begin);
  const auto middle = begin + std::bit_floor(end - begin - 1);
  return node_hash(defined(begin, middle), defined(middle, end));
}

/// The hashes of all levels of a log of so many records, as tiles hold them.
struct Stored {
  explicit Stored(std::uint64_t size) {
    TileTree tree([this](const std::string& path, std::string_view bytes) -> Result<void> {
      tiles[path] = bytes;
      return {};
    });
    for (std::uint64_t i = 0; i < size; ++i) EXPECT_TRUE(tree.add("record " + std::to_string(i)));
    EXPECT_TRUE(tree.finish());
    size_ = size;
  }
  StoredHashes reader() const {
    return [this](unsigned level, std::uint64_t first, std::size_t count) -> Result<std::string> {
      const auto hashes = (size_ >> (8 * level)) - first / tile_width * tile_width;
      const auto width = static_cast<std::size_t>(std::min<std::uint64_t>(tile_width, hashes));
      EXPECT_LE(first % tile_width + count, width) << "within one tile";
      return tiles.at(tile_path(level, first / tile_width, width)).substr(first % tile_width * 32, count * 32);
    };
  }
  std::map<std::string, std::string> tiles;
  std::uint64_t size_ = 0;
};

TEST(RootAt, IsThatOfTheRfcForEverySize) {
  const Stored stored(600);
  for (std::uint64_t size = 0; size <= 600; ++size) {
    const auto root = root_at(size, stored.reader());
    ASSERT_TRUE(root);
    EXPECT_EQ(*root, defined(0, size)) << size;
  }
}

TEST(InclusionPath, LeadsFromEveryLeafToTheRoot) {
  for (const std::uint64_t size : {1u, 2u, 3u, 7u, 8u, 255u, 256u, 257u, 600u}) {
    const Stored stored(size);
    const auto root = defined(0, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto path = inclusion_path(index, size, stored.reader());
      ASSERT_TRUE(path);
      EXPECT_EQ(root_by_inclusion(index, size, leaf(index), *path), root) << index << " of " << size;
      auto longer = *path;
      longer.push_back(root);
      EXPECT_NE(root_by_inclusion(index, size, leaf(index), longer), root);
      if (size == 1) continue;
      EXPECT_NE(root_by_inclusion(index, size, leaf(index), std::span(*path).first(path->size() - 1)), root);
      EXPECT_NE(root_by_inclusion((index + 1) % size, size, leaf(index), *path), root);
    }
    EXPECT_FALSE(root_by_inclusion(size, size, leaf(0), {}));
  }
}

TEST(InclusionPath, WorksAcrossLevels) {
  constexpr std::uint64_t size = 65'536 + 256 * 3 + 5;
  const Stored stored(size);
  const auto root = root_at(size, stored.reader()).value();
  for (const std::uint64_t index : {0ul, 255ul, 256ul, 65'535ul, 65'536ul, 66'303ul, 66'304ul, size - 1}) {
    const auto path = inclusion_path(index, size, stored.reader());
    ASSERT_TRUE(path);
    EXPECT_EQ(root_by_inclusion(index, size, leaf(index), *path), root) << index;
  }
}

TEST(InclusionPath, TellsWhatItsReaderFailsWith) {
  const auto failing = [](unsigned, std::uint64_t, std::size_t) -> Result<std::string> {
    return failure("read_failed", "The test's reader fails.");
  };
  EXPECT_EQ(inclusion_path(3, 10, failing).error().code, "read_failed");
  EXPECT_EQ(root_at(10, failing).error().code, "read_failed");
}

TEST(ConsistencyPath, ShowsThatEveryTreeBeginsWithEverySmallerOne) {
  constexpr std::uint64_t most = 300;
  const Stored stored(most);
  std::vector<TreeHead> heads;
  for (std::uint64_t size = 0; size <= most; ++size) heads.push_back({size, root_at(size, stored.reader()).value()});
  std::size_t longest = 0;
  for (const auto& second : heads) {
    for (const auto& first : heads) {
      if (first.size > second.size) break;
      const auto path = consistency_path(first.size, second.size, stored.reader());
      ASSERT_TRUE(path);
      ASSERT_TRUE(consistent(first, second, *path)) << first.size << " in " << second.size;
      longest = std::max(longest, path->size());
      EXPECT_EQ(path->empty(), first.size == 0 || first.size == second.size);
      // Another root, another size or the other way round is refused.
      if (first.size != 0) {
        ASSERT_FALSE(consistent({first.size, heads[first.size - 1].root}, second, *path));
        ASSERT_FALSE(consistent(first, {second.size, heads[second.size - 1].root}, *path));
        ASSERT_FALSE(consistent({first.size - 1, first.root}, second, *path)) << first.size << " in " << second.size;
      }
      ASSERT_EQ(consistent(second, first, *path), first.size == second.size);
    }
  }
  EXPECT_EQ(longest, 10u);
}

TEST(ConsistencyPath, IsRefusedWithAnyBitFlippedAnyHashMoreOrLess) {
  const Stored stored(300);
  const auto head = [&](std::uint64_t size) { return TreeHead{size, root_at(size, stored.reader()).value()}; };
  for (const auto& [from, to] :
       {std::pair{1u, 2u}, {1u, 300u}, {3u, 7u}, {4u, 7u}, {6u, 8u}, {128u, 300u}, {255u, 256u}, {257u, 299u}}) {
    const auto first = head(from);
    const auto second = head(to);
    const auto path = consistency_path(from, to, stored.reader()).value();
    for (std::size_t at = 0; at < path.size(); ++at) {
      for (unsigned bit = 0; bit < 256; ++bit) {
        auto changed = path;
        changed[at].bytes[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        ASSERT_FALSE(consistent(first, second, changed)) << from << " in " << to << ", hash " << at << " bit " << bit;
      }
      auto less = path;
      less.erase(less.begin() + static_cast<std::ptrdiff_t>(at));
      EXPECT_FALSE(consistent(first, second, less));
      auto more = path;
      more.insert(more.begin() + static_cast<std::ptrdiff_t>(at), path[at]);
      EXPECT_FALSE(consistent(first, second, more));
    }
    auto longer = path;
    longer.push_back(second.root);
    EXPECT_FALSE(consistent(first, second, longer));
    EXPECT_FALSE(consistent(first, second, {}));
  }
}

TEST(ConsistencyPath, FromNothingHasNoHashesAndTheRootOfNothing) {
  const Stored stored(5);
  const TreeHead all{5, root_at(5, stored.reader()).value()};
  const TreeHead none{0, sha256({})};
  EXPECT_TRUE(consistent(none, all, {}));
  EXPECT_TRUE(consistent(none, none, {}));
  EXPECT_FALSE(consistent(none, all, std::vector{all.root}));
  EXPECT_FALSE(consistent({0, all.root}, all, {}));
  EXPECT_FALSE(consistent(none, {0, all.root}, {}));
}

TEST(ConsistencyPath, WorksAcrossLevels) {
  constexpr std::uint64_t size = 65'536 + 256 * 3 + 5;
  const Stored stored(size);
  const TreeHead all{size, root_at(size, stored.reader()).value()};
  for (const std::uint64_t first : {1ul, 255ul, 256ul, 257ul, 65'535ul, 65'536ul, 65'537ul, 66'304ul, size - 1}) {
    const TreeHead before{first, root_at(first, stored.reader()).value()};
    const auto path = consistency_path(first, size, stored.reader());
    ASSERT_TRUE(path);
    EXPECT_TRUE(consistent(before, all, *path)) << first;
  }
}

}  // namespace
}  // namespace pioneer::eventstore
