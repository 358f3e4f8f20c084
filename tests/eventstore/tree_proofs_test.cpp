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

}  // namespace
}  // namespace pioneer::eventstore
