// Where two trees of tiles part is found from their hashes, wherever it is.
#include "api/audit/first_difference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "eventstore/tiles.hpp"

namespace pioneer::api {
namespace {

using eventstore::tile_width;

/// A tree whose leaves are those of all trees up to `parted`, and its own from there on. Its own count what is asked.
class Tree {
 public:
  Tree(std::uint64_t size, std::uint64_t parted)
      : size_(size), tree_([this](const std::string& path, std::string_view bytes) -> eventstore::Result<void> {
          files_[path] = bytes;
          return {};
        }) {
    for (std::uint64_t i = 0; i < size; ++i)
      EXPECT_TRUE(tree_.add((i < parted ? "same " : "other ") + std::to_string(i)));
    EXPECT_TRUE(tree_.finish());
  }
  TiledTree tiles() {
    return {size_, [this](unsigned level, std::uint64_t index) -> eventstore::Result<std::string> {
              ++asked;
              const auto whole = (size_ >> (8 * level)) - index * tile_width;
              const auto found =
                  files_.find(eventstore::tile_path(level, index, std::min<std::uint64_t>(whole, tile_width)));
              if (found == files_.end()) return eventstore::failure("missing_file", "There is no such tile.");
              return found->second;
            }};
  }
  std::uint64_t asked = 0;

 private:
  const std::uint64_t size_;
  std::map<std::string, std::string> files_;
  eventstore::TileTree tree_;
};

constexpr std::uint64_t never = ~std::uint64_t{0};

TEST(SameLeaves, EndWhereTreesPart) {
  for (const std::uint64_t size : {1, 2, 255, 256, 257, 600, 65'536, 65'537, 66'100}) {
    Tree one(size, never);
    for (const auto parted :
         std::set<std::uint64_t>{0, 1, 254, 255, 256, 257, 599, 65'535, 65'536, size / 2, size - 1}) {
      if (parted >= size) continue;
      Tree other(size, parted);
      const auto same = same_leaves(one.tiles(), other.tiles());
      ASSERT_TRUE(same) << same.error().detail;
      EXPECT_EQ(*same, parted) << "of " << size;
      EXPECT_LE(other.asked, 3U) << "a tile of each level";
    }
  }
}

TEST(SameLeaves, AreAllOfTheSmallerWhereTheOtherGoesOn) {
  Tree nothing(0, never);
  for (const std::uint64_t size : {1, 255, 256, 257, 511, 512, 65'536, 65'800}) {
    Tree smaller(size, never);
    Tree larger(size + 300, size);
    EXPECT_EQ(same_leaves(smaller.tiles(), larger.tiles()).value(), size);
    EXPECT_EQ(same_leaves(larger.tiles(), smaller.tiles()).value(), size);
    EXPECT_EQ(same_leaves(smaller.tiles(), smaller.tiles()).value(), size);
    EXPECT_EQ(same_leaves(nothing.tiles(), larger.tiles()).value(), 0U);
  }
}

TEST(SameLeaves, AreNotCountedWhereATileIsCutOff) {
  Tree one(300, never);
  TiledTree cut = one.tiles();
  cut.tile = [tile = cut.tile](unsigned level, std::uint64_t index) {
    auto bytes = tile(level, index);
    bytes->pop_back();
    return bytes;
  };
  EXPECT_EQ(same_leaves(one.tiles(), cut).error().code, "tile_wrong_length");
}

}  // namespace
}  // namespace pioneer::api
