#include "adapters/kafka/client.hpp"

#include <array>

namespace pioneer::adapters::kafka {
namespace {

constexpr std::size_t messages_max = 4'096;

void say_nothing(const rd_kafka_t*, int, const char*, const char*) {}

}  // namespace

Settings::Settings(const Options& options) : conf_(rd_kafka_conf_new()) {
  // What goes wrong comes as an event too, and is told once, in our words.
  rd_kafka_conf_set_log_cb(conf_.get(), say_nothing);
  set("bootstrap.servers", options.brokers);
  set("client.id", "pioneer");
  // Off by default before librdkafka 2.10; with it a small request waits for the answer to the one before.
  set("socket.nagle.disable", "true");
  set("socket.keepalive.enable", "true");
  set("socket.timeout.ms", std::to_string(options.ask_within.count()));
  // A broker that comes back is found within a second.
  set("socket.connection.setup.timeout.ms", "3000");
  set("reconnect.backoff.ms", "50");
  set("reconnect.backoff.max.ms", "1000");
  set("topic.metadata.refresh.fast.interval.ms", "100");
  for (const auto& [name, value] : options.properties) set(name, value);
}

Settings& Settings::set(const std::string& name, const std::string& value) {
  std::array<char, 512> reason{};
  const auto result = rd_kafka_conf_set(conf_.get(), name.c_str(), value.c_str(), reason.data(), reason.size());
  if (result != RD_KAFKA_CONF_OK && problem_.empty()) problem_ = reason.data();
  return *this;
}

eventstore::Result<Owned<rd_kafka_t>> Settings::make(rd_kafka_type_t type) {
  if (!problem_.empty()) return eventstore::failure("kafka_setting", "librdkafka takes no such setting: " + problem_);
  std::array<char, 512> reason{};
  Owned<rd_kafka_t> client(rd_kafka_new(type, conf_.get(), reason.data(), reason.size()));
  if (!client) return eventstore::failure("kafka_setting", std::string("No client of Kafka: ") + reason.data());
  static_cast<void>(conf_.release());  // the client's now
  return client;
}

eventstore::Result<Owned<rd_kafka_topic_t>> topic_of(rd_kafka_t* client, const std::string& name) {
  Owned<rd_kafka_topic_t> topic(rd_kafka_topic_new(client, name.c_str(), nullptr));
  if (topic) return topic;
  return eventstore::failure("kafka_setting",
                             "No topic can be named '" + name + "': " + rd_kafka_err2str(rd_kafka_last_error()));
}

void set_for_reading(Settings& settings) {
  settings.set("enable.auto.commit", "false")
      .set("auto.offset.reset", "error")  // the beginning or the end instead of our place would hide a loss
      .set("check.crcs", "true")
      .set("enable.partition.eof", "true")
      // A transaction is none of ours; an open one of somebody else's may not hold the topic back.
      .set("isolation.level", "read_uncommitted")
      .set("fetch.wait.max.ms", std::to_string(read_wait_ms))
      .set("fetch.error.backoff.ms", "50");
  // Goes on when a full queue has room again; older versions know no such setting (BrokerReader::take_messages_soon).
  if (rd_kafka_version() >= 0x02020000) settings.set("fetch.queue.backoff.ms", "5");
}

void set_for_writing(Settings& settings, const Options& options) {
  settings.set("enable.idempotence", "true")
      .set("acks", "all")
      .set("linger.ms", "0")
      .set("message.timeout.ms", std::to_string(options.produce_within.count()))
      .set("message.max.bytes", std::to_string(batch_bytes_max))
      .set("batch.size", std::to_string(batch_bytes_max - batch_overhead_bytes))
      .set("queue.buffering.max.kbytes", "65536");
}

namespace {

// (The call for watermarks waits without end for a broker that is away: librdkafka 2.0.)
std::expected<std::int64_t, rd_kafka_resp_err_t> ask_for_offset(rd_kafka_t* client, const std::string& topic,
                                                                std::int64_t which, int within_ms) {
  const Owned<rd_kafka_topic_partition_list_t> asked(rd_kafka_topic_partition_list_new(1));
  auto& place = *rd_kafka_topic_partition_list_add(asked.get(), topic.c_str(), partition);
  place.offset = which;
  if (const auto error = rd_kafka_offsets_for_times(client, asked.get(), within_ms)) return std::unexpected(error);
  if (place.err) return std::unexpected(place.err);
  return place.offset;
}

}  // namespace

std::expected<std::int64_t, rd_kafka_resp_err_t> ask_where_it_begins(rd_kafka_t* client, const std::string& topic,
                                                                     int within_ms) {
  return ask_for_offset(client, topic, RD_KAFKA_OFFSET_BEGINNING, within_ms);
}

std::expected<std::int64_t, rd_kafka_resp_err_t> ask_where_it_ends(rd_kafka_t* client, const std::string& topic,
                                                                   int within_ms) {
  return ask_for_offset(client, topic, RD_KAFKA_OFFSET_END, within_ms);
}

void tell_events_in_background(rd_kafka_t* client) {
  const Owned<rd_kafka_queue_t> events(rd_kafka_queue_get_main(client));
  const Owned<rd_kafka_queue_t> background(rd_kafka_queue_get_background(client));
  rd_kafka_queue_forward(events.get(), background.get());
}

// (A batch call alone would wait for a whole batch.)
Messages take_messages(rd_kafka_t* client, rd_kafka_queue_t* queue, int wait_ms) {
  rd_kafka_poll(client, 0);
  Messages messages;
  Owned<rd_kafka_message_t> first(rd_kafka_consume_queue(queue, wait_ms));
  if (!first) return messages;
  messages.push_back(std::move(first));
  std::array<rd_kafka_message_t*, messages_max> more;
  const auto count = rd_kafka_consume_batch_queue(queue, 0, more.data(), more.size());
  for (ssize_t i = 0; i < count; ++i) messages.emplace_back(more[static_cast<std::size_t>(i)]);
  return messages;
}

}  // namespace pioneer::adapters::kafka
