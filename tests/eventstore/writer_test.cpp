// The Writer, stepped by hand: when answers leave, what a failure takes back, what the clock may do.
#include "eventstore/writer.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>

#include "eventstore/limits.hpp"
#include "tests/eventstore/hand.hpp"
#include "tests/eventstore/memory_log.hpp"

namespace pioneer::eventstore {
namespace {

constexpr FeatureLevel next_level{limits::feature_level + 1};

// Refuses "no", repeats "again" as the first commit, fails on "broken", writes all else.
struct Words final : Decider {
  std::size_t discarded = 0;
  std::vector<std::int64_t> stamps;
  std::function<void()> while_deciding;
  Result<Verdict> decide(Pending& pending, Instant now, Sequence) override {
    const auto& word = static_cast<Word&>(pending).text;
    stamps.push_back(now.value);
    if (while_deciding) while_deciding();
    if (word == "no") return Verdict{Verdict::Kind::refuse, {}, {}};
    if (word == "again") return Verdict{Verdict::Kind::repeat, {}, Sequence{1}};
    if (word == "broken") return failure("store_failed", "The test's store failed.", Retry::can_help);
    CommitBody body;
    body.add_parts()->set_stream("word/" + word);
    return Verdict{Verdict::Kind::write, body, {}, word == "raise" ? next_level : FeatureLevel{}};
  }
  Result<void> discard() override {
    ++discarded;
    return {};
  }
};

struct Seen final : Follower {
  std::vector<Sequence> sequences;
  bool keys_fail = false;
  Result<void> before_write() override {
    if (keys_fail) return failure("sync_failed", "The test's keyring failed.");
    return {};
  }
  void accepted(std::vector<AcceptedCommit> commits) override {
    for (const auto& commit : commits) sequences.push_back(commit.sequence);
  }
};

class WriterTest : public testing::Test {
 protected:
  void submit(const std::string& word) { writer.submit(std::make_unique<Word>(word, answers)); }
  void run() {
    for (bool more = true; more;) {
      const bool decided = writer.decide_step();
      const bool written = writer.write_step();
      more = decided || written;
    }
  }
  Answer::Kind kind(const std::string& word) { return answers.at(word).kind; }

  MemoryLog log{LogId::of("0123456789abcdef")};
  HandClock clock;
  CountingRandom random;
  Words decider;
  Seen seen;
  std::map<std::string, Answer> answers;
  Writer writer{log, clock, random, decider, seen};
};

TEST_F(WriterTest, TakesOverByFenceAndOpened) {
  ASSERT_TRUE(writer.take_over());
  EXPECT_EQ(log.state().epoch, Epoch{1});
  EXPECT_TRUE(log.state().open);
  EXPECT_EQ(seen.sequences, std::vector{Sequence{0}});
}

TEST_F(WriterTest, AnswersOnlyWhatIsDurable) {
  ASSERT_TRUE(writer.take_over());
  submit("a");
  submit("b");
  EXPECT_TRUE(writer.decide_step());
  EXPECT_TRUE(answers.empty());
  run();
  EXPECT_EQ(kind("a"), Answer::Kind::accepted);
  EXPECT_EQ(answers.at("b").position, Sequence{2});
  EXPECT_EQ(log.end(), Sequence{3});
}

TEST_F(WriterTest, TellsWhatWaitsAndWhetherItMoves) {
  ASSERT_TRUE(writer.take_over());
  EXPECT_EQ(writer.queued(), 0u);
  EXPECT_FALSE(writer.pulse().busy);
  submit("a");
  submit("no");
  EXPECT_EQ(writer.queued(), 2u);
  const auto before = writer.pulse();
  EXPECT_TRUE(before.busy);
  writer.decide_step();
  EXPECT_EQ(writer.queued(), 0u);
  const auto decided = writer.pulse();
  EXPECT_TRUE(decided.busy) << "it is not written yet";
  EXPECT_GT(decided.turns, before.turns);
  writer.write_step();
  EXPECT_FALSE(writer.pulse().busy);
  EXPECT_GT(writer.pulse().turns, decided.turns);
}

TEST_F(WriterTest, RefusalsAndRepeatsWaitForWhatTheyRestOn) {
  ASSERT_TRUE(writer.take_over());
  submit("a");
  submit("no");
  submit("again");
  writer.decide_step();
  EXPECT_FALSE(answers.contains("no"));
  EXPECT_FALSE(answers.contains("again"));
  run();
  EXPECT_EQ(kind("no"), Answer::Kind::refused);
  EXPECT_EQ(kind("again"), Answer::Kind::repeated);
  EXPECT_EQ(answers.at("again").position, Sequence{1});
}

TEST_F(WriterTest, ARefusalAloneWritesNothing) {
  ASSERT_TRUE(writer.take_over());
  const auto appends = log.appends();
  submit("no");
  run();
  EXPECT_EQ(kind("no"), Answer::Kind::refused);
  EXPECT_EQ(log.appends(), appends);
}

TEST_F(WriterTest, AStoreThatFailsRefusesTheOneCommandOnly) {
  ASSERT_TRUE(writer.take_over());
  submit("broken");
  submit("a");
  run();
  EXPECT_EQ(kind("broken"), Answer::Kind::unavailable);
  EXPECT_EQ(kind("a"), Answer::Kind::accepted);
}

TEST_F(WriterTest, AFailedSyncAcknowledgesNothingAndEndsWriting) {
  ASSERT_TRUE(writer.take_over());
  log.fail_after(0);
  submit("a");
  writer.decide_step();
  submit("b");  // still queued when the disk fails
  writer.write_step();
  EXPECT_EQ(kind("a"), Answer::Kind::unknown);
  EXPECT_EQ(kind("b"), Answer::Kind::unavailable);
  EXPECT_EQ(writer.unwritable(), "sync_failed");
  submit("c");
  run();
  EXPECT_EQ(kind("c"), Answer::Kind::unavailable);
  EXPECT_EQ(decider.discarded, 0u);  // nothing is decided any more
  EXPECT_EQ(seen.sequences.size(), 1u);
}

TEST_F(WriterTest, KeysThatAreNotDurableStopTheBatch) {
  ASSERT_TRUE(writer.take_over());
  seen.keys_fail = true;
  submit("a");
  run();
  EXPECT_EQ(kind("a"), Answer::Kind::unknown);
  EXPECT_EQ(log.end(), Sequence{1});
}

TEST_F(WriterTest, AFullDiskEndsWritingUntilThereIsRoom) {
  ASSERT_TRUE(writer.take_over());
  log.fail_after(0, "disk_full");
  submit("a");
  writer.decide_step();
  submit("b");
  writer.decide_step();  // chained behind what cannot be written
  run();
  EXPECT_EQ(answers.at("a").error.code, "disk_full");
  EXPECT_EQ(kind("a"), Answer::Kind::unavailable);  // nothing was touched: it is not unknown
  EXPECT_EQ(kind("b"), Answer::Kind::unavailable);
  EXPECT_EQ(writer.unwritable(), "disk_full");
  EXPECT_FALSE(writer.writable());
  log.fail_after(100);
  submit("c");
  run();
  EXPECT_EQ(answers.at("c").error.code, "disk_full");
  EXPECT_EQ(decider.discarded, 0u);  // not before everything durable can be read
  writer.release("disk_full");
  submit("d");
  run();
  EXPECT_EQ(kind("d"), Answer::Kind::accepted);
  EXPECT_EQ(answers.at("d").position, Sequence{1});
  EXPECT_EQ(decider.discarded, 1u);
  EXPECT_TRUE(writer.writable());
}

TEST_F(WriterTest, WhatIsChainedToALostBatchIsLostWithIt) {
  ASSERT_TRUE(writer.take_over());
  log.fail_after(0, "disk_full");
  submit("a");
  writer.decide_step();
  decider.while_deciding = [&] { writer.write_step(); };  // the disk fails while "b" is judged
  submit("b");
  writer.decide_step();
  decider.while_deciding = {};
  EXPECT_EQ(kind("b"), Answer::Kind::unavailable);
  log.fail_after(100);
  writer.release("disk_full");
  submit("c");
  run();
  EXPECT_EQ(answers.at("c").position, Sequence{1});
}

TEST_F(WriterTest, AFailedSyncStaysWhateverIsReleased) {
  ASSERT_TRUE(writer.take_over());
  log.fail_after(0);
  submit("a");
  run();
  log.fail_after(100);
  writer.release("sync_failed");
  writer.release("disk_full");
  submit("b");
  run();
  EXPECT_EQ(answers.at("b").error.code, "sync_failed");
  EXPECT_EQ(writer.unwritable(), "sync_failed");
}

// A log of a program that knows one level more.
class LevelTest : public WriterTest {
 protected:
  FeatureLevel level_of(const std::string& word) const {
    return decode_record(bytes_of(*newer.read(answers.at(word).position)))->feature_level;
  }
  MemoryLog newer{LogId::of("0123456789abcdef"), next_level};
  Writer raising{newer, clock, random, decider, seen};
  void say(const std::string& word) {
    raising.submit(std::make_unique<Word>(word, answers));
    raising.decide_step();
  }
};

TEST_F(LevelTest, WritesAtTheLogsLevelUntilItIsRaised) {
  ASSERT_TRUE(raising.take_over());
  for (const auto* word : {"a", "raise", "b"}) say(word);
  raising.write_step();
  EXPECT_EQ(level_of("a"), FeatureLevel{limits::first_feature_level});
  EXPECT_EQ(level_of("raise"), next_level);
  EXPECT_EQ(level_of("b"), next_level);
  EXPECT_EQ(*log_feature_level(newer), next_level);
  // The older program stops before the commit that raised the level.
  auto reader = newer.reader(Sequence{0});
  EXPECT_EQ(parse_commit(**reader->next())->sequence, Sequence{0});
  EXPECT_EQ(parse_commit(**reader->next())->sequence, Sequence{1});
  EXPECT_EQ(parse_commit(**reader->next()).error().code, "newer_feature_level");
}

TEST_F(LevelTest, ALevelThatWasNotWrittenIsNotRaised) {
  ASSERT_TRUE(raising.take_over());
  newer.fail_after(0, "disk_full");
  say("raise");
  raising.write_step();
  EXPECT_EQ(kind("raise"), Answer::Kind::unavailable);
  newer.fail_after(100);
  raising.release("disk_full");
  say("b");
  raising.write_step();
  EXPECT_EQ(level_of("b"), FeatureLevel{limits::first_feature_level});
}

TEST_F(WriterTest, KeepsTheReasonOfAFailure) {
  ASSERT_TRUE(writer.take_over());
  log.fail_after(0, "read_only_file_system");
  submit("a");
  run();
  EXPECT_EQ(writer.unwritable(), "read_only_file_system");
}

TEST_F(WriterTest, AHoldRefusesUntilItIsReleased) {
  ASSERT_TRUE(writer.take_over());
  writer.hold("projection_stopped");
  submit("a");
  run();
  EXPECT_EQ(answers.at("a").error.code, "projection_stopped");
  writer.release("projection_stopped");
  submit("b");
  run();
  EXPECT_EQ(kind("b"), Answer::Kind::accepted);
}

TEST_F(WriterTest, StampsNeverGoBack) {
  ASSERT_TRUE(writer.take_over());
  submit("a");
  run();
  clock.now_us -= 3'000'000;  // within the bound
  submit("b");
  run();
  ASSERT_EQ(decider.stamps.size(), 2u);
  EXPECT_EQ(decider.stamps[0], decider.stamps[1]);
}

TEST_F(WriterTest, AClockFarBehindTheLogStopsWritingUntilItIsRight) {
  ASSERT_TRUE(writer.take_over());
  submit("a");
  run();
  clock.now_us -= limits::clock_ahead_us_max + 1;
  submit("b");
  run();
  EXPECT_EQ(kind("b"), Answer::Kind::unavailable);
  EXPECT_EQ(answers.at("b").error.code, "clock_behind_log");
  EXPECT_EQ(writer.unwritable(), "clock_behind_log");
  clock.now_us += limits::clock_ahead_us_max;
  writer.look_again();
  run();
  EXPECT_TRUE(writer.writable());
  submit("c");
  run();
  EXPECT_EQ(kind("c"), Answer::Kind::accepted);
}

TEST_F(WriterTest, AConfirmedClockMayBeBehindTheLog) {
  ASSERT_TRUE(writer.take_over());
  submit("a");
  run();
  const Instant last{clock.now_us};
  clock.now_us -= 3'600'000'000;
  Writer second(log, clock, random, decider, seen);
  EXPECT_EQ(second.take_over().error().code, "clock_behind_log");
  second.submit(std::make_unique<Word>("b", answers));
  second.decide_step();
  EXPECT_EQ(answers.at("b").error.code, "clock_behind_log");
  EXPECT_EQ(second.unwritable(), "clock_behind_log");
  const auto end = log.end();
  second.confirm_clock(last);
  ASSERT_TRUE(second.take_over());
  EXPECT_EQ(log.end(), end.plus(1));
  second.submit(std::make_unique<Word>("c", answers));
  second.decide_step();
  second.write_step();
  EXPECT_EQ(kind("c"), Answer::Kind::accepted);
  EXPECT_EQ(decider.stamps.back(), last.value);  // time stands still until the clock has caught up
  EXPECT_EQ(second.unwritable(), "");
}

TEST_F(WriterTest, AJumpOfTheClockWaitsForConfirmation) {
  ASSERT_TRUE(writer.take_over());
  clock.now_us += limits::clock_jump_us_max + 1;  // the clock since boot did not move
  submit("a");
  run();
  EXPECT_EQ(answers.at("a").error.code, "clock_jumped");
  EXPECT_EQ(writer.unwritable(), "clock_jumped");
  clock.now_us -= limits::clock_jump_us_max + 1;  // back again, yet nobody said that it is right
  submit("b");
  run();
  EXPECT_EQ(kind("b"), Answer::Kind::unavailable);
  writer.confirm_clock();
  submit("c");
  run();
  EXPECT_EQ(kind("c"), Answer::Kind::accepted);
  EXPECT_EQ(writer.unwritable(), "");
}

TEST_F(WriterTest, ADrivenClockMayNotContinueARealLog) {
  ASSERT_TRUE(writer.take_over());
  clock.is_driven = true;
  Writer second(log, clock, random, decider, seen);
  const auto taken = second.take_over();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, "driven_after_real");
}

TEST_F(WriterTest, ARealClockMayContinueADrivenLog) {
  clock.is_driven = true;
  ASSERT_TRUE(writer.take_over());
  clock.is_driven = false;
  Writer second(log, clock, random, decider, seen);
  EXPECT_TRUE(second.take_over());
}

TEST_F(WriterTest, AFullQueueSaysSoAtOnce) {
  ASSERT_TRUE(writer.take_over());
  for (std::size_t i = 0; i <= limits::command_queue_max; ++i) submit("w" + std::to_string(i));
  const auto last = "w" + std::to_string(limits::command_queue_max);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers.at(last).error.code, "queue_full");
  run();
  EXPECT_EQ(answers.size(), limits::command_queue_max + 1);
}

}  // namespace
}  // namespace pioneer::eventstore
