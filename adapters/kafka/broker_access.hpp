// Access to a topic by librdkafka, machine's clock and threads.
#pragma once

#include <memory>

#include "adapters/kafka/options.hpp"
#include "adapters/kafka/topic_access.hpp"

namespace pioneer::adapters::kafka {

class BrokerAccess final : public TopicAccess {
 public:
  explicit BrokerAccess(Options options) : options_(std::move(options)) {}
  /// Errors of these two: "kafka_setting".
  eventstore::Result<std::unique_ptr<TopicReader>> reader(Tell trouble) override;
  eventstore::Result<std::unique_ptr<TopicProducer>> producer(Tell failed) override;
  Clock::time_point now() const override { return Clock::now(); }
  bool wait(std::condition_variable& moved, std::unique_lock<std::mutex>& lock, std::chrono::milliseconds within,
            const std::function<bool()>& condition) override {
    return wait_until(moved, lock, now() + within, *options_.limit, condition);
  }

 private:
  const Options options_;
};

}  // namespace pioneer::adapters::kafka
