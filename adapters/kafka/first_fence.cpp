// Reads a topic from its beginning until it says which log it holds.
#include "adapters/kafka/client.hpp"
#include "adapters/kafka/producer.hpp"
#include "adapters/kafka/topic.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/ports/log.hpp"
#include "eventstore/record.hpp"

namespace pioneer::adapters::kafka {

using namespace eventstore;

namespace {

std::optional<LogId> founded_by(const rd_kafka_message_t& message) {
  const auto header = inspect_record({static_cast<const std::byte*>(message.payload), message.len});
  if (!header || header->kind != RecordKind::fence || header->epoch != Epoch{1}) return std::nullopt;
  return header->log_id;
}

}  // namespace

Result<std::optional<LogId>> log_in(const Options& options) {
  Settings settings(options);
  set_for_reading(settings);
  settings.set("queued.max.messages.kbytes", "4096");
  const auto client = settings.make(RD_KAFKA_CONSUMER);
  if (!client) return std::unexpected(client.error());
  const auto named = topic_of(client->get(), options.topic);
  if (!named) return std::unexpected(named.error());
  auto* const topic = named->get();
  if (rd_kafka_consume_start(topic, partition, 0) != 0) {
    return failure(eventstore::broker_unreachable,
                   "Topic " + options.topic + " cannot be read: " + rd_kafka_err2str(rd_kafka_last_error()) + ".",
                   Retry::can_help);
  }
  Result<std::optional<LogId>> found =
      failure(eventstore::broker_unreachable,
              "The brokers " + options.brokers + " did not show topic " + options.topic + " in time.", Retry::can_help);
  const auto until = std::chrono::steady_clock::now() + options.ask_within;
  while (std::chrono::steady_clock::now() < until) {
    const Owned<rd_kafka_message_t> message(rd_kafka_consume(topic, partition, read_wait_ms));
    if (!message) continue;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      found = std::nullopt;
      break;
    }
    if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
      found = failure(log_forked, "Topic " + options.topic + " no longer has its beginning.");
      break;
    }
    if (message->err) continue;
    if (auto id = founded_by(*message)) {
      found = id;
      break;
    }
  }
  rd_kafka_consume_stop(topic, partition);
  return found;
}

Result<LogId> settle_log(const Options& options, const LogId& proposal, const WriterId& writer) {
  auto held = log_in(options);
  if (!held) return std::unexpected(held.error());
  if (*held) return **held;
  RecordHeader fence;
  fence.format = limits::format;
  fence.kind = RecordKind::fence;
  fence.feature_level = FeatureLevel{limits::first_feature_level};
  fence.log_id = proposal;
  fence.epoch = Epoch{1};
  fence.writer = writer;
  const auto record = encode_record(fence, {});
  const auto producer = Producer::make(options, [](const std::string&) {});
  if (!producer) return std::unexpected(producer.error());
  static_cast<void>((*producer)->send(std::span(&record, 1)));
  const auto until = std::chrono::steady_clock::now() + options.append_within;
  while (std::chrono::steady_clock::now() < until) {
    held = log_in(options);
    if (held && *held) return **held;
  }
  return failure(eventstore::broker_unreachable, "No log could be begun in topic " + options.topic + ".",
                 Retry::can_help);
}

}  // namespace pioneer::adapters::kafka
