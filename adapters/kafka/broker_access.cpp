#include "adapters/kafka/broker_access.hpp"

#include <sys/socket.h>

#include <atomic>
#include <limits>

#include "adapters/kafka/client.hpp"
#include "adapters/kafka/producer.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::adapters::kafka {

using eventstore::Result;

namespace {

/// A fetch takes less, while there is something to fetch.
constexpr int held_back_ms = 5;

class BrokerReader final : public TopicReader {
 public:
  BrokerReader(const Options& options, TopicAccess::Tell trouble)
      : topic_name_(options.topic), trouble_(std::move(trouble)) {}
  ~BrokerReader() override;
  Result<void> start(const Options& options);

  Result<void> read_from(std::int64_t offset) override;
  void read(const std::function<bool(const TopicMessage&)>& take) override;
  std::int64_t end_shown() const override;
  std::uint64_t connections() const override { return sockets_.load(); }
  void wake() override { rd_kafka_queue_yield(queue_.get()); }

 private:
  Messages take_messages_soon();

  const std::string topic_name_;
  const TopicAccess::Tell trouble_;
  std::atomic<std::uint64_t> sockets_{0};  ///< opened so far
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_topic_t> topic_;
  Owned<rd_kafka_queue_t> queue_;
  bool filling_ = false;  ///< records came at the last look
  bool at_end_ = false;   ///< everything that the topic shows was given
};

BrokerReader::~BrokerReader() {
  if (topic_) rd_kafka_consume_stop(topic_.get(), partition);
}

Result<void> BrokerReader::start(const Options& options) {
  Settings settings(options);
  set_for_reading(settings);
  settings.set("fetch.message.max.bytes", "4194304").set("queued.max.messages.kbytes", "16384");
  rd_kafka_conf_set_opaque(settings.raw(), this);
  rd_kafka_conf_set_socket_cb(settings.raw(), [](int domain, int type, int protocol, void* reader) {
    static_cast<BrokerReader*>(reader)->sockets_.fetch_add(1);
    return socket(domain, type | SOCK_CLOEXEC, protocol);
  });
  rd_kafka_conf_set_error_cb(settings.raw(), [](rd_kafka_t*, int, const char* reason, void* reader) {
    static_cast<BrokerReader*>(reader)->trouble_(reason);
  });
  auto client = settings.make(RD_KAFKA_CONSUMER);
  if (!client) return std::unexpected(client.error());
  client_ = std::move(*client);
  auto topic = topic_of(client_.get(), topic_name_);
  if (!topic) return std::unexpected(topic.error());
  topic_ = std::move(*topic);
  queue_.reset(rd_kafka_queue_new(client_.get()));
  return {};
}

Result<void> BrokerReader::read_from(std::int64_t offset) {
  rd_kafka_consume_stop(topic_.get(), partition);  // an error where nothing was started, which is well
  while (const Owned<rd_kafka_message_t> stale{rd_kafka_consume_queue(queue_.get(), 0)}) {
  }
  at_end_ = false;
  if (rd_kafka_consume_start_queue(topic_.get(), partition, offset, queue_.get()) == 0) return {};
  return eventstore::failure(eventstore::broker_unreachable, rd_kafka_err2str(rd_kafka_last_error()),
                             eventstore::Retry::can_help);
}

std::int64_t BrokerReader::end_shown() const {
  std::int64_t first = 0;
  std::int64_t end = 0;
  const auto error = rd_kafka_get_watermark_offsets(client_.get(), topic_name_.c_str(), partition, &first, &end);
  return error || end < 0 ? std::numeric_limits<std::int64_t>::max() : end;
}

void BrokerReader::read(const std::function<bool(const TopicMessage&)>& take) {
  using Kind = TopicMessage::Kind;
  for (const auto& message : take_messages_soon()) {
    TopicMessage given;
    given.offset = message->offset;
    given.broker = rd_kafka_message_broker_id(message.get());
    switch (message->err) {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
        given.record = {static_cast<const std::byte*>(message->payload), message->len};
        break;
      case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        given.kind = Kind::end;
        at_end_ = true;
        break;
      case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        given.kind = Kind::not_there;
        break;
      default:
        given.kind = Kind::trouble;
        given.why = rd_kafka_message_errstr(message.get());
    }
    if (!take(given)) return;
  }
}

// When its queue was full, librdkafka (before 2.2) fetches no more until a second has passed or there is something to
// ask the broker, however soon the queue is empty. So where there is more to read than came, something is asked: where
// the topic ends, of which the answer does not matter.
Messages BrokerReader::take_messages_soon() {
  const bool may_be_held_back = filling_ && !at_end_;
  auto messages = take_messages(client_.get(), queue_.get(), may_be_held_back ? held_back_ms : read_wait_ms);
  filling_ = !messages.empty();
  if (messages.empty() && may_be_held_back)
    static_cast<void>(ask_where_it_ends(client_.get(), topic_name_, read_wait_ms));
  return messages;
}

}  // namespace

Result<std::unique_ptr<TopicReader>> BrokerAccess::reader(Tell trouble) {
  auto made = std::make_unique<BrokerReader>(options_, std::move(trouble));
  if (auto started = made->start(options_); !started) return std::unexpected(started.error());
  return made;
}

Result<std::unique_ptr<TopicProducer>> BrokerAccess::producer(Tell failed) {
  auto made = Producer::make(options_, std::move(failed));
  if (!made) return std::unexpected(made.error());
  return std::move(*made);
}

}  // namespace pioneer::adapters::kafka
