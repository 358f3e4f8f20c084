// Appends records to the topic, in order, each once (an idempotent producer), and says when one was not confirmed.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "adapters/kafka/client.hpp"
#include "adapters/kafka/topic_access.hpp"

namespace pioneer::adapters::kafka {

/// One thread sends; librdkafka's own tells of failures. No timer holds records back.
///
/// That a record was confirmed is not told: what counts is what is read back. A failure is told at once, for then
/// nobody knows what the topic holds, and waiting longer helps nobody.
class Producer final : public TopicProducer {
 public:
  static eventstore::Result<std::unique_ptr<Producer>> make(const Options& options, TopicAccess::Tell failed);
  ~Producer() override;
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  bool send(std::span<const std::string> records) override;

 private:
  explicit Producer(TopicAccess::Tell failed) : failed_(std::move(failed)) {}
  static void on_event(rd_kafka_t* client, rd_kafka_event_t* event, void* producer);

  const TopicAccess::Tell failed_;
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_topic_t> topic_;
};

}  // namespace pioneer::adapters::kafka
