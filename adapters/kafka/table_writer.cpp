#include "adapters/kafka/table_writer.hpp"

#include <algorithm>

#include "eventstore/ports/log.hpp"

namespace pioneer::adapters::kafka {

using namespace eventstore;

namespace {

/// Sent before the first of them must be confirmed.
constexpr std::size_t entries_at_once = 4'096;

}  // namespace

/// One producer. Its reports are taken by who puts; each entry carries its put's number, for a report of an earlier one
/// says nothing of this one.
struct TableWriter::Sender {
  Owned<rd_kafka_t> client;
  Owned<rd_kafka_topic_t> topic;
  Owned<rd_kafka_queue_t> reports;
  std::uint64_t number = 0;

  ~Sender() {
    reports.reset();
    topic.reset();
    if (!client) return;
    rd_kafka_purge(client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
  }

  bool send(const TableEntry& entry, std::uint64_t of_put) {
    // librdkafka takes a pointer that it does not write to.
    auto* const value = entry.value ? const_cast<char*>(entry.value->data()) : nullptr;
    return rd_kafka_produce(topic.get(), 0, RD_KAFKA_MSG_F_COPY, value, entry.value ? entry.value->size() : 0,
                            entry.key.data(), entry.key.size(), reinterpret_cast<void*>(of_put)) == 0;
  }
};

/// What became of a put.
struct TableWriter::Outcome {
  std::size_t left = 0;   ///< not reported yet
  bool any_sent = false;  ///< at least one is in the topic, or may be
  std::string failed;     ///< why one is not confirmed and will not be

  void hear(const rd_kafka_message_t& message, std::uint64_t number) {
    if (reinterpret_cast<std::uint64_t>(message._private) != number) return;
    --left;
    if (!message.err || rd_kafka_message_status(&message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED) any_sent = true;
    if (message.err && failed.empty()) failed = rd_kafka_err2str(message.err);
  }
};

TableWriter::TableWriter(Options options) : options_(std::move(options)) {}

TableWriter::~TableWriter() = default;

void TableWriter::stop() {
  const std::lock_guard one(putting_);
  sender_.reset();
}

Result<void> TableWriter::begin() {
  auto sender = std::make_unique<Sender>();
  Settings settings(options_);
  set_for_writing(settings, options_);
  rd_kafka_conf_set_events(settings.raw(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  auto client = settings.make(RD_KAFKA_PRODUCER);
  if (!client) return std::unexpected(client.error());
  sender->client = std::move(*client);
  auto topic = topic_of(sender->client.get(), options_.topic);
  if (!topic) return std::unexpected(topic.error());
  sender->topic = std::move(*topic);
  sender->reports.reset(rd_kafka_queue_get_main(sender->client.get()));
  sender_ = std::move(sender);
  return {};
}

Result<void> TableWriter::put(std::span<const TableEntry> entries) {
  const std::lock_guard one(putting_);
  bool any_sent = false;
  while (!entries.empty()) {
    const auto part = entries.first(std::min(entries.size(), entries_at_once));
    if (auto done = put_some(part, any_sent); !done) return done;
    entries = entries.subspan(part.size());
  }
  return {};
}

Result<void> TableWriter::put_some(std::span<const TableEntry> entries, bool& any_sent) {
  if (!sender_)
    if (auto begun = begin(); !begun) return begun;
  const auto number = ++sender_->number;
  Outcome outcome{0, any_sent, {}};
  for (const auto& entry : entries) {
    if (!sender_->send(entry, number)) {
      outcome.failed = rd_kafka_err2str(rd_kafka_last_error());
      break;
    }
    ++outcome.left;
  }
  const auto until = Clock::now() + options_.append_within;
  while (outcome.left != 0 && outcome.failed.empty() && Clock::now() < options_.limit->earlier(until))
    hear(outcome, options_.limit->earlier(std::min(until, Clock::now() + WaitLimit::look_every)));
  if (outcome.left == 0 && outcome.failed.empty()) {
    any_sent = true;
    return {};
  }
  // Those that nobody has said anything of may be in the topic.
  return give_up(outcome.failed.empty() ? "the time is over" : outcome.failed, outcome.any_sent || outcome.left != 0);
}

void TableWriter::hear(Outcome& outcome, Clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  const Owned<rd_kafka_event_t> event(
      rd_kafka_queue_poll(sender_->reports.get(), static_cast<int>(std::max<std::int64_t>(left.count(), 1))));
  if (!event) return;
  if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR) {
    while (const auto* const message = rd_kafka_event_message_next(event.get()))
      outcome.hear(*message, sender_->number);
  } else if (rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR__FATAL) {
    // Others pass: librdkafka connects and sends again by itself, until the entry's time is over.
    outcome.failed = rd_kafka_event_error_string(event.get());
  }
}

std::unexpected<Error> TableWriter::give_up(const std::string& why, bool any_sent) {
  sender_.reset();
  if (any_sent) {
    return failure("outcome_unknown", "Whether topic " + options_.topic + " has all entries is not known: " + why + ".",
                   Retry::can_help);
  }
  return failure(eventstore::broker_unreachable,
                 "The brokers " + options_.brokers + " take nothing for topic " + options_.topic + ": " + why + ".",
                 Retry::can_help);
}

void TableWriter::send_if_idle(const TableEntry& entry) {
  const std::unique_lock one(putting_, std::try_to_lock);
  if (!one) return;
  if (!sender_ && !begin()) return;
  static_cast<void>(sender_->send(entry, 0));  // whether it came shows when it is read
}

}  // namespace pioneer::adapters::kafka
