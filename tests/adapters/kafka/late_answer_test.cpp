// The log on Kafka where brokers answer late: librdkafka's own cluster of a test, which can be told to.
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "tests/adapters/kafka/kafka_node.hpp"

namespace pioneer::adapters::kafka {
namespace {

using namespace eventstore;
using namespace std::chrono_literals;
using tests::Chain;
using tests::KafkaNode;

/// One broker in this process, with one topic. It takes a record when it comes; how long its answers are on their way
/// can be set.
class SlowBroker {
 public:
  SlowBroker() {
    std::array<char, 256> reason{};
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), reason.data(), reason.size());
    CHECK(client_ != nullptr);
    cluster_ = rd_kafka_mock_cluster_new(client_, 1);
    CHECK(cluster_ != nullptr && rd_kafka_mock_topic_create(cluster_, "town", 1, 1) == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  ~SlowBroker() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
  }
  SlowBroker(const SlowBroker&) = delete;
  SlowBroker& operator=(const SlowBroker&) = delete;

  Options options() const {
    Options options;
    options.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    options.topic = "town";
    options.produce_within = 4s;
    options.append_within = 6s;
    return options;
  }
  void answers_after(std::chrono::milliseconds time) {
    CHECK(rd_kafka_mock_broker_set_rtt(cluster_, -1, static_cast<int>(time.count())) == RD_KAFKA_RESP_ERR_NO_ERROR);
  }

 private:
  rd_kafka_t* client_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

TEST(KafkaLog, AProduceThatIsAnsweredAfterItsTimeCountsOnce) {
  SlowBroker broker;
  KafkaNode node(broker.options());
  Chain chain(node.log().state());
  ASSERT_TRUE(node.log().append(chain.epoch(1, 5)));

  broker.answers_after(15s);
  const auto late = chain.commits(3);
  const auto unknown = node.log().append(late);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "outcome_unknown");
  EXPECT_EQ(unknown.error().retry, Retry::can_help);

  broker.answers_after(0ms);
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (!node.log().catch_up(1s) && std::chrono::steady_clock::now() < until) {
  }
  ASSERT_EQ(node.log().state(), chain.state()) << "it was there all the time";
  // What was asked while answers were slow may still be on its way: then nothing is sent, and it is tried again.
  const auto second = chain.epoch(2, 5);
  auto next = node.log().append(second);
  while (!next && next.error().code == broker_unreachable && std::chrono::steady_clock::now() < until)
    next = node.log().append(second);
  ASSERT_TRUE(next) << next.error().code << ": " << next.error().detail;
  KafkaNode other(broker.options());
  const auto read = other.log().catch_up(20s);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(other.log().state(), chain.state());
  EXPECT_EQ(other.log().incidents().void_records, 0u);
}

}  // namespace
}  // namespace pioneer::adapters::kafka
