#include "api/server/log_topic.hpp"

namespace pioneer::server {
namespace {

/// What a node could not say of itself by then is old.
constexpr std::chrono::milliseconds says_within{2'000};

}  // namespace

using adapters::kafka::Topic;

adapters::kafka::Options topic_options(const api::KafkaSetting& setting, std::function<void(const std::string&)> tell,
                                       WaitLimit limit) {
  adapters::kafka::Options options;
  options.brokers = setting.brokers;
  options.topic = setting.topic;
  if (setting.generation > 1) options.topic += "." + std::to_string(setting.generation);
  options.properties = setting.properties;
  options.tell = std::move(tell);
  if (limit != nullptr) options.limit = std::move(limit);
  return options;
}

namespace {

adapters::kafka::TableOptions table_beside(const api::KafkaSetting& setting, const char* suffix,
                                           std::function<void(const std::string&)> tell, WaitLimit limit) {
  adapters::kafka::TableOptions table;
  table.kafka = topic_options(setting, std::move(tell), std::move(limit));
  table.kafka.topic = setting.topic + suffix;
  table.copies = static_cast<int>(setting.copies);
  return table;
}

}  // namespace

adapters::kafka::TableOptions keys_table(const api::KafkaSetting& setting, std::function<void(const std::string&)> tell,
                                         WaitLimit limit) {
  return table_beside(setting, ".keys", std::move(tell), std::move(limit));
}

adapters::kafka::TableOptions uploads_table(const api::KafkaSetting& setting,
                                            std::function<void(const std::string&)> tell, WaitLimit limit) {
  return table_beside(setting, ".blobs", std::move(tell), std::move(limit));
}

eventstore::Result<Topic> open_topic(const api::KafkaSetting& setting, const adapters::kafka::Options& options) {
  auto checked = Topic::check(options);
  if (checked || checked.error().code != "topic_missing") return checked;
  auto made = Topic::create(options, static_cast<int>(setting.copies));
  // Another node made it in the same moment.
  return made || made.error().code != "topic_exists" ? made : Topic::check(options);
}

adapters::kafka::TableOptions roster_table(
    const api::KafkaSetting& setting,
    std::function<void(std::string_view key, std::optional<std::string_view> value)> told, WaitLimit limit) {
  auto options = table_beside(setting, ".nodes", {}, std::move(limit));
  options.kafka.append_within = says_within;
  options.told = std::move(told);
  return options;
}

}  // namespace pioneer::server
