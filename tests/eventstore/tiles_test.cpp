// Tiles hold what a plain Merkle tree of the same records says, whatever the size.
#include "eventstore/tiles.hpp"

#include <gtest/gtest.h>

#include <map>

namespace pioneer::eventstore {
namespace {

struct Files {
  std::map<std::string, std::string> by_path;
  TileTree tree{[this](const std::string& path, std::string_view bytes) -> Result<void> {
    EXPECT_FALSE(by_path.contains(path)) << path << " is written once";
    by_path[path] = bytes;
    return {};
  }};
  void add(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) ASSERT_TRUE(tree.add("record " + std::to_string(tree.size())));
  }
};

Hash leaf(std::uint64_t number) { return leaf_hash(bytes_of("record " + std::to_string(number))); }

TEST(TilePath, IsThatOfTheLayout) {
  EXPECT_EQ(tile_path(0, 1'234'067, 256), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path(1, 67, 5), "tile/1/067.p/5");
  EXPECT_EQ(bundle_path(1'000, 256), "tile/entries/x001/000");
  EXPECT_EQ(bundle_path(0, 255), "tile/entries/000.p/255");
}

TEST(TilePath, IsReadOnlyAsItIsWritten) {
  for (const std::uint64_t index : {0u, 67u, 999u, 1'000u, 1'234'067u})
    for (const std::size_t width : {1u, 255u, 256u}) {
      const auto path = tile_path(0, index, width);
      EXPECT_EQ(parse_tile_name(std::string_view(path).substr(7)), (TileName{index, width})) << path;
    }
  for (const char* bad :
       {"", "0", "00", "0000", "x000/067", "x001/67", "001/067", "067.p/0", "067.p/256", "067.p/05", "067.p/", "067.p",
        "-67", "+67", "06a", "x001/x002/x003/x004/x005/x006/007", "067/", "067.p/5.p/5"})
    EXPECT_FALSE(parse_tile_name(bad)) << bad;
}

TEST(TileTree, HandsOutFullTilesAsItGrowsAndPartialOnesAtTheEnd) {
  Files files;
  files.add(256 * 256 + 256 + 3);
  EXPECT_TRUE(files.by_path.contains("tile/0/256"));
  EXPECT_TRUE(files.by_path.contains("tile/1/000"));
  EXPECT_EQ(files.by_path.size(), 257U * 2 + 1);
  ASSERT_TRUE(files.tree.finish());
  const auto& last = files.by_path.at("tile/0/257.p/3");
  ASSERT_EQ(last.size(), 96U);
  EXPECT_EQ(last.substr(32, 32), leaf(65'536 + 256 + 1).view());
  MerkleFrontier second;
  for (std::uint64_t i = 256; i < 512; ++i) second.add(leaf(i));
  EXPECT_EQ(files.by_path.at("tile/1/000").substr(32, 32), second.root().view());
  EXPECT_EQ(files.by_path.at("tile/1/001.p/1").size(), 32U);
  MerkleFrontier first;
  for (std::uint64_t i = 0; i < 65'536; ++i) first.add(leaf(i));
  EXPECT_EQ(files.by_path.at("tile/2/000.p/1"), first.root().view());
  EXPECT_EQ(files.by_path.size(), 257U * 2 + 1 + 4);
}

TEST(TileTree, BundlesHoldTheRecordsWithTheirLengths) {
  Files files;
  ASSERT_TRUE(files.tree.add(std::string(300, 'x')));
  ASSERT_TRUE(files.tree.add(""));
  ASSERT_TRUE(files.tree.finish());
  EXPECT_EQ(files.by_path.at("tile/entries/000.p/2"),
            std::string("\x01\x2c") + std::string(300, 'x') + std::string(2, '\0'));
}

TEST(TileTree, GoesOnAfterItsEnd) {
  Files one;
  one.add(5);
  ASSERT_TRUE(one.tree.finish());
  one.add(300);
  ASSERT_TRUE(one.tree.finish());
  Files other;
  other.add(305);
  ASSERT_TRUE(other.tree.finish());
  for (const auto& [path, bytes] : other.by_path) EXPECT_EQ(one.by_path.at(path), bytes) << path;
  EXPECT_EQ(one.tree.root(), other.tree.root());
}

TEST(TileTree, EndsWithWhatTheWriterOfFilesFailsWith) {
  TileTree tree([](const std::string&, std::string_view) -> Result<void> { return failure("write_failed", "full"); });
  ASSERT_TRUE(tree.add("record"));
  EXPECT_EQ(tree.finish().error().code, "write_failed");
}

TEST(Checkpoint, IsThreeLines) { EXPECT_EQ(checkpoint_text("a.log", 7, "cm9vdA=="), "a.log\n7\ncm9vdA==\n"); }

}  // namespace
}  // namespace pioneer::eventstore
