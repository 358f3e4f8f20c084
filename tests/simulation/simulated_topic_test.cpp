// What a follower met in the simulator and did not master: each is played again, step by step.
#include "tests/simulation/simulated_topic.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "adapters/kafka/kafka_log.hpp"
#include "adapters/kafka/topic_fold.hpp"
#include "tests/eventstore/chain.hpp"

namespace pioneer::tests {
namespace {

using namespace std::chrono_literals;

/// A copy on a disk that may be full.
class SmallCopy final : public eventstore::LocalCopy {
 public:
  using Records = std::span<const std::string>;
  bool full = false;
  std::function<void()> refused = [] {};  ///< whenever it takes nothing

  eventstore::LogState state() const override { return kept_.state(); }
  eventstore::Sequence end() const override { return kept_.end(); }
  eventstore::Result<void> append(Records records) override { return append(records, {}); }
  eventstore::Result<void> append(Records records, std::span<const std::uint64_t> source_offsets) override {
    if (full && !records.empty()) refused();
    if (full && !records.empty())
      return eventstore::failure("disk_full", "There is no room.", eventstore::Retry::can_help);
    return kept_.append(records, source_offsets);
  }
  std::optional<std::uint64_t> copied_to() const override { return kept_.copied_to(); }
  eventstore::Result<std::string> read(eventstore::Sequence sequence) const override { return kept_.read(sequence); }
  std::unique_ptr<eventstore::LogReader> reader(eventstore::Sequence from) const override { return kept_.reader(from); }
  eventstore::Result<void> protect_tail() override { return {}; }

 private:
  adapters::kafka::TopicFold kept_{eventstore::LogId{}};
};

class Following : public testing::Test {
 protected:
  void SetUp() override {
    adapters::kafka::Options options;
    options.topic = "log";
    auto opened = adapters::kafka::KafkaLog::open(copy_, adapters::kafka::Topic::unchecked(options), options,
                                                  topic_.access([](std::span<const std::string>) {}));
    ASSERT_TRUE(opened);
    log_ = std::move(*opened);
  }
  std::uint64_t voids_after(int steps) {
    for (int i = 0; i < steps; ++i) EXPECT_TRUE(log_->follow());
    return log_->incidents().void_records;
  }

  void meets_a_full_disk(std::size_t commits, std::size_t body_bytes);

  SimulatedTopic topic_{1, 3s};
  SmallCopy copy_;
  std::unique_ptr<adapters::kafka::KafkaLog> log_;
};

// Somebody writes in transactions what does not count: each leaves a mark, and nothing between the marks is copied.
TEST_F(Following, GoesOnOverSeveralGapsWithNothingThatCountsBetweenThem) {
  for (int i = 0; i < 4; ++i) {
    topic_.write_as_stranger();
    topic_.mark();
  }
  topic_.write_as_stranger();
  EXPECT_EQ(voids_after(50), 5U);
}

// Each look at the brokers goes well meanwhile.
void Following::meets_a_full_disk(std::size_t commits, std::size_t body_bytes) {
  constexpr std::int64_t a_while_us = 1'500'000;  // after which it looks again
  Chain chain(copy_.state());
  const auto access = topic_.access([](std::span<const std::string>) {});
  const auto producer = access->producer([](const std::string&) {});
  ASSERT_TRUE(producer);
  const auto send = [&](const std::vector<std::string>& records) {
    EXPECT_TRUE((*producer)->send(records));
    topic_.pass(a_while_us);
    voids_after(20);
  };
  send(chain.epoch(1, 1));
  EXPECT_EQ(copy_.end(), eventstore::Sequence{1});
  copy_.full = true;
  send(chain.commits(commits, body_bytes));
  int refusals = 0;
  copy_.refused = [&] {
    ++refusals;
    EXPECT_NE(log_->trouble(), "");
  };
  for (int i = 0; i < 200; ++i) {
    EXPECT_NE(log_->trouble(), "");
    if (i % 20 == 0) topic_.pass(a_while_us);
    voids_after(1);
  }
  EXPECT_GT(refusals, 1);
  copy_.full = false;
  topic_.pass(a_while_us);
  voids_after(200);
  EXPECT_EQ(copy_.end(), eventstore::Sequence{1}.plus(commits));
  EXPECT_EQ(log_->trouble(), "");
}

TEST_F(Following, SaysForAsLongAsItsDiskIsFullThatItDoesNotGoOn) { meets_a_full_disk(1, 100); }

// What is given away before the end is reached is refused without a write of its own.
TEST_F(Following, SaysSoAlsoWhereMuchIsToBeTaken) { meets_a_full_disk(40, 60'000); }

}  // namespace
}  // namespace pioneer::tests
