#include "adapters/kafka/follower.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "eventstore/limits.hpp"

namespace pioneer::adapters::kafka {

using namespace eventstore;

namespace {

constexpr std::chrono::milliseconds pause_for{100};
/// Two looks that miss the copy's last record belong together if no more time is between them.
constexpr std::chrono::seconds lost_again_within{5};
/// Gathered beyond this is written before more is read, for each write is synced. No more: whoever looks up one record
/// of the copy reads its whole batch, which is kept in memory for the next one up to 1 MiB (adapters/segments).
constexpr std::size_t gathered_bytes_max = 896u << 10;

/// A connection takes less, where there is one to be had.
constexpr std::chrono::seconds look_again_after{1};

}  // namespace

Follower::Follower(LocalCopy& copy, Options options, TopicAccess& access, Progress& progress)
    : copy_(copy), writer_(copy), options_(std::move(options)), access_(access), progress_(progress) {}

Follower::~Follower() { stop(); }

Result<void> Follower::start() {
  auto reader = access_.reader([this](const std::string& what) { trouble(what); });
  if (!reader) return std::unexpected(reader.error());
  reader_ = std::move(*reader);
  busy_at_ = access_.now();
  compare_again();
  return {};
}

void Follower::run() {
  writer_.start();
  thread_ = std::thread([this] {
    while (!stopping_ && step()) {
    }
  });
  ::pthread_setname_np(thread_.native_handle(), "follow");  // as `top -H` shows it
}

void Follower::stop() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
  writer_.stop();
  reader_.reset();
}

void Follower::wake() {
  progress_.moved.notify_all();
  if (reader_) reader_->wake();
}

// Also while there is trouble: where nobody writes, nothing else comes that would tell when it is over.
bool Follower::look_is_wanted() const {
  const std::lock_guard lock(progress_.mutex);
  return progress_.looks_wanted > look_ ||
         (!progress_.trouble.empty() && access_.now() - looked_at_ > look_again_after);
}

bool Follower::step() {
  if (look_is_wanted()) {
    if (!write()) return false;
    compare_again();
  }
  auto next = Next::go_on;
  bool any = false;
  reader_->read([&](const TopicMessage& message) {
    any = true;
    next = judge(message);
    if (next == Next::go_on && gathered_.bytes > gathered_bytes_max && !(at_end_ ? write() : write_more()))
      next = Next::end;
    return next == Next::go_on && !not_taken_;
  });
  // Far from the end nobody waits for a record: what came gathers to whole batches.
  const bool gathers = !at_end_ && any && next == Next::go_on && !not_taken_;
  if (!gathers && !write()) return false;
  if (next == Next::end) return false;
  if (std::exchange(not_taken_, false) || next == Next::compare) compare_again();
  return true;
}

// Reads from the copy's last record again: it must be there, byte for byte.
void Follower::compare_again() {
  looked_at_ = access_.now();
  const auto copied_to = copy_.copied_to();
  anchor_.reset();
  if (copied_to) anchor_ = static_cast<std::int64_t>(*copied_to);
  comparing_ = anchor_.has_value();
  expected_ = anchor_.value_or(0);
  gaps_.erase(gaps_.begin(), gaps_.lower_bound(expected_));
  fold_ = copy_.state();
  suspect_ = false;
  at_end_ = false;
  look_end_ = -1;
  broker_seen_ = -1;
  connections_seen_ = reader_->connections();
  {
    const std::lock_guard lock(progress_.mutex);
    look_ = progress_.looks_wanted;
  }
  if (const auto started = reader_->read_from(expected_); !started) trouble(started.error().detail);
}

// Whether it came over the connection, and from the broker, that the comparison was made with. Another may have lost
// what that one had.
bool Follower::fresh(const TopicMessage& message) {
  if (broker_seen_ < 0) broker_seen_ = message.broker;
  return !suspect_ && reader_->connections() == connections_seen_ &&
         (message.broker < 0 || message.broker == broker_seen_);
}

Follower::Next Follower::judge(const TopicMessage& message) {
  if (message.kind == TopicMessage::Kind::not_there)
    return not_the_same(anchor_ ? "the topic does not reach to it" : "the topic no longer has its beginning");
  if (message.kind == TopicMessage::Kind::trouble) {
    trouble(message.why);
    suspect_ = true;  // what could not be read, as a batch with a bad checksum, may have been left out
    return Next::go_on;
  }
  if (!comparing_ && !fresh(message)) return Next::compare;
  heard_ = true;
  if (message.kind == TopicMessage::Kind::end) {
    if (comparing_) return not_the_same("the topic ends before it");
    at_end_ = true;
    return Next::go_on;
  }
  if (look_end_ < 0) look_end_ = reader_->end_shown();
  if (comparing_) return judge_anchor(message);
  if (message.offset == expected_) {
    gaps_.erase(expected_);
  } else if (!is_gap_again(message.offset)) {
    return Next::compare;
  }
  expect_behind(message);
  return judge_record(message);
}

// Left out on the way, or a mark that somebody's transaction left: the second reading tells. Each gap behind the copy's
// last record is known by itself, for between two of them there may be nothing that counts.
bool Follower::is_gap_again(std::int64_t to) {
  const auto [gap, is_new] = gaps_.try_emplace(expected_, to);
  return !is_new && std::exchange(gap->second, to) == to;
}

Follower::Next Follower::judge_anchor(const TopicMessage& message) {
  if (message.offset != *anchor_) return not_the_same("the topic no longer has it");
  if (leaf_hash(message.record) != last_record_hash(fold_)) return not_the_same("the topic has another record there");
  comparing_ = false;
  lost_since_.reset();
  broker_seen_ = message.broker;
  expect_behind(message);
  return Next::go_on;
}

// Who appends without a pause shows no reader an end: what was there at the look is enough.
void Follower::expect_behind(const TopicMessage& message) {
  expected_ = message.offset + 1;
  if (expected_ >= look_end_) at_end_ = true;
}

// Right after a change of leaders the new one may show less than it has: only what stays away is lost.
Follower::Next Follower::not_the_same(const std::string& why) {
  const auto now = access_.now();
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

Follower::Next Follower::judge_record(const TopicMessage& message) {
  const auto& record = message.record;
  const PastReign before{fold_.writer, fold_.next};
  const auto judgement = accept(fold_, record);
  switch (judgement.verdict) {
    case Verdict::accepted_fence:
      past_ = before;
      [[fallthrough]];
    case Verdict::accepted_leaf:
      gathered_.add(record, judgement.leaf, static_cast<std::uint64_t>(message.offset));
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
void Follower::note_void(const TopicMessage& message, ByteView record) {
  const auto header = inspect_record(record);
  const std::lock_guard lock(progress_.mutex);
  if (message.offset >= judged_to_) ++progress_.voids;
  if (header && header->log_id == fold_.log_id && header->writer == progress_.own && header->epoch == fold_.epoch &&
      header->sequence >= fold_.next)
    progress_.own_lost = true;
}

bool Follower::written(const Result<void>& done) {
  if (done) return true;
  refused_ = true;
  unwritten_ = false;  // nothing of it is there: no write() of nothing may say that it was taken
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

// Gives away what is gathered; that it is durable, and how far the copy is, the next write() says. False: as there.
bool Follower::write_more() {
  unwritten_ = true;
  busy_at_ = access_.now();
  return written(writer_.write_more(gathered_));
}

// Writes what is gathered, then says how far the copy is. False: the copy takes no more.
bool Follower::write() {
  const bool any = std::exchange(unwritten_, false) || !gathered_.empty();
  if (any) {
    const auto done = writer_.write(gathered_);
    if (!written(done)) return false;
    if (done) refused_ = false;
  }
  const auto now = access_.now();
  if (any) busy_at_ = now;
  if (now - busy_at_ > limits::tail_protection_after) static_cast<void>(copy_.protect_tail());  // shows at the next
  {
    const std::lock_guard lock(progress_.mutex);
    progress_.state = copy_.state();
    progress_.past = past_;
    const bool well = !suspect_ && !not_taken_;
    // Brokers that are well say nothing of the copy.
    if (well && !refused_ && std::exchange(heard_, false)) progress_.trouble.clear();
    if (well && at_end_) progress_.looks_done = look_;
  }
  progress_.tell();
  return true;
}

void Follower::pause() {
  std::unique_lock lock(progress_.mutex);
  access_.wait(progress_.moved, lock, pause_for, [this] { return stopping_.load(); });
}

void Follower::end(Error error) {
  if (options_.tell) options_.tell(error.detail);
  {
    const std::lock_guard lock(progress_.mutex);
    progress_.state = copy_.state();
    progress_.ended = std::move(error);
  }
  progress_.tell();
}

void Follower::trouble(const std::string& what) {
  const std::lock_guard lock(progress_.mutex);
  progress_.trouble = what;
}

}  // namespace pioneer::adapters::kafka
