// A table that all nodes share, and what one of them heard of it. For tests with a real broker.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/kafka/table_topic.hpp"
#include "tests/adapters/kafka/kafka_node.hpp"

namespace pioneer::tests {

class Table {
 public:
  using Heard = std::vector<std::pair<std::string, std::optional<std::string>>>;

  static adapters::kafka::TableOptions options(const std::string& topic) {
    adapters::kafka::TableOptions options;
    options.kafka = options_for(topic);
    return options;
  }

  explicit Table(adapters::kafka::TableOptions options) {
    options.told = [this](std::string_view key, std::optional<std::string_view> value) {
      const std::lock_guard lock(mutex_);
      heard_.emplace_back(key, value ? std::optional(std::string(*value)) : std::nullopt);
    };
    auto opened = adapters::kafka::TableTopic::open(std::move(options));
    if (!opened) std::fprintf(stderr, "%s: %s\n", opened.error().code.c_str(), opened.error().detail.c_str());
    CHECK(opened);
    topic_ = std::move(*opened);
  }
  explicit Table(const std::string& topic) : Table(options(topic)) {}

  adapters::kafka::TableTopic& topic() { return *topic_; }
  eventstore::Result<void> put(const std::string& key, std::optional<std::string> value) {
    const adapters::kafka::TableEntry entry{key, std::move(value)};
    auto done = topic_->put({&entry, 1});
    if (!done) std::fprintf(stderr, "%s: %s\n", done.error().code.c_str(), done.error().detail.c_str());
    return done;
  }
  Heard heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  std::map<std::string, std::string> newest() const {
    std::map<std::string, std::string> newest;
    for (const auto& [key, value] : heard()) {
      if (value) newest[key] = *value;
      if (!value) newest.erase(key);
    }
    return newest;
  }

 private:
  mutable std::mutex mutex_;
  Heard heard_;
  std::unique_ptr<adapters::kafka::TableTopic> topic_;  // ends before what it tells
};

}  // namespace pioneer::tests
