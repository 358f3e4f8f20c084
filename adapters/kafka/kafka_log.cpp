#include "adapters/kafka/kafka_log.hpp"

#include <algorithm>
#include <utility>

#include "adapters/kafka/broker_access.hpp"
#include "adapters/kafka/follower.hpp"
#include "adapters/kafka/progress.hpp"
#include "eventstore/check.hpp"

namespace pioneer::adapters::kafka {

using namespace eventstore;

namespace {

/// How often whoever reads for long is told how far it is.
constexpr std::chrono::seconds look_every{1};

bool is_fence(const std::string& record) {
  const auto header = inspect_record(bytes_of(record));
  CHECK(header);
  return header->kind == RecordKind::fence;
}

Error reign_ended(Epoch epoch) {
  return {"reign_ended", "Another node has taken the log over; it is in epoch " + std::to_string(epoch.value) + " now.",
          Retry::can_help};
}

Error outcome_unknown(const std::string& why) {
  return {"outcome_unknown", "Whether the records are in the log is not known: " + why + ".", Retry::can_help};
}

}  // namespace

struct KafkaLog::Parts {
  Parts(LocalCopy& copy, const Options& options, std::unique_ptr<TopicAccess> by)
      : access(std::move(by)), follower(copy, options, *access, progress) {}
  std::unique_ptr<TopicAccess> access;
  Progress progress;
  Follower follower;
  std::unique_ptr<TopicProducer> producer;  ///< of this reign; none: a fence comes first
  LogState sent;                            ///< of this reign: the fold when all that was sent has arrived
  Sequence known;                           ///< of this reign: appended() said so
  TopicAccess::Clock::time_point moved_at;  ///< when it last said more, or all had arrived
};

KafkaLog::KafkaLog(LocalCopy& copy, const Topic& topic, Options options, std::unique_ptr<TopicAccess> access)
    : copy_(copy),
      options_(std::move(options)),
      durability_(topic.durability()),
      parts_(std::make_unique<Parts>(copy_, options_, std::move(access))) {
  CHECK(topic.name() == options_.topic);
}

KafkaLog::~KafkaLog() { stop(); }

Result<std::unique_ptr<KafkaLog>> KafkaLog::open(LocalCopy& copy, const Topic& topic, Options options,
                                                 std::unique_ptr<TopicAccess> access) {
  std::unique_ptr<KafkaLog> log(new KafkaLog(copy, topic, std::move(options), std::move(access)));
  log->parts_->progress.state = copy.state();
  if (auto started = log->parts_->follower.start(); !started) return std::unexpected(started.error());
  return log;
}

Result<std::unique_ptr<KafkaLog>> KafkaLog::open(LocalCopy& copy, const Topic& topic, Options options) {
  auto access = std::make_unique<BrokerAccess>(options);
  auto log = open(copy, topic, std::move(options), std::move(access));
  if (log) (*log)->parts_->follower.run();
  return log;
}

bool KafkaLog::follow() { return parts_->follower.step(); }

void KafkaLog::stop() {
  parts_->producer.reset();
  parts_->follower.stop();
}

LogState KafkaLog::state() const {
  const std::lock_guard lock(parts_->progress.mutex);
  return parts_->progress.state;
}

LogIncidents KafkaLog::incidents() const {
  const std::lock_guard lock(parts_->progress.mutex);
  return {parts_->progress.voids, parts_->progress.ended};
}

std::string KafkaLog::trouble() const {
  const std::lock_guard lock(parts_->progress.mutex);
  return parts_->progress.trouble;
}

Result<void> KafkaLog::catch_up(std::chrono::milliseconds within) { return looked(want_look(), within); }

std::uint64_t KafkaLog::want_look() {
  std::uint64_t look = 0;
  {
    const std::lock_guard lock(parts_->progress.mutex);
    look = ++parts_->progress.looks_wanted;
  }
  parts_->follower.wake();
  return look;
}

Result<void> KafkaLog::looked(std::uint64_t look, std::chrono::milliseconds within) {
  auto& progress = parts_->progress;
  std::unique_lock lock(progress.mutex);
  const bool in_time =
      parts_->access->wait(progress.moved, lock, within, [&] { return progress.ended || progress.looks_done >= look; });
  if (progress.ended) return std::unexpected(*progress.ended);
  if (in_time) return {};
  return failure(eventstore::broker_unreachable,
                 "The brokers " + options_.brokers + " did not show the end of topic " + options_.topic +
                     (progress.trouble.empty() ? "." : ": " + progress.trouble),
                 Retry::can_help);
}

Result<void> KafkaLog::read_all(const std::function<void(Sequence)>& told) {
  const auto& access = *parts_->access;
  auto last = end();
  const auto look = want_look();
  // What is not there after `settle` is lost: that is told before patience ends.
  const auto patience = options_.ask_within + options_.settle;
  for (auto until = access.now() + patience;;) {
    auto done = looked(look, look_every);
    if (done || done.error().retry == Retry::cannot_help || options_.limit->passed()) return done;
    if (last == std::exchange(last, end())) {
      if (access.now() > until) return done;
      continue;
    }
    until = access.now() + patience;
    if (told) told(end());
  }
}

Result<void> KafkaLog::append(std::span<const std::string> records) {
  while (!records.empty()) {
    const bool fence = is_fence(records.front());
    const auto next_fence = fence ? records.begin() + 1 : std::ranges::find_if(records, is_fence);
    const auto part = records.first(static_cast<std::size_t>(next_fence - records.begin()));
    auto done = fence ? send_fence(part.front()) : send_leaves(part);
    if (done) done = wait_for_what_was_sent();
    if (!done && fence && done.error().code == "reign_ended")
      done = failure("outpaced", done.error().detail, Retry::can_help);
    if (!done) return give_up(done.error());
    records = records.subspan(part.size());
  }
  return {};
}

std::unexpected<Error> KafkaLog::give_up(Error error) {
  parts_->producer.reset();
  return std::unexpected(std::move(error));
}

// With a producer of its own, after a look at what the topic holds now.
Result<void> KafkaLog::begin_reign(const WriterId& writer) {
  auto& progress = parts_->progress;
  parts_->producer.reset();
  {
    const std::lock_guard lock(progress.mutex);
    progress.own = writer;
    progress.own_lost = false;
    progress.failed.clear();
    parts_->sent = {};
    parts_->known = {};
  }
  if (auto looked = catch_up(options_.append_within); !looked) return looked;
  auto producer = parts_->access->producer([&progress](const std::string& why) {
    {
      const std::lock_guard lock(progress.mutex);
      if (progress.failed.empty()) progress.failed = why;
    }
    progress.tell();
  });
  if (!producer) return std::unexpected(producer.error());
  parts_->producer = std::move(*producer);
  return {};
}

Result<void> KafkaLog::send_fence(const std::string& fence) {
  if (auto begun = begin_reign(inspect_record(bytes_of(fence))->writer); !begun) return begun;
  auto after = state();
  if (accept(after, bytes_of(fence)).verdict != Verdict::accepted_fence) {
    return failure("outpaced", "The log is in epoch " + std::to_string(after.epoch.value) + " already.",
                   Retry::can_help);
  }
  return send(std::span(&fence, 1), after);
}

Result<void> KafkaLog::replicate(std::span<const std::string> records) {
  if (!parts_->producer) {
    // Nobody's: whose records these are, they say themselves.
    if (auto begun = begin_reign({}); !begun) return give_up(begun.error());
  }
  auto after = state();
  for (const auto& record : records) {
    const auto verdict = accept(after, bytes_of(record)).verdict;
    if (verdict != Verdict::accepted_leaf && verdict != Verdict::accepted_fence) {
      return failure("history_differs", "Topic " + options_.topic + " holds " + std::to_string(after.next.value) +
                                            " commits, and this record does not follow them.");
    }
  }
  auto done = send(records, after);
  if (done) done = wait_for_what_was_sent();
  return done ? done : give_up(done.error());
}

// What is sent next must follow this. Between a fence and what was built before it others may have written.
Result<LogState> KafkaLog::behind_what_was_sent() const {
  const auto& progress = parts_->progress;
  const std::lock_guard lock(progress.mutex);
  if (progress.ended) return std::unexpected(*progress.ended);
  if (!parts_->producer || progress.state.writer != progress.own) {
    return std::unexpected(reign_ended(progress.state.epoch));
  }
  const bool under_way = parts_->sent.writer == progress.own && parts_->sent.next > progress.state.next;
  return under_way ? parts_->sent : progress.state;
}

Result<void> KafkaLog::send_leaves(std::span<const std::string> leaves) {
  auto after = behind_what_was_sent();
  if (!after) return std::unexpected(after.error());
  for (const auto& leaf : leaves) {
    const auto judgement = accept(*after, bytes_of(leaf));
    if (judgement.verdict == Verdict::fork && !after->open)
      return failure("outpaced", judgement.reason, Retry::can_help);
    CHECK(judgement.verdict == Verdict::accepted_leaf);
  }
  return send(leaves, *after);
}

Result<void> KafkaLog::begin_append(std::span<const std::string> leaves) {
  auto sent = send_leaves(leaves);
  return sent ? sent : give_up(sent.error());
}

Result<Sequence> KafkaLog::appended() {
  const auto& progress = parts_->progress;
  std::unique_lock lock(progress.mutex);
  auto end = parts_->known;
  if (progress.state.writer == progress.own) {
    end = progress.state.next;
  } else if (progress.past.writer == progress.own) {
    end = progress.past.end;
  }
  const auto now = parts_->access->now();
  if (end > std::exchange(parts_->known, end) || end >= parts_->sent.next) {
    parts_->moved_at = now;
    return end;
  }
  auto why = why_not();
  if (!why && now - parts_->moved_at > options_.append_within) why = not_in_time();
  if (!why) return end;
  lock.unlock();
  return give_up(std::move(*why));
}

void KafkaLog::on_appended(const std::function<void()>& told) {
  const std::lock_guard lock(parts_->progress.listening);
  parts_->progress.listener = told;
}

Result<void> KafkaLog::send(std::span<const std::string> records, const LogState& after) {
  if (state().next >= parts_->sent.next) parts_->moved_at = parts_->access->now();
  parts_->sent = after;
  if (parts_->producer->send(records)) return {};
  return std::unexpected(outcome_unknown("there was no room to send them"));
}

// Caller holds the mutex. Why nobody can tell whether what was sent arrives, or that it will not; nothing: it may.
std::optional<Error> KafkaLog::why_not() const {
  const auto& progress = parts_->progress;
  const auto& state = progress.state;
  const auto& sent = parts_->sent;
  if (progress.ended) return progress.ended;
  if (state.epoch > sent.epoch || (state.epoch == sent.epoch && state.writer != sent.writer))
    return reign_ended(state.epoch);
  if (!progress.failed.empty()) return outcome_unknown(progress.failed);
  if (progress.own_lost) return outcome_unknown("the topic shows a later one and not this one");
  return std::nullopt;
}

// Caller holds the mutex.
Error KafkaLog::not_in_time() const {
  const auto& trouble = parts_->progress.trouble;
  return outcome_unknown(trouble.empty() ? "they were not read back in time" : trouble);
}

// Until it is accepted, or cannot be any more.
Result<void> KafkaLog::wait_for_what_was_sent() {
  auto& progress = parts_->progress;
  const auto& state = progress.state;
  const auto& sent = parts_->sent;
  const auto arrived = [&] {
    return state.epoch == sent.epoch && state.writer == sent.writer && (!sent.open || state.open) &&
           state.next >= sent.next;
  };
  std::unique_lock lock(progress.mutex);
  std::optional<Error> why;
  const bool known = parts_->access->wait(progress.moved, lock, options_.append_within, [&] {
    if (arrived()) return true;
    why = why_not();
    return why.has_value();
  });
  if (arrived()) return {};
  return std::unexpected(known ? *why : not_in_time());
}

}  // namespace pioneer::adapters::kafka
