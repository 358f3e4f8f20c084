#include "adapters/kafka/table_topic.hpp"

#include <algorithm>
#include <utility>

#include "eventstore/check.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::adapters::kafka {

using namespace eventstore;

namespace {

/// One question about where the topic begins or ends: another broker may answer the next.
constexpr std::chrono::milliseconds ask_place_within{1'000};
/// Beyond the time after which the brokers close a segment.
constexpr std::chrono::milliseconds beat_after{1'000};
/// However much comes.
constexpr std::chrono::milliseconds idle_every{1'000};

std::string_view text_of(const void* bytes, std::size_t size) { return {static_cast<const char*>(bytes), size}; }

Result<Description> described(const TableOptions& options) {
  auto found = describe(options.kafka);
  if (found || found.error().code != "topic_missing") return found;
  const auto made = make_topic(options.kafka, options.copies, table_settings_for(options.copies, options.times));
  // Another node made it in the same moment.
  if (!made && made.error().code != "topic_exists") return std::unexpected(made.error());
  return describe(options.kafka);
}

}  // namespace

Result<std::unique_ptr<TableTopic>> TableTopic::open(TableOptions options) {
  const auto found = described(options);
  if (!found) return std::unexpected(found.error());
  if (auto text = table_objections(options.kafka.topic, *found, options.times); !text.empty())
    return failure("topic_settings", text);
  std::unique_ptr<TableTopic> table(new TableTopic(std::move(options), durability_of(*found)));
  if (auto started = table->start(); !started) return std::unexpected(started.error());
  return table;
}

TableTopic::TableTopic(TableOptions options, Durability durability)
    : options_(std::move(options)), durability_(durability), writer_(options_.kafka), position_(options_.from) {}

TableTopic::~TableTopic() { stop(); }

Result<void> TableTopic::start() {
  Settings settings(options_.kafka);
  set_for_reading(settings);
  settings.set("queued.max.messages.kbytes", "4096");
  rd_kafka_conf_set_opaque(settings.raw(), this);
  rd_kafka_conf_set_error_cb(settings.raw(), [](rd_kafka_t*, int, const char* reason, void* table) {
    static_cast<TableTopic*>(table)->trouble(reason);
  });
  auto client = settings.make(RD_KAFKA_CONSUMER);
  if (!client) return std::unexpected(client.error());
  client_ = std::move(*client);
  auto asking = Settings(options_.kafka).make(RD_KAFKA_CONSUMER);
  if (!asking) return std::unexpected(asking.error());
  asking_ = std::move(*asking);
  auto topic = topic_of(client_.get(), options_.kafka.topic);
  if (!topic) return std::unexpected(topic.error());
  topic_ = std::move(*topic);
  queue_.reset(rd_kafka_queue_new(client_.get()));
  heard_at_ = Clock::now();
  read_from_here();
  thread_ = std::thread([this] { run(); });
  return {};
}

void TableTopic::stop() {
  stopping_ = true;
  moved_.notify_all();
  if (queue_) rd_kafka_queue_yield(queue_.get());
  if (thread_.joinable()) thread_.join();
  writer_.stop();
  if (topic_) rd_kafka_consume_stop(topic_.get(), partition);
  queue_.reset();
  topic_.reset();
  client_.reset();
  asking_.reset();
}

void TableTopic::run() {
  while (!stopping_) {
    bool well = true;
    const auto messages = take_messages(client_.get(), queue_.get());
    for (const auto& message : messages) {
      well = hear(*message);
      if (!well) break;
    }
    while (!settle()) {
      if (stopping_) return;
      pause();
    }
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return;
    }
    if (!well) {
      pause();
      read_from_here();
    }
    if (options_.idle && (messages.empty() || Clock::now() >= idle_at_)) {
      options_.idle();
      idle_at_ = Clock::now() + idle_every;
    }
    beat_if_quiet();
  }
}

// A consumer that is to find the beginning by itself and does not know the leader yet waits for half a second
// (librdkafka); with a number it begins as soon as it knows.
std::int64_t TableTopic::beginning() {
  return ask_where_it_begins(asking_.get(), options_.kafka.topic, static_cast<int>(ask_place_within.count()))
      .value_or(RD_KAFKA_OFFSET_BEGINNING);
}

void TableTopic::read_from_here() {
  rd_kafka_consume_stop(topic_.get(), partition);  // an error where nothing was started, which is well
  while (const Owned<rd_kafka_message_t> stale{rd_kafka_consume_queue(queue_.get(), 0)}) {
  }
  const auto from = position_ ? *position_ : beginning();
  if (rd_kafka_consume_start_queue(topic_.get(), partition, from, queue_.get()) != 0)
    trouble(rd_kafka_err2str(rd_kafka_last_error()));
}

// False: read again from where we are. Compaction leaves gaps in the offsets, so a gap says nothing.
bool TableTopic::hear(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    position_ = std::max(position_.value_or(0), message.offset);
    const std::lock_guard lock(mutex_);
    trouble_.clear();
    return true;
  }
  if (message.err) {
    trouble(rd_kafka_message_errstr(&message));
    const bool elsewhere =
        message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || message.err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
    if (elsewhere) {
      position_.reset();  // it lost its end, or was made anew: what counts is what it holds now
      if (options_.anew) options_.anew();
    }
    return false;
  }
  if (message.offset < position_.value_or(0)) return true;
  position_ = message.offset + 1;
  heard_at_ = Clock::now();
  const auto key = text_of(message.key, message.key_len);
  last_is_beat_ = key == beat_key;
  if (last_is_beat_) return true;
  unsettled_ = true;
  const auto value = text_of(message.payload, message.len);
  options_.told(key, message.payload == nullptr ? std::nullopt : std::optional(value));
  return true;
}

// False: try again.
bool TableTopic::settle() {
  if (unsettled_ && options_.settle) {
    if (const auto settled = options_.settle(position_.value_or(0)); !settled) {
      trouble(settled.error().detail);
      if (settled.error().retry == Retry::can_help) return false;
      if (options_.kafka.tell) options_.kafka.tell(settled.error().detail);
      const std::lock_guard lock(mutex_);
      ended_ = settled.error();
      moved_.notify_all();
      return true;
    }
  }
  unsettled_ = false;
  {
    const std::lock_guard lock(mutex_);
    settled_to_ = position_.value_or(0);
  }
  moved_.notify_all();
  return true;
}

void TableTopic::pause() {
  std::unique_lock lock(mutex_);
  moved_.wait_for(lock, std::chrono::milliseconds(read_wait_ms), [this] { return stopping_.load(); });
}

// The brokers do not compact the segment that is written to, and close it only when something more is appended. So the
// last change of a table that nobody changes any more would keep what it replaced for ever.
void TableTopic::beat_if_quiet() {
  const auto now = Clock::now();
  if (last_is_beat_ || now - heard_at_ < options_.times.compacted_within + beat_after) return;
  heard_at_ = now;
  writer_.send_if_idle({std::string(beat_key), std::string()});
}

void TableTopic::trouble(const std::string& what) {
  const std::lock_guard lock(mutex_);
  trouble_ = what;
}

std::string TableTopic::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

// Its leader's word, which a leader gives only when it knows what was acknowledged before it became one.
Result<std::int64_t> TableTopic::end_now(Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    const auto within = static_cast<int>(std::clamp(left, std::chrono::milliseconds{1}, ask_place_within).count());
    const auto end = ask_where_it_ends(asking_.get(), options_.kafka.topic, within);
    if (end) return *end;
    if (Clock::now() >= until || stopping_ || options_.kafka.limit->passed()) {
      return failure(eventstore::broker_unreachable,
                     "The brokers " + options_.kafka.brokers + " do not say where topic " + options_.kafka.topic +
                         " ends: " + rd_kafka_err2str(end.error()) + ".",
                     Retry::can_help);
    }
    pause();
  }
}

Result<void> TableTopic::read_to_end(std::chrono::milliseconds within) {
  const auto end = end_now(Clock::now() + within);
  return end ? wait_for(*end, within, Clock::time_point::max()) : std::unexpected(end.error());
}

Result<void> TableTopic::read_to_end_by(Clock::time_point until) {
  const auto end = end_now(until);
  return end ? wait_for(*end, std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()), until)
             : std::unexpected(end.error());
}

// While something comes, no longer than `until`; while nothing does, no longer than `within`.
Result<void> TableTopic::wait_for(std::int64_t end, std::chrono::milliseconds within, Clock::time_point until) {
  std::unique_lock lock(mutex_);
  for (auto before = settled_to_ - 1; settled_to_ != before && Clock::now() < until;) {
    before = settled_to_;
    wait_until(moved_, lock, std::min(Clock::now() + within, until), *options_.kafka.limit,
               [&] { return ended_ || stopping_ || settled_to_ >= end || settled_to_ != before; });
    if (ended_) return std::unexpected(*ended_);
    if (settled_to_ >= end) {
      trouble_.clear();  // a connection that broke may have been told of after all was read
      return {};
    }
    if (stopping_) break;
  }
  return failure(eventstore::broker_unreachable,
                 "The brokers " + options_.kafka.brokers + " did not show the end of topic " + options_.kafka.topic +
                     (trouble_.empty() ? "." : ": " + trouble_),
                 Retry::can_help);
}

}  // namespace pioneer::adapters::kafka
