// Appends records to the topic, in order, each once (an idempotent producer), and says when one was not confirmed.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "adapters/kafka/client.hpp"
#include "adapters/kafka/progress.hpp"

namespace pioneer::adapters::kafka {

/// One reign's producer: the next reign gets a new one. One thread sends; librdkafka's own tells of failures.
///
/// That a record was confirmed is not told: what counts is what is read back. A failure is told at once, for then
/// nobody knows what the topic holds, and waiting longer helps nobody.
class Producer {
 public:
  /// `progress` outlives it.
  static eventstore::Result<std::unique_ptr<Producer>> make(const Options& options, Progress& progress);
  /// Gives up what is not confirmed; it may still arrive.
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  /// Copies them and returns at once; no timer holds them back. False: no room, and some may be on their way.
  bool send(std::span<const std::string> records);

 private:
  explicit Producer(Progress& progress) : progress_(progress) {}
  static void on_event(rd_kafka_t* client, rd_kafka_event_t* event, void* producer);
  void failed(const std::string& why);

  Progress& progress_;
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_topic_t> topic_;
};

}  // namespace pioneer::adapters::kafka
