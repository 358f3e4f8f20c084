// What is told of how signing goes: only what happened.
#include "api/proofs/checkpoint_watch.hpp"

#include <gtest/gtest.h>

#include "eventstore/whole_file.hpp"
#include "tests/simulation/simulated_disk.hpp"

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
  CheckpointGaps kept;  ///< what a start would go on from
  CheckpointWatch watch{clock, {.covered = 10}, [this](const CheckpointGaps& gaps) { kept = gaps; }};

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
  EXPECT_EQ(seen.gaps.late_count, 0u);
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
  EXPECT_EQ(seen.gaps.late_count, 0u);
  EXPECT_TRUE(seen.gaps.newest_first.empty());
}

TEST(CheckpointWatch, AGapLastsUntilTheNextCheckpoint) {
  Watched w;
  for (std::uint64_t i = 0; i < 8; ++i) w.failing(12 + i);
  auto seen = w.watch.seen();
  ASSERT_EQ(seen.gaps.newest_first.size(), 1u);
  EXPECT_FALSE(seen.gaps.newest_first[0].ended);
  EXPECT_EQ(seen.gaps.newest_first[0].began.value, 1'000'000'000);
  EXPECT_EQ(seen.gaps.newest_first[0].from_size, 10u);
  EXPECT_EQ(seen.gaps.newest_first[0].to_size, 19u);
  EXPECT_EQ(seen.gaps.newest_first[0].reason, "disk_full");
  w.turn(20);
  seen = w.watch.seen();
  ASSERT_EQ(seen.gaps.newest_first.size(), 1u);
  EXPECT_EQ(seen.gaps.late_count, 1u);
  ASSERT_TRUE(seen.gaps.newest_first[0].ended);
  EXPECT_EQ(seen.gaps.newest_first[0].to_size, 20u);
  w.turn(21);
  EXPECT_EQ(w.watch.seen().gaps.late_count, 1u);
}

TEST(CheckpointWatch, ATurnThatTakesLongIsAGapWithoutAReason) {
  Watched w;
  w.turn(30, 9 * second_us);
  const auto seen = w.watch.seen();
  ASSERT_EQ(seen.gaps.newest_first.size(), 1u);
  EXPECT_EQ(seen.gaps.newest_first[0].reason, "");
  EXPECT_TRUE(seen.gaps.newest_first[0].ended);
}

TEST(CheckpointWatch, AClockThatIsPutForwardMakesNoGap) {
  Watched w;
  w.failing(12);
  w.clock.wall_us += 3'600 * second_us;
  w.turn(12);
  EXPECT_EQ(w.watch.seen().gaps.late_count, 0u);
}

TEST(CheckpointWatch, RemembersTheNewestGapsAndCountsAll) {
  Watched w;
  for (std::uint64_t i = 0; i < CheckpointGaps::kept_max + 5; ++i) w.turn(11 + i, 6 * second_us);
  const auto seen = w.watch.seen();
  EXPECT_EQ(seen.gaps.late_count, CheckpointGaps::kept_max + 5);
  ASSERT_EQ(seen.gaps.newest_first.size(), CheckpointGaps::kept_max);
  EXPECT_GT(seen.gaps.newest_first.front().began.value, seen.gaps.newest_first.back().began.value);
}

TEST(CheckpointWatch, AGapIsKeptWhenItBeginsAndWhenItEnds) {
  Watched w;
  w.turn(11);
  EXPECT_EQ(w.kept.late_count, 0u);
  for (int i = 0; i < 8; ++i) w.failing(12);
  ASSERT_EQ(w.kept.newest_first.size(), 1u);
  EXPECT_FALSE(w.kept.newest_first[0].ended);
  EXPECT_EQ(w.kept.newest_first[0].reason, "disk_full");
  w.turn(13);
  EXPECT_TRUE(w.kept.newest_first[0].ended);
  EXPECT_EQ(w.kept.text(), w.watch.seen().gaps.text());
}

TEST(CheckpointWatch, GapsOfBeforeAreGoneOnFrom) {
  Watched w;
  w.turn(30, 9 * second_us);
  for (int i = 0; i < 8; ++i) w.failing(31);
  const auto began = w.kept.newest_first.front().began;
  // It ended then, and a minute later another process covers what was left.
  w.clock.pass(60 * second_us);
  CheckpointWatch next(w.clock, {.covered = 30, .uncovered_since = began, .gaps = w.kept});
  EXPECT_EQ(next.seen().gaps.text(), w.kept.text());
  next.begin(32);
  next.end(32, nullptr);
  const auto gaps = next.seen().gaps;
  EXPECT_EQ(gaps.late_count, 2u) << "it is the same gap";
  ASSERT_EQ(gaps.newest_first.size(), 2u);
  EXPECT_EQ(gaps.newest_first[0].began, began);
  EXPECT_EQ(gaps.newest_first[0].ended, w.clock.now());
  EXPECT_EQ(gaps.newest_first[0].to_size, 32u);
  EXPECT_EQ(gaps.newest_first[0].reason, "disk_full");
}

TEST(CheckpointWatch, WhatNobodyCoveredWhileNoProcessRanIsAGap) {
  Watched w;
  const auto recorded = w.clock.now();
  w.clock.pass(3'600 * second_us);
  CheckpointWatch next(w.clock, {.covered = 10, .uncovered_since = recorded});
  next.begin(12);
  next.end(12, nullptr);
  const auto gaps = next.seen().gaps.newest_first;
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].began, recorded);
  EXPECT_EQ(gaps[0].ended, w.clock.now());
  EXPECT_EQ(gaps[0].from_size, 10u);
  EXPECT_EQ(gaps[0].to_size, 12u);
  EXPECT_EQ(gaps[0].reason, "not_running");
}

TEST(CheckpointWatch, AStartThatIsSlowIsNoTimeWithoutAProcess) {
  Watched w;
  const auto recorded = w.clock.now();
  w.clock.pass(second_us);
  CheckpointWatch next(w.clock, {.covered = 10, .uncovered_since = recorded});
  next.begin(11);
  w.clock.pass(9 * second_us);
  next.end(11, nullptr);
  ASSERT_EQ(next.seen().gaps.newest_first.size(), 1u);
  EXPECT_EQ(next.seen().gaps.newest_first[0].reason, "");
  CheckpointWatch quick(w.clock, {.covered = 10, .uncovered_since = w.clock.now()});
  quick.begin(11);
  quick.end(11, nullptr);
  EXPECT_TRUE(quick.seen().gaps.newest_first.empty());
}

TEST(CheckpointGaps, ARecordThatIsGoneIsMissed) {
  tests::SimulatedDisk disk;
  const std::string folder = "checkpoints";
  ASSERT_TRUE(disk.make_directory(folder));
  EXPECT_EQ(CheckpointGaps::kept(disk, folder).error().code, "no_record");
  ASSERT_TRUE(CheckpointGaps::begin(disk, folder));
  EXPECT_EQ(CheckpointGaps::kept(disk, folder)->text(), "0\n");
  const auto unknown = CheckpointGaps::unknown(eventstore::Instant{5}, eventstore::Instant{9}, 7, "record_lost");
  EXPECT_EQ(unknown.text(), "1\n5 9 0 7 record_lost\n");
  ASSERT_TRUE(unknown.keep(disk, folder));
  ASSERT_TRUE(CheckpointGaps::begin(disk, folder)) << "over none that stands there";
  EXPECT_EQ(CheckpointGaps::kept(disk, folder)->text(), unknown.text());
  ASSERT_TRUE(eventstore::write_whole(disk, folder + "/incidents", "7 and more\n", eventstore::OpenMode::create_new));
  EXPECT_EQ(CheckpointGaps::kept(disk, folder).error().code, "bad_record");
}

TEST(CheckpointGaps, AreReadAsTheyWereWritten) {
  CheckpointGaps gaps;
  gaps.late_count = 7;
  gaps.newest_first.push_back({eventstore::Instant{9}, {}, 3, 4, "disk_full"});
  gaps.newest_first.push_back({eventstore::Instant{1}, eventstore::Instant{8}, 1, 3, ""});
  const auto text = gaps.text();
  EXPECT_EQ(text, "7\n9 - 3 4 disk_full\n1 8 1 3 -\n");
  const auto read = CheckpointGaps::read(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text(), text);
  EXPECT_EQ(read->newest_first[1].ended, eventstore::Instant{8});
  for (const auto* none : {"", "x\n", "-1\n", "1\n9 - 3\n", "1\n9 - 3 4 a b\n", "1\nx - 3 4 -\n", "99999999999\n"})
    EXPECT_FALSE(CheckpointGaps::read(none)) << none;
}

}  // namespace
}  // namespace pioneer::api
