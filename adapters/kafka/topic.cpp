#include "adapters/kafka/topic.hpp"

#include <array>

#include "adapters/kafka/client.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::adapters::kafka {
namespace {

using eventstore::failure;
using eventstore::Result;
using eventstore::Retry;
using Clock = std::chrono::steady_clock;

std::unexpected<eventstore::Error> unreachable(const Options& options, const std::string& why) {
  return failure(eventstore::broker_unreachable, "No answer from the brokers " + options.brokers + ": " + why + ".",
                 Retry::can_help);
}

int left_ms(Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  return left > 1 ? static_cast<int>(left) : 1;
}

/// Asks one question of the admin kind and waits for its answer.
template <class Ask>
Result<Owned<rd_kafka_event_t>> ask(rd_kafka_t* client, const Options& options, rd_kafka_admin_op_t kind,
                                    const Ask& question) {
  const auto within = static_cast<int>(options.ask_within.count());
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client));
  const Owned<rd_kafka_AdminOptions_t> how(rd_kafka_AdminOptions_new(client, kind));
  std::array<char, 256> reason{};
  rd_kafka_AdminOptions_set_request_timeout(how.get(), within, reason.data(), reason.size());
  question(how.get(), queue.get());
  Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(queue.get(), within + 1'000));
  if (!answer) return unreachable(options, "the time is over");
  if (rd_kafka_event_error(answer.get())) return unreachable(options, rd_kafka_event_error_string(answer.get()));
  return answer;
}

/// Partitions and copies. A topic that was made a moment ago may lack a leader yet.
Result<void> look_up(rd_kafka_t* client, const Options& options, Description& into) {
  const auto topic = topic_of(client, options.topic);
  if (!topic) return std::unexpected(topic.error());
  const auto until = Clock::now() + options.ask_within;
  for (;;) {
    const rd_kafka_metadata_t* answer = nullptr;
    const auto error = rd_kafka_metadata(client, 0, topic->get(), &answer, left_ms(until));
    if (error) return unreachable(options, rd_kafka_err2str(error));
    const Owned<const rd_kafka_metadata_t> metadata(answer);
    const auto& told = metadata->topics[0];
    if (told.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
      return failure("topic_missing", "The brokers " + options.brokers + " have no topic " + options.topic + ".");
    }
    if (told.err == RD_KAFKA_RESP_ERR_NO_ERROR && told.partition_cnt > 0) {
      into.partitions = told.partition_cnt;
      into.copies = told.partitions[0].replica_cnt;
      return {};
    }
    if (Clock::now() >= until) return unreachable(options, "topic " + options.topic + " has no leader");
    rd_kafka_poll(client, 50);  // a moment, in which it may get one
  }
}

Result<void> ask_settings(rd_kafka_t* client, const Options& options, Description& into) {
  const Owned<rd_kafka_ConfigResource_t> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, options.topic.c_str()));
  auto* asked = resource.get();
  const auto answer = ask(client, options, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS,
                          [&](auto* how, auto* queue) { rd_kafka_DescribeConfigs(client, &asked, 1, how, queue); });
  if (!answer) return std::unexpected(answer.error());
  std::size_t count = 0;
  const auto* const described =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(answer->get()), &count);
  if (count != 1) return unreachable(options, "they say nothing of the topic's settings");
  if (rd_kafka_ConfigResource_error(described[0])) {
    return failure("topic_settings", "The settings of topic " + options.topic +
                                         " are not told: " + rd_kafka_ConfigResource_error_string(described[0]) +
                                         ". A node needs the right to read them (DescribeConfigs).");
  }
  const auto* const entries = rd_kafka_ConfigResource_configs(described[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
    into.settings[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return {};
}

}  // namespace

Result<Description> describe(const Options& options) {
  // A consumer: it never makes a topic by asking for it.
  auto client = Settings(options).make(RD_KAFKA_CONSUMER);
  if (!client) return std::unexpected(client.error());
  Description described;
  if (auto found = look_up(client->get(), options, described); !found) return std::unexpected(found.error());
  if (auto told = ask_settings(client->get(), options, described); !told) return std::unexpected(told.error());
  return described;
}

Result<void> make_topic(const Options& options, int copies, const std::map<std::string, std::string>& settings) {
  auto client = Settings(options).make(RD_KAFKA_CONSUMER);
  if (!client) return std::unexpected(client.error());
  std::array<char, 512> reason{};
  const Owned<rd_kafka_NewTopic_t> wanted(
      rd_kafka_NewTopic_new(options.topic.c_str(), 1, copies, reason.data(), reason.size()));
  if (!wanted) return failure("topic_settings", "Topic " + options.topic + " cannot be made: " + reason.data() + ".");
  for (const auto& [name, value] : settings) rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  auto* asked = wanted.get();
  const auto answer = ask(client->get(), options, RD_KAFKA_ADMIN_OP_CREATETOPICS,
                          [&](auto* how, auto* queue) { rd_kafka_CreateTopics(client->get(), &asked, 1, how, queue); });
  if (!answer) return std::unexpected(answer.error());
  std::size_t count = 0;
  const auto* const made =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer->get()), &count);
  if (count != 1) return unreachable(options, "they do not say what became of the topic");
  const auto error = rd_kafka_topic_result_error(made[0]);
  if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return failure("topic_exists", "The brokers " + options.brokers + " have a topic " + options.topic + " already.");
  }
  if (error) {
    const char* const said = rd_kafka_topic_result_error_string(made[0]);
    return failure("topic_settings", "Topic " + options.topic + " cannot be made: " +
                                         (said == nullptr ? rd_kafka_err2str(error) : said) + ".");
  }
  // Not every broker knows of it at once.
  const auto until = Clock::now() + options.ask_within;
  auto described = describe(options);
  while (!described && described.error().code == "topic_missing" && Clock::now() < until) described = describe(options);
  return described ? Result<void>{} : std::unexpected(described.error());
}

Result<Topic> Topic::check(const Options& options) {
  const auto described = describe(options);
  if (!described) return std::unexpected(described.error());
  if (auto text = objections(options.topic, *described); !text.empty()) return failure("topic_settings", text);
  return Topic(options.topic, durability_of(*described));
}

Result<Topic> Topic::create(const Options& options, int copies) {
  if (auto made = make_topic(options, copies, settings_for(copies)); !made) return std::unexpected(made.error());
  return check(options);
}

}  // namespace pioneer::adapters::kafka
