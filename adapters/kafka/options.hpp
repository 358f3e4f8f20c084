// Where a log's topic is, and how long its adapter waits for the brokers. A plain value.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/kafka/wait_limit.hpp"

namespace pioneer::adapters::kafka {

struct Options {
  /// "host:port,…": brokers to find the cluster by.
  std::string brokers;
  std::string topic;
  /// Further properties of librdkafka, for every client: "security.protocol", "ssl.ca.location" and so on.
  std::vector<std::pair<std::string, std::string>> properties = {};
  /// A record that was not confirmed for so long is given up. It may still be in the log.
  std::chrono::milliseconds produce_within{10'000};
  /// append() returns by then, with its outcome or without. More than `produce_within`, for what was confirmed must
  /// also be read back.
  std::chrono::milliseconds append_within{15'000};
  /// Questions to the cluster: settings, metadata, the making of a topic.
  std::chrono::milliseconds ask_within{10'000};
  /// A record of ours that the topic does not show for so long is lost. Not at once: a new leader may for a moment
  /// show less than the one before it did.
  std::chrono::milliseconds settle{10'000};
  /// Of whoever stops all that has these options; nobody else ends a wait early.
  std::shared_ptr<const WaitLimit> limit = std::make_shared<WaitLimit>();
  /// Told what an operator should know, a sentence each; from any thread. May be empty.
  std::function<void(const std::string&)> tell = {};
};

}  // namespace pioneer::adapters::kafka
