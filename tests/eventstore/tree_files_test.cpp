// The hashes of the tree on the disk are those of a plain tree of the same leaves, whatever crashed on the way.
#include "eventstore/tree_files.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::eventstore {
namespace {

using tests::SimulatedDisk;

std::string record(std::uint64_t number) { return "record " + std::to_string(number); }
Hash leaf(std::uint64_t number) { return leaf_hash(bytes_of(record(number))); }

void grow(TreeFiles& tree, std::uint64_t to) {
  while (tree.size() < to) tree.add(leaf(tree.size()));
}

Hash plain_root(std::uint64_t size) {
  MerkleFrontier frontier;
  for (std::uint64_t i = 0; i < size; ++i) frontier.add(leaf(i));
  return frontier.root();
}

struct Tree {
  explicit Tree(std::uint64_t size = 0) { open(size); }
  void open(std::uint64_t size) {
    ASSERT_TRUE(disk.make_directory("/data"));
    auto opened = TreeFiles::open(disk, "/data/tree", size);
    ASSERT_TRUE(opened) << opened.error().detail;
    files = std::move(*opened);
  }
  SimulatedDisk disk;
  std::unique_ptr<TreeFiles> files;
};

TEST(TreeFiles, HoldsEveryTileOfEverySizeThatItWentThrough) {
  Tree tree;
  std::map<std::string, std::string> expected;
  TileTree tiles([&](const std::string& path, std::string_view bytes) -> Result<void> {
    expected[path] = bytes;
    return {};
  });
  for (const std::uint64_t size : {1u, 255u, 256u, 257u, 65'535u, 65'536u, 65'537u, 66'000u}) {
    while (tiles.size() < size) ASSERT_TRUE(tiles.add(record(tiles.size())));
    ASSERT_TRUE(tiles.finish());
    grow(*tree.files, size);
    ASSERT_TRUE(tree.files->flush());
    EXPECT_EQ(tree.files->root(), tiles.root());
  }
  std::size_t compared = 0;
  for (const auto& [path, bytes] : expected) {
    if (path.starts_with("tile/entries/")) continue;
    const auto name = parse_tile_name(std::string_view(path).substr(7));
    ASSERT_TRUE(name) << path;
    const auto level = static_cast<unsigned>(path[5] - '0');
    ASSERT_TRUE(tree.files->holds(level, *name)) << path;
    EXPECT_EQ(tree.files->tile(level, *name).value(), bytes) << path;
    ++compared;
  }
  EXPECT_GT(compared, 260u);
}

TEST(TreeFiles, HasNoTileThatIsNotFlushed) {
  Tree tree;
  grow(*tree.files, 300);
  EXPECT_FALSE(tree.files->holds(0, {0, 1}));
  ASSERT_TRUE(tree.files->flush());
  EXPECT_TRUE(tree.files->holds(0, {0, 256}));
  EXPECT_TRUE(tree.files->holds(0, {1, 44}));
  EXPECT_TRUE(tree.files->holds(1, {0, 1}));
  EXPECT_FALSE(tree.files->holds(0, {1, 45}));
  EXPECT_FALSE(tree.files->holds(1, {0, 2}));
  EXPECT_FALSE(tree.files->holds(2, {0, 1}));
  EXPECT_FALSE(tree.files->holds(8, {0, 1}));
  EXPECT_FALSE(tree.files->holds(0, {~std::uint64_t{0}, 256}));
  EXPECT_FALSE(tree.files->holds(0, {std::uint64_t{1} << 56, 256}));
}

TEST(TreeFiles, KnowsTheRootOfEverySize) {
  Tree tree;
  grow(*tree.files, 600);
  ASSERT_TRUE(tree.files->flush());
  for (std::uint64_t size = 0; size <= 600; size += size < 20 ? 1 : 29)
    EXPECT_EQ(tree.files->root_at(size).value(), plain_root(size)) << size;
}

TEST(TreeFiles, GoesOnBehindAnySizeAndWritesOverWhatLiesBeyond) {
  Tree tree;
  grow(*tree.files, 700);
  ASSERT_TRUE(tree.files->flush());
  for (const std::uint64_t size : {0u, 1u, 255u, 256u, 512u, 699u, 700u}) {
    tree.open(size);
    EXPECT_EQ(tree.files->root(), plain_root(size));
    grow(*tree.files, 701);
    ASSERT_TRUE(tree.files->flush());
    EXPECT_EQ(tree.files->root(), plain_root(701)) << size;
    EXPECT_EQ(tree.files->root_at(513).value(), plain_root(513)) << size;
  }
  EXPECT_EQ(TreeFiles::open(tree.disk, "/data/tree", 800).error().code, "tree_damaged");
}

TEST(TreeFiles, KeepsWhatItFlushedThroughAnyCrash) {
  for (std::uint64_t call = 1; call < 40; ++call) {
    Tree tree;
    tree.disk.fail_call(call, true);
    std::uint64_t flushed = 0;
    for (const std::uint64_t size : {100u, 256u, 300u, 520u}) {
      grow(*tree.files, size);
      if (!tree.files->flush()) break;
      flushed = size;
    }
    tree.disk.crash(SimulatedDisk::Unsynced::torn, call);
    tree.open(flushed);
    EXPECT_EQ(tree.files->root(), plain_root(flushed)) << "call " << call;
    grow(*tree.files, 600);
    ASSERT_TRUE(tree.files->flush());
    EXPECT_EQ(tree.files->root_at(600).value(), plain_root(600)) << "call " << call;
  }
}

TEST(TreeFiles, NeverServesADamagedFullTile) {
  Tree tree;
  grow(*tree.files, 300);
  ASSERT_TRUE(tree.files->flush());
  tree.disk.bytes("/data/tree/level-0")[1'000] ^= 1;
  EXPECT_EQ(tree.files->tile(0, {0, 256}).error().code, "tree_damaged");
}

}  // namespace
}  // namespace pioneer::eventstore
