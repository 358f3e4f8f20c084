// What a follower met in the simulator and did not master: each is played again, step by step.
#include "tests/simulation/simulated_topic.hpp"

#include <gtest/gtest.h>

#include "adapters/kafka/kafka_log.hpp"
#include "adapters/kafka/topic_fold.hpp"

namespace pioneer::tests {
namespace {

using namespace std::chrono_literals;

class Following : public testing::Test {
 protected:
  void SetUp() override {
    adapters::kafka::Options options;
    options.topic = "log";
    auto opened = adapters::kafka::KafkaLog::open(fold_, adapters::kafka::Topic::unchecked(options), options,
                                                  topic_.access([](std::span<const std::string>) {}));
    ASSERT_TRUE(opened);
    log_ = std::move(*opened);
  }
  std::uint64_t voids_after(int steps) {
    for (int i = 0; i < steps; ++i) EXPECT_TRUE(log_->follow());
    return log_->incidents().void_records;
  }

  SimulatedTopic topic_{1, 3s};
  adapters::kafka::TopicFold fold_{eventstore::LogId{}};
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

}  // namespace
}  // namespace pioneer::tests
