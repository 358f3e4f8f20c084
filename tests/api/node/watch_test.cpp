#include "api/node/watch.hpp"

#include <gtest/gtest.h>

namespace pioneer::node {
namespace {

constexpr std::int64_t later = 1'000 + stuck_after_us + 1;

TEST(Progress, IsNotStuckBeforeAnybodyLooked) { EXPECT_FALSE(Progress{}.stuck(later)); }

TEST(Progress, IsStuckWhenBusyWithoutMoving) {
  Progress progress;
  progress.look(true, 7, 1'000);
  progress.look(true, 7, later - 1);
  EXPECT_FALSE(progress.stuck(later - 1));
  EXPECT_TRUE(progress.stuck(later));
  progress.look(true, 8, later);
  EXPECT_FALSE(progress.stuck(later));
}

TEST(Progress, IsNotStuckWithNothingToDo) {
  Progress progress;
  progress.look(true, 7, 1'000);
  progress.look(false, 7, later);
  EXPECT_FALSE(progress.stuck(later + 1));
  progress.look(true, 7, later + stuck_after_us);
  EXPECT_FALSE(progress.stuck(later + stuck_after_us)) << "it counts from when it was last seen idle";
}

TEST(Progress, OfWhoLooksIsStuckWhenNobodyDoes) {
  Progress timer;
  timer.look(false, 0, 1'000);
  EXPECT_TRUE(timer.stuck(later));
}

}  // namespace
}  // namespace pioneer::node
