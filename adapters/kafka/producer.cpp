#include "adapters/kafka/producer.hpp"

namespace pioneer::adapters::kafka {

using eventstore::Result;

Result<std::unique_ptr<Producer>> Producer::make(const Options& options, TopicAccess::Tell failed) {
  std::unique_ptr<Producer> made(new Producer(std::move(failed)));
  Settings settings(options);
  set_for_writing(settings, options);
  settings.set("delivery.report.only.error", "true");
  rd_kafka_conf_set_opaque(settings.raw(), made.get());
  rd_kafka_conf_set_events(settings.raw(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  rd_kafka_conf_set_background_event_cb(settings.raw(), on_event);
  auto client = settings.make(RD_KAFKA_PRODUCER);
  if (!client) return std::unexpected(client.error());
  made->client_ = std::move(*client);
  auto topic = topic_of(made->client_.get(), options.topic);
  if (!topic) return std::unexpected(topic.error());
  made->topic_ = std::move(*topic);
  tell_events_in_background(made->client_.get());
  return made;
}

Producer::~Producer() {
  if (!client_) return;
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
}

bool Producer::send(std::span<const std::string> records) {
  for (const auto& record : records) {
    // librdkafka takes a pointer that it does not write to. Copied, for append() may give up while it is under way.
    auto* const bytes = const_cast<char*>(record.data());
    if (rd_kafka_produce(topic_.get(), 0, RD_KAFKA_MSG_F_COPY, bytes, record.size(), nullptr, 0, nullptr) != 0) {
      failed_(rd_kafka_err2str(rd_kafka_last_error()));
      return false;
    }
  }
  return true;
}

void Producer::on_event(rd_kafka_t* client, rd_kafka_event_t* event, void* producer) {
  const Owned<rd_kafka_event_t> owned(event);
  auto& self = *static_cast<Producer*>(producer);
  if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
    while (const auto* const message = rd_kafka_event_message_next(event)) {
      if (message->err) self.failed_(rd_kafka_err2str(message->err));
    }
    return;
  }
  // Others pass: librdkafka connects and sends again by itself, until the record's time is over.
  if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__FATAL) {
    char reason[256] = {};
    rd_kafka_fatal_error(client, reason, sizeof reason);
    self.failed_(reason);
  }
}

}  // namespace pioneer::adapters::kafka
