#include "api/server/log_topic.hpp"

namespace pioneer::server {

using adapters::kafka::Topic;

adapters::kafka::Options topic_options(const api::KafkaSetting& setting, std::function<void(const std::string&)> tell) {
  adapters::kafka::Options options;
  options.brokers = setting.brokers;
  options.topic = setting.topic;
  options.properties = setting.properties;
  options.tell = std::move(tell);
  return options;
}

eventstore::Result<Topic> open_topic(const api::KafkaSetting& setting, const adapters::kafka::Options& options) {
  auto checked = Topic::check(options);
  if (checked || checked.error().code != "topic_missing") return checked;
  auto made = Topic::create(options, static_cast<int>(setting.copies));
  // Another node made it in the same moment.
  return made || made.error().code != "topic_exists" ? made : Topic::check(options);
}

}  // namespace pioneer::server
