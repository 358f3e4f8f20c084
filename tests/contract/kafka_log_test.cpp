// The log on Kafka, over a real broker.
#include "tests/adapters/kafka/kafka_node.hpp"
#include "tests/contract/log_contract.hpp"

namespace pioneer::tests {
namespace {

class OnKafka {
 public:
  eventstore::Log& log() { return node_.log(); }
  void again() {
    node_.again();
    EXPECT_TRUE(node_.log().catch_up(std::chrono::seconds(10)));
  }

 private:
  KafkaNode node_{make_topic()};
};

using Engines = ::testing::Types<OnKafka>;
INSTANTIATE_TYPED_TEST_SUITE_P(Cluster, LogContract, Engines);

}  // namespace
}  // namespace pioneer::tests
