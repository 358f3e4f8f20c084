// The Writer in a log that nodes share: how reigns begin and end, and that a command is answered once, as it went.
#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <map>
#include <thread>

#include "eventstore/limits.hpp"
#include "eventstore/writer.hpp"
#include "tests/eventstore/hand.hpp"
#include "tests/eventstore/shared_log.hpp"

namespace pioneer::eventstore {
namespace {

/// Writes every word, and refuses "no".
struct WriteAll final : Decider {
  std::size_t discarded = 0;
  std::vector<std::string> judged;
  Result<Verdict> decide(Pending& pending, Instant, Sequence) override {
    const auto& word = static_cast<Word&>(pending).text;
    judged.push_back(word);
    if (word == "no") return Verdict{Verdict::Kind::refuse, {}, {}};
    CommitBody body;
    body.add_parts()->set_stream("word/" + word);
    return Verdict{Verdict::Kind::write, body, {}};
  }
  Result<void> discard() override {
    ++discarded;
    return {};
  }
};

/// Expects every leaf once, in order.
struct InOrder final : Follower {
  Sequence next;
  bool projects = true;
  void accepted(std::vector<AcceptedCommit> commits) override {
    for (const auto& commit : commits) {
      EXPECT_EQ(commit.sequence, next);
      ++next;
    }
  }
  bool followed(Sequence end) const override { return projects && next >= end; }
};

struct SharedNode {
  explicit SharedNode(SharedRecords& records, unsigned char number) : log(records) {
    random.next = number;
    writer.share(Sequence{0});
  }
  void submit(const std::string& word) { writer.submit(std::make_unique<Word>(word, answers)); }
  void run() {
    for (bool more = true; more;) {
      const bool decided = writer.decide_step();
      const bool written = writer.write_step();
      more = decided || written;
    }
  }
  /// Each in a batch of its own.
  void submit_each(std::initializer_list<const char*> words) {
    for (const auto* word : words) {
      submit(word);
      run();
    }
  }
  /// Numbered words, before any of them is decided.
  void submit_together(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) submit("w" + std::to_string(numbered++));
    run();
  }
  void let_all_arrive() {
    while (log.under_way() > 0) {
      log.arrive();
      run();
    }
  }
  Answer::Kind kind(const std::string& word) { return answers.at(word).kind; }

  std::size_t numbered = 0;
  SharedLog log;
  HandClock clock;
  CountingRandom random;
  WriteAll decider;
  InOrder follower;
  std::map<std::string, Answer> answers;
  Writer writer{log, clock, random, decider, follower};
};

class ReignTest : public testing::Test {
 protected:
  /// The words of the log, in order; the openings of epochs are "|".
  std::string story() const {
    std::string text;
    for (std::size_t i = 0; i < records.leaves.size(); ++i) {
      const auto commit = parse_commit({Sequence{i}, records.leaves[i]});
      EXPECT_TRUE(commit);
      text += commit->body.parts().empty() ? "|" : commit->body.parts(0).stream().substr(5);
    }
    return text;
  }

  SharedRecords records{LogId::of("0123456789abcdef")};
  SharedNode one{records, 1};
  SharedNode two{records, 101};
};

TEST_F(ReignTest, BeginsByItselfAndTakesWhatWaited) {
  one.submit("a");
  EXPECT_FALSE(one.writer.unwritable().empty());
  EXPECT_TRUE(one.writer.writable()) << "whoever asks now waits";
  one.run();
  EXPECT_EQ(one.kind("a"), Answer::Kind::accepted);
  EXPECT_EQ(one.answers.at("a").position, Sequence{1});
  EXPECT_EQ(one.writer.unwritable(), "");
  EXPECT_EQ(one.writer.reigns(), 1u);
  EXPECT_EQ(one.decider.discarded, 1u) << "it decides from what the log holds, not from what it held at the start";
  EXPECT_EQ(story(), "|a");
}

TEST_F(ReignTest, IsOpenedWhenAllThatStandsBeforeItIsFollowed) {
  two.run();
  two.submit("x");
  two.run();
  one.follower.projects = false;
  one.submit("a");
  one.run();
  EXPECT_EQ(records.state.epoch, Epoch{2});
  EXPECT_FALSE(records.state.open);
  EXPECT_EQ(one.follower.next, Sequence{2});
  one.follower.projects = true;
  one.run();
  EXPECT_EQ(one.kind("a"), Answer::Kind::accepted);
  EXPECT_EQ(story(), "|x|a");
}

TEST_F(ReignTest, WhatArrivedThoughNobodySaidSoIsAcceptedAndTheRestDecidedAnew) {
  one.run();
  for (const auto* word : {"a", "b", "no", "c"}) one.submit(word);
  one.writer.decide_step();
  one.log.lose_the_answer_after(1);
  one.submit("d");
  one.run();
  EXPECT_EQ(story(), "|a|bcd");
  EXPECT_EQ(one.kind("a"), Answer::Kind::accepted);
  EXPECT_EQ(one.answers.at("a").position, Sequence{1});
  for (const auto* word : {"b", "c", "d"}) EXPECT_EQ(one.kind(word), Answer::Kind::accepted) << word;
  EXPECT_EQ(one.answers.at("b").position, Sequence{3});
  EXPECT_EQ(one.kind("no"), Answer::Kind::refused);
  EXPECT_EQ(one.decider.judged, (std::vector<std::string>{"a", "b", "no", "c", "d", "b", "no", "c", "d"}));
  EXPECT_EQ(one.follower.next, records.state.next);
}

TEST_F(ReignTest, WhatWasDecidedBehindALostBatchGoesFirst) {
  one.run();
  one.submit("a");
  one.writer.decide_step();
  one.log.lose_the_answer_after(0);
  one.log.meanwhile([&] {
    one.submit("b");
    one.writer.decide_step();
  });
  one.writer.write_step();
  one.submit("c");
  one.run();
  EXPECT_EQ(story(), "||abc");
  for (const auto* word : {"a", "b", "c"}) EXPECT_EQ(one.kind(word), Answer::Kind::accepted) << word;
}

TEST_F(ReignTest, AWholeBatchThatArrivedIsNotWrittenAgain) {
  one.run();
  for (const auto* word : {"a", "b"}) one.submit(word);
  one.log.lose_the_answer_after(2);
  one.run();
  EXPECT_EQ(story(), "|ab|");
  for (const auto* word : {"a", "b"}) EXPECT_EQ(one.kind(word), Answer::Kind::accepted) << word;
  EXPECT_EQ(one.decider.judged.size(), 2u);
}

TEST_F(ReignTest, AnotherNodeTakesOverAndTheFirstFollowsUntilItIsWantedAgain) {
  one.submit("a");
  one.run();
  one.writer.want(false);
  two.submit("x");
  two.run();
  one.submit("b");
  one.run();
  EXPECT_EQ(story(), "|a|x");
  EXPECT_EQ(one.follower.next, records.state.next);
  EXPECT_EQ(one.kind("b"), Answer::Kind::unavailable) << "it is for the other one to decide";
  EXPECT_EQ(one.answers.at("b").error.code, "elsewhere");
  EXPECT_EQ(one.writer.unwritable(), "elsewhere");
  EXPECT_FALSE(one.writer.writable());
  two.writer.want(false);
  one.writer.want(true);
  one.run();
  one.submit("c");
  one.run();
  two.run();
  EXPECT_EQ(story(), "|a|x|c");
  EXPECT_EQ(two.follower.next, records.state.next);
  EXPECT_EQ(records.void_records, 1u) << "of what the first sent when it did not know";
}

TEST_F(ReignTest, CommandsWaitForAReignAndNotForEver) {
  one.run();
  one.submit("a");
  one.writer.decide_step();
  one.log.lose_the_answer_after(1);
  one.writer.write_step();
  one.log.fail(Error{broker_unreachable, "They are away.", Retry::can_help});
  one.submit("b");
  one.run();
  EXPECT_TRUE(one.answers.empty());
  EXPECT_EQ(one.writer.unwritable(), broker_unreachable);
  EXPECT_TRUE(one.writer.writable());
  one.clock.pass(limits::reign_wait_us_max + 1);
  one.run();
  EXPECT_EQ(one.kind("b"), Answer::Kind::unavailable);
  EXPECT_EQ(one.answers.at("b").error.code, broker_unreachable);
  EXPECT_FALSE(one.writer.writable());
  EXPECT_FALSE(one.answers.contains("a")) << "it is known when the brokers are back";
  one.log.fail({});
  one.clock.pass(limits::reign_pause_us_max);
  one.run();
  EXPECT_EQ(one.kind("a"), Answer::Kind::accepted);
  EXPECT_TRUE(one.writer.writable());
  EXPECT_EQ(story(), "|a|");
}

TEST_F(ReignTest, WhatBecameOfACommandIsNotWaitedForForEver) {
  one.run();
  one.submit("a");
  one.writer.decide_step();
  one.log.lose_the_answer_after(1);
  one.writer.write_step();
  one.log.fail(Error{broker_unreachable, "They are away.", Retry::can_help});
  one.clock.pass(Writer::in_doubt_wait_us_max);
  one.run();
  EXPECT_FALSE(one.answers.contains("a"));
  one.clock.pass(1);
  one.run();
  EXPECT_EQ(one.kind("a"), Answer::Kind::unknown);
  EXPECT_EQ(one.answers.at("a").error.code, "outcome_unknown");
  EXPECT_EQ(one.answers.at("a").error.retry, Retry::can_help);
  one.log.fail({});
  one.clock.pass(limits::reign_pause_us_max);
  one.run();
  one.submit("b");
  one.run();
  EXPECT_EQ(one.kind("b"), Answer::Kind::accepted);
  EXPECT_EQ(story(), "|a|b") << "it was written, and its sender learns so by asking again";
}

TEST_F(ReignTest, TriesAgainAfterAPauseThatGrows) {
  one.log.fail(Error{broker_unreachable, "They are away.", Retry::can_help});
  EXPECT_TRUE(one.writer.write_step());
  EXPECT_TRUE(one.writer.write_step()) << "the first time at once";
  EXPECT_FALSE(one.writer.write_step());
  one.clock.pass(limits::reign_pause_us_min);
  EXPECT_TRUE(one.writer.write_step());
  one.clock.pass(limits::reign_pause_us_min / 4);
  EXPECT_FALSE(one.writer.write_step());
}

TEST_F(ReignTest, DoesNotBeginBeforeItsOpeningIsRead) {
  one.submit("a");
  one.log.meanwhile([&] { one.log.meanwhile([&] { one.log.hide(true); }); });  // the fence is sent, then the opening
  one.run();
  EXPECT_EQ(story(), "|");
  EXPECT_EQ(one.writer.reigns(), 0u);
  one.log.hide(false);
  one.run();
  EXPECT_EQ(one.kind("a"), Answer::Kind::accepted);
  EXPECT_EQ(story(), "||a");
}

TEST_F(ReignTest, AForkIsForGood) {
  one.run();
  one.submit("a");
  one.log.fail(Error{log_forked, "It lost something.", Retry::cannot_help});
  one.run();
  EXPECT_EQ(one.kind("a"), Answer::Kind::unknown);
  one.log.fail({});
  one.clock.pass(limits::reign_pause_us_max);
  one.submit("b");
  one.run();
  EXPECT_EQ(one.kind("b"), Answer::Kind::unavailable);
  EXPECT_EQ(one.writer.unwritable(), log_forked);
  EXPECT_EQ(story(), "|");
}

TEST_F(ReignTest, ItsStampsDoNotGoBackBehindTheOtherNodes) {
  two.clock.now_us = one.clock.now_us + 3'000'000;
  two.run();
  two.submit("x");
  two.run();
  one.submit("a");
  one.run();
  const auto last = read_commit(one.log, Sequence{3});
  ASSERT_TRUE(last);
  EXPECT_EQ(last->body.recorded_at_us(), two.clock.now_us);
}

TEST_F(ReignTest, StoppingBetweenReignsAnswersEverybody) {
  one.run();
  one.submit("a");
  one.writer.decide_step();
  one.log.lose_the_answer_after(1);
  one.writer.write_step();
  one.submit("b");
  one.writer.stop();
  one.writer.decide_loop();
  one.writer.write_loop();
  EXPECT_EQ(one.kind("a"), Answer::Kind::unknown);
  EXPECT_EQ(one.kind("b"), Answer::Kind::unavailable);
}

TEST_F(ReignTest, BatchesGoOneBehindTheOtherAndAnswersLeaveInTheirOrder) {
  one.run();
  one.log.slow_down();
  one.submit_each({"a", "b", "no", "c"});
  EXPECT_EQ(one.log.under_way(), 3u);
  EXPECT_TRUE(one.answers.empty());
  one.log.arrive();
  one.run();
  EXPECT_EQ(one.kind("a"), Answer::Kind::accepted);
  EXPECT_EQ(one.answers.size(), 1u);
  one.log.arrive();
  one.run();
  EXPECT_EQ(one.kind("b"), Answer::Kind::accepted);
  EXPECT_EQ(one.kind("no"), Answer::Kind::refused) << "it rests on what stands before it, and on nothing else";
  EXPECT_EQ(one.answers.size(), 3u);
  one.log.arrive();
  one.run();
  EXPECT_EQ(one.answers.at("c").position, Sequence{3});
  EXPECT_EQ(one.writer.written().batches, 3u);
  EXPECT_EQ(one.follower.next, records.state.next);
}

TEST_F(ReignTest, OfManyThatAreUnderWayTheLostOnesAreDecidedAnew) {
  one.run();
  one.log.slow_down();
  one.submit_each({"a", "b", "no", "c"});
  one.log.arrive();
  one.log.lose_the_answer_after(0);
  one.log.arrive();
  one.run();
  one.let_all_arrive();
  EXPECT_EQ(story(), "|a|bc");
  EXPECT_EQ(one.answers.at("a").position, Sequence{1});
  for (const auto* word : {"b", "c"}) EXPECT_EQ(one.kind(word), Answer::Kind::accepted) << word;
  EXPECT_EQ(one.kind("no"), Answer::Kind::refused);
  EXPECT_EQ(one.follower.next, records.state.next);
}

TEST_F(ReignTest, WhatIsUnderWayWhenAnotherTakesOverIsDecidedThere) {
  one.run();
  one.log.slow_down();
  one.submit_each({"a", "b"});
  one.log.arrive();
  two.run();
  one.writer.want(false);
  one.log.arrive();
  one.run();
  EXPECT_EQ(story(), "|a|");
  EXPECT_EQ(one.kind("a"), Answer::Kind::accepted) << "before the other one's fence";
  EXPECT_EQ(one.answers.at("b").error.code, "elsewhere");
}

TEST_F(ReignTest, NoMoreIsUnderWayThanABatchHolds) {
  one.run();
  one.log.slow_down();
  for (int half = 0; half < 4; ++half) one.submit_together(limits::batch_records_max / 2);
  const auto full = one.log.under_way();
  one.submit_together(limits::batch_records_max / 2);
  EXPECT_EQ(one.log.under_way(), full) << "much, and yet it waits here";
  one.let_all_arrive();
  EXPECT_EQ(one.answers.size(), limits::batch_records_max * 5 / 2);
  for (const auto& [word, answer] : one.answers) EXPECT_EQ(answer.kind, Answer::Kind::accepted) << word;
}

TEST_F(ReignTest, BesideManyABatchGathersToAFourthOfThem) {
  one.run();
  one.log.slow_down();
  one.submit_together(8);
  one.submit_each({"a"});
  EXPECT_EQ(one.log.under_way(), 1u) << "it waits for another";
  one.submit_each({"b"});
  EXPECT_EQ(one.log.under_way(), 2u);
  one.submit_each({"c"});
  one.log.arrive();
  one.run();
  EXPECT_EQ(one.log.under_way(), 2u) << "or until less is on its way";
  one.let_all_arrive();
  EXPECT_EQ(one.answers.size(), 11u);
  EXPECT_EQ(story(), "|w0w1w2w3w4w5w6w7abc");
}

TEST_F(ReignTest, StoppingAnswersWhatIsUnderWay) {
  one.run();
  one.log.slow_down();
  one.submit("a");
  one.run();
  one.writer.stop();
  one.writer.decide_loop();
  one.log.arrive();
  one.writer.write_loop();
  EXPECT_EQ(one.kind("a"), Answer::Kind::accepted);
}

// Nothing else would wake the thread that decides where no command comes and the brokers stay away.
TEST_F(ReignTest, WhatWasDecidedWhenAReignEndsDoesNotWaitForAnotherCommand) {
  constexpr std::chrono::seconds patience{20};
  const auto comes = [until = std::chrono::steady_clock::now() + patience](auto condition) {
    while (!condition() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    return condition();
  };
  one.run();
  one.log.slow_down();
  one.submit("a");
  one.run();
  std::thread deciding([this] { one.writer.decide_loop(); });
  one.submit("b");
  EXPECT_TRUE(comes([this] { return one.writer.queued() == 0 && one.writer.pulse().busy; })) << "it is to be sent next";
  one.log.fail(Error{broker_unreachable, "They are away.", Retry::can_help});
  one.log.arrive();
  one.writer.write_step();
  one.clock.pass(limits::reign_wait_us_max + 1);
  EXPECT_TRUE(comes([this] { return !one.writer.writable(); }));
  one.writer.stop();
  deciding.join();
  EXPECT_EQ(one.answers.at("b").error.code, broker_unreachable);
}

}  // namespace
}  // namespace pioneer::eventstore
