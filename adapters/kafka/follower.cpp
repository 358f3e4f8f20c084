#include "adapters/kafka/follower.hpp"

#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "eventstore/limits.hpp"

namespace pioneer::adapters::kafka {

using namespace eventstore;

namespace {

constexpr std::int32_t partition = 0;
/// Two looks that miss the copy's last record belong together if no more time is between them.
constexpr std::chrono::seconds lost_again_within{5};
/// Gathered beyond this is written before more is read, for each write is synced. No more: whoever looks up one record
/// of the copy reads its whole batch, which is kept in memory for the next one up to 1 MiB (adapters/segments).
constexpr std::size_t gathered_bytes_max = 896u << 10;

/// A connection takes less, where there is one to be had.
constexpr std::chrono::seconds look_again_after{1};
/// A fetch takes less, while there is something to fetch.
constexpr int held_back_ms = 5;

ByteView bytes_of_message(const rd_kafka_message_t& message) {
  return {static_cast<const std::byte*>(message.payload), message.len};
}

}  // namespace

Follower::Follower(LocalCopy& copy, Options options, Progress& progress)
    : copy_(copy), options_(std::move(options)), progress_(progress) {}

Follower::~Follower() { stop(); }

Result<void> Follower::start() {
  Settings settings(options_);
  set_for_reading(settings);
  settings.set("fetch.message.max.bytes", "4194304").set("queued.max.messages.kbytes", "16384");
  rd_kafka_conf_set_opaque(settings.raw(), this);
  rd_kafka_conf_set_socket_cb(settings.raw(), [](int domain, int type, int protocol, void* follower) {
    static_cast<Follower*>(follower)->sockets_.fetch_add(1);
    return socket(domain, type | SOCK_CLOEXEC, protocol);
  });
  rd_kafka_conf_set_error_cb(settings.raw(), [](rd_kafka_t*, int, const char* reason, void* follower) {
    static_cast<Follower*>(follower)->trouble(reason);
  });
  auto client = settings.make(RD_KAFKA_CONSUMER);
  if (!client) return std::unexpected(client.error());
  client_ = std::move(*client);
  auto topic = topic_of(client_.get(), options_.topic);
  if (!topic) return std::unexpected(topic.error());
  topic_ = std::move(*topic);
  queue_.reset(rd_kafka_queue_new(client_.get()));
  fold_ = copy_.state();
  compare_again();
  thread_ = std::thread([this] { run(); });
  ::pthread_setname_np(thread_.native_handle(), "follow");  // as `top -H` shows it
  return {};
}

void Follower::stop() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
  if (topic_) rd_kafka_consume_stop(topic_.get(), partition);
  queue_.reset();
  topic_.reset();
  client_.reset();
}

void Follower::wake() {
  progress_.moved.notify_all();
  if (queue_) rd_kafka_queue_yield(queue_.get());
}

// Also while there is trouble: where nobody writes, nothing else comes that would tell when it is over.
bool Follower::look_is_wanted() const {
  const std::lock_guard lock(progress_.mutex);
  return progress_.looks_wanted > look_ || (!progress_.trouble.empty() && Clock::now() - looked_at_ > look_again_after);
}

void Follower::run() {
  busy_at_ = Clock::now();
  while (!stopping_) {
    if (look_is_wanted()) {
      if (!write()) return;
      compare_again();
    }
    const auto messages = take_messages_soon();
    auto next = Next::go_on;
    for (const auto& message : messages) {
      next = judge(*message);
      if (next != Next::go_on) break;
      if (bytes_ > gathered_bytes_max && !(at_end_ ? write() : write_more())) return;
      if (not_taken_) break;
    }
    // Far from the end nobody waits for a record: what came gathers to whole batches.
    const bool gathers = !at_end_ && !messages.empty() && next == Next::go_on && !not_taken_;
    if (!gathers && !write()) return;
    if (next == Next::end) return;
    if (std::exchange(not_taken_, false) || next == Next::compare) compare_again();
  }
}

// When its queue was full, librdkafka (before 2.2) fetches no more until a second has passed or there is something to
// ask the broker, however soon the queue is empty. So where there is more to read than came, something is asked: where
// the topic ends, of which the answer does not matter.
Messages Follower::take_messages_soon() {
  const bool may_be_held_back = filling_ && !at_end_;
  auto messages = take_messages(client_.get(), queue_.get(), may_be_held_back ? held_back_ms : read_wait_ms);
  filling_ = !messages.empty();
  if (messages.empty() && may_be_held_back) {
    const Owned<rd_kafka_topic_partition_list_t> asked(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(asked.get(), options_.topic.c_str(), partition)->offset = RD_KAFKA_OFFSET_END;
    // (The call for watermarks waits without end for a broker that is away: librdkafka 2.0.)
    static_cast<void>(rd_kafka_offsets_for_times(client_.get(), asked.get(), read_wait_ms));
  }
  return messages;
}

// Reads from the copy's last record again: it must be there, byte for byte.
void Follower::compare_again() {
  looked_at_ = Clock::now();
  rd_kafka_consume_stop(topic_.get(), partition);  // an error where nothing was started, which is well
  while (const Owned<rd_kafka_message_t> stale{rd_kafka_consume_queue(queue_.get(), 0)}) {
  }
  const auto copied_to = copy_.copied_to();
  anchor_.reset();
  if (copied_to) anchor_ = static_cast<std::int64_t>(*copied_to);
  comparing_ = anchor_.has_value();
  expected_ = anchor_.value_or(0);
  fold_ = copy_.state();
  suspect_ = false;
  at_end_ = false;
  look_end_ = -1;
  broker_seen_ = -1;
  sockets_seen_ = sockets_.load();
  {
    const std::lock_guard lock(progress_.mutex);
    look_ = progress_.looks_wanted;
  }
  if (rd_kafka_consume_start_queue(topic_.get(), partition, expected_, queue_.get()) != 0)
    trouble(rd_kafka_err2str(rd_kafka_last_error()));
}

// Where the topic ended when the broker sent what came last.
std::int64_t Follower::end_shown() const {
  std::int64_t first = 0;
  std::int64_t end = 0;
  const auto error = rd_kafka_get_watermark_offsets(client_.get(), options_.topic.c_str(), partition, &first, &end);
  return error || end < 0 ? std::numeric_limits<std::int64_t>::max() : end;
}

// Whether it came over the connection, and from the broker, that the comparison was made with. Another may have lost
// what that one had.
bool Follower::fresh(const rd_kafka_message_t& message) {
  const auto broker = rd_kafka_message_broker_id(&message);
  if (broker_seen_ < 0) broker_seen_ = broker;
  return !suspect_ && sockets_.load() == sockets_seen_ && (broker < 0 || broker == broker_seen_);
}

Follower::Next Follower::judge(const rd_kafka_message_t& message) {
  if (message.err && message.err != RD_KAFKA_RESP_ERR__PARTITION_EOF) return judge_error(message);
  if (!comparing_ && !fresh(message)) return Next::compare;
  heard_ = true;
  if (message.err) {
    if (comparing_) return not_the_same("the topic ends before it");
    at_end_ = true;
    return Next::go_on;
  }
  if (look_end_ < 0) look_end_ = end_shown();
  if (comparing_) return judge_anchor(message);
  if (message.offset != expected_ && message.offset != gap_) {
    // Left out on the way, or a mark that somebody's transaction left: the second reading tells.
    gap_ = message.offset;
    return Next::compare;
  }
  expect_behind(message);
  return judge_record(message);
}

Follower::Next Follower::judge_error(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || message.err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
    return not_the_same(anchor_ ? "the topic does not reach to it" : "the topic no longer has its beginning");
  trouble(rd_kafka_message_errstr(&message));
  suspect_ = true;  // what could not be read, as a batch with a bad checksum, may have been left out
  return Next::go_on;
}

Follower::Next Follower::judge_anchor(const rd_kafka_message_t& message) {
  if (message.offset != *anchor_) return not_the_same("the topic no longer has it");
  if (leaf_hash(bytes_of_message(message)) != last_record_hash(fold_))
    return not_the_same("the topic has another record there");
  comparing_ = false;
  lost_since_.reset();
  broker_seen_ = rd_kafka_message_broker_id(&message);
  expect_behind(message);
  return Next::go_on;
}

// Who appends without a pause shows no reader an end: what was there at the look is enough.
void Follower::expect_behind(const rd_kafka_message_t& message) {
  expected_ = message.offset + 1;
  if (expected_ >= look_end_) at_end_ = true;
}

// Right after a change of leaders the new one may show less than it has: only what stays away is lost.
Follower::Next Follower::not_the_same(const std::string& why) {
  const auto now = Clock::now();
  // What was seen long ago, before the brokers were away, says nothing of those that are there now.
  if (!lost_since_ || now - lost_seen_ > lost_again_within) lost_since_ = now;
  lost_seen_ = now;
  if (now - *lost_since_ < options_.settle) {
    pause();
    return Next::compare;
  }
  return fork(expected_, anchor_ ? "the copy's last record should stand there, but " + why : why);
}

Follower::Next Follower::fork(std::int64_t offset, const std::string& why) {
  if (!write()) return Next::end;
  end({log_forked, "Topic " + options_.topic + ", offset " + std::to_string(offset) + ": " + why +
                       ". The log lost something or was given something; nothing is written to it any more, and "
                       "what this node holds stays as it is."});
  return Next::end;
}

Follower::Next Follower::judge_record(const rd_kafka_message_t& message) {
  const auto record = bytes_of_message(message);
  const auto judgement = accept(fold_, record);
  switch (judgement.verdict) {
    case Verdict::accepted_leaf:
    case Verdict::accepted_fence:
      records_.emplace_back(text_of(record));
      hashes_.push_back(judgement.leaf);
      offsets_.push_back(static_cast<std::uint64_t>(message.offset));
      bytes_ += record.size();
      break;
    case Verdict::void_record:
      note_void(message, record);
      break;
    case Verdict::fork:
      return fork(message.offset, judgement.reason);
    case Verdict::stop:
      if (!write()) return Next::end;
      end({"newer_feature_level", "Topic " + options_.topic + ", offset " + std::to_string(message.offset) + ": " +
                                      judgement.reason + ". Install a newer program; this one serves what it has."});
      return Next::end;
  }
  judged_to_ = std::max(judged_to_, message.offset + 1);
  return Next::go_on;
}

// A copy of a record of ours that counted changes nothing. But where one is void and its place is still open, the one
// before it did not arrive: what we sent since rests on nothing.
void Follower::note_void(const rd_kafka_message_t& message, ByteView record) {
  const auto header = inspect_record(record);
  const std::lock_guard lock(progress_.mutex);
  if (message.offset >= judged_to_) ++progress_.voids;
  if (header && header->log_id == fold_.log_id && header->writer == progress_.own && header->epoch == fold_.epoch &&
      header->sequence >= fold_.next)
    progress_.own_lost = true;
}

bool Follower::written(const Result<void>& done) {
  records_.clear();
  hashes_.clear();
  offsets_.clear();
  bytes_ = 0;
  if (done) return true;
  if (done.error().code != "disk_full") {
    end({"copy_failed", "The local copy takes no more: " + done.error().detail});
    return false;
  }
  // A first part may be there; from where the copy ends they are read again.
  trouble(done.error().detail);
  not_taken_ = true;
  pause();
  return true;
}

// Writes what is gathered; that it is durable, and how far the copy is, the next write() says. False: as there.
bool Follower::write_more() {
  unwritten_ = true;
  busy_at_ = Clock::now();
  return written(copy_.append_more(records_, offsets_, hashes_));
}

// Writes what is gathered, then says how far the copy is. False: the copy takes no more.
bool Follower::write() {
  const bool any = std::exchange(unwritten_, false) || !records_.empty();
  if (any && !written(copy_.append(records_, offsets_))) return false;
  const auto now = Clock::now();
  if (any) busy_at_ = now;
  if (now - busy_at_ > limits::tail_protection_after) static_cast<void>(copy_.protect_tail());  // shows at the next
  {
    const std::lock_guard lock(progress_.mutex);
    progress_.state = copy_.state();
    const bool well = !suspect_ && !not_taken_;
    if (well && std::exchange(heard_, false)) progress_.trouble.clear();
    if (well && at_end_) progress_.looks_done = look_;
  }
  progress_.moved.notify_all();
  return true;
}

void Follower::pause() {
  std::unique_lock lock(progress_.mutex);
  progress_.moved.wait_for(lock, std::chrono::milliseconds(read_wait_ms), [this] { return stopping_.load(); });
}

void Follower::end(Error error) {
  if (options_.tell) options_.tell(error.detail);
  {
    const std::lock_guard lock(progress_.mutex);
    progress_.state = copy_.state();
    progress_.ended = std::move(error);
  }
  progress_.moved.notify_all();
}

void Follower::trouble(const std::string& what) {
  const std::lock_guard lock(progress_.mutex);
  progress_.trouble = what;
}

}  // namespace pioneer::adapters::kafka
