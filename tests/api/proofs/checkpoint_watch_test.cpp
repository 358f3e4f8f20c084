// What is told of how signing goes: only what happened.
#include "api/proofs/checkpoint_watch.hpp"

#include <gtest/gtest.h>

namespace pioneer::api {
namespace {

class HandClock final : public eventstore::Clock {
 public:
  eventstore::Instant now() const override { return eventstore::Instant{wall_us}; }
  eventstore::Instant since_boot() const override { return eventstore::Instant{boot_us}; }
  void pass(std::int64_t us) {
    wall_us += us;
    boot_us += us;
  }
  std::int64_t wall_us = 1'000'000'000;
  std::int64_t boot_us = 5;
};

constexpr std::int64_t second_us = 1'000'000;
const eventstore::Error full{"disk_full", "There is no room."};

struct Watched {
  HandClock clock;
  CheckpointWatch watch{clock, 10};

  /// A turn that takes `us` and ends well.
  void turn(std::uint64_t length, std::int64_t us = 1'000) {
    watch.begin(length);
    clock.pass(us);
    watch.end(length, nullptr);
    clock.pass(second_us - us);
  }
  void failing(std::uint64_t length) {
    watch.begin(length);
    watch.end(0, &full);
    clock.pass(second_us);
  }
};

TEST(CheckpointWatch, NothingHappensWhileNothingIsNew) {
  Watched w;
  for (int i = 0; i < 100; ++i) w.turn(10);
  const auto seen = w.watch.seen();
  EXPECT_EQ(seen.signed_count, 0u);
  EXPECT_FALSE(seen.signed_at);
  EXPECT_EQ(seen.late_count, 0u);
}

TEST(CheckpointWatch, TellsWhenTheNewestWasSigned) {
  Watched w;
  w.turn(11);
  const auto at = w.watch.seen().signed_at;
  ASSERT_TRUE(at);
  EXPECT_EQ(at->value, 1'000'000'000 + 1'000);
  w.turn(11);
  EXPECT_EQ(w.watch.seen().signed_at, at);
  EXPECT_EQ(w.watch.seen().signed_count, 1u);
}

TEST(CheckpointWatch, AFewFailuresAreCountedAndLeaveNoGap) {
  Watched w;
  for (int i = 0; i < 3; ++i) w.failing(12);
  w.turn(12);
  const auto seen = w.watch.seen();
  EXPECT_EQ(seen.failed_count, 3u);
  EXPECT_EQ(seen.late_count, 0u);
  EXPECT_TRUE(seen.gaps.empty());
}

TEST(CheckpointWatch, AGapLastsUntilTheNextCheckpoint) {
  Watched w;
  for (std::uint64_t i = 0; i < 8; ++i) w.failing(12 + i);
  auto seen = w.watch.seen();
  ASSERT_EQ(seen.gaps.size(), 1u);
  EXPECT_FALSE(seen.gaps[0].ended);
  EXPECT_EQ(seen.gaps[0].began.value, 1'000'000'000);
  EXPECT_EQ(seen.gaps[0].from_size, 10u);
  EXPECT_EQ(seen.gaps[0].to_size, 19u);
  EXPECT_EQ(seen.gaps[0].reason, "disk_full");
  w.turn(20);
  seen = w.watch.seen();
  ASSERT_EQ(seen.gaps.size(), 1u);
  EXPECT_EQ(seen.late_count, 1u);
  ASSERT_TRUE(seen.gaps[0].ended);
  EXPECT_EQ(seen.gaps[0].to_size, 20u);
  w.turn(21);
  EXPECT_EQ(w.watch.seen().late_count, 1u);
}

TEST(CheckpointWatch, ATurnThatTakesLongIsAGapWithoutAReason) {
  Watched w;
  w.turn(30, 9 * second_us);
  const auto seen = w.watch.seen();
  ASSERT_EQ(seen.gaps.size(), 1u);
  EXPECT_EQ(seen.gaps[0].reason, "");
  EXPECT_TRUE(seen.gaps[0].ended);
}

TEST(CheckpointWatch, AClockThatIsPutForwardMakesNoGap) {
  Watched w;
  w.failing(12);
  w.clock.wall_us += 3'600 * second_us;
  w.turn(12);
  EXPECT_EQ(w.watch.seen().late_count, 0u);
}

TEST(CheckpointWatch, RemembersTheNewestGapsAndCountsAll) {
  Watched w;
  for (std::uint64_t i = 0; i < CheckpointWatch::gaps_max + 5; ++i) w.turn(11 + i, 6 * second_us);
  const auto seen = w.watch.seen();
  EXPECT_EQ(seen.late_count, CheckpointWatch::gaps_max + 5);
  ASSERT_EQ(seen.gaps.size(), CheckpointWatch::gaps_max);
  EXPECT_GT(seen.gaps.front().began.value, seen.gaps.back().began.value);
}

}  // namespace
}  // namespace pioneer::api
