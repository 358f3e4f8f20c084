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
    if (auto done = fence ? append_fence(part.front()) : append_leaves(part); !done) return give_up(done.error());
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
  }
  if (auto looked = catch_up(options_.append_within); !looked) return looked;
  auto producer = parts_->access->producer([&progress](const std::string& why) {
    {
      const std::lock_guard lock(progress.mutex);
      if (progress.failed.empty()) progress.failed = why;
    }
    progress.moved.notify_all();
  });
  if (!producer) return std::unexpected(producer.error());
  parts_->producer = std::move(*producer);
  return {};
}

Result<void> KafkaLog::append_fence(const std::string& fence) {
  if (auto begun = begin_reign(inspect_record(bytes_of(fence))->writer); !begun) return begun;
  auto after = state();
  if (accept(after, bytes_of(fence)).verdict != Verdict::accepted_fence) {
    return failure("outpaced", "The log is in epoch " + std::to_string(after.epoch.value) + " already.",
                   Retry::can_help);
  }
  auto read_back = send(std::span(&fence, 1), after);
  if (!read_back && read_back.error().code == "reign_ended")
    return failure("outpaced", read_back.error().detail, Retry::can_help);
  return read_back;
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
  if (auto done = send(records, after); !done) return give_up(done.error());
  return {};
}

Result<void> KafkaLog::append_leaves(std::span<const std::string> leaves) {
  auto after = state();
  {
    const std::lock_guard lock(parts_->progress.mutex);
    if (parts_->progress.ended) return std::unexpected(*parts_->progress.ended);
    if (!parts_->producer || after.writer != parts_->progress.own) return std::unexpected(reign_ended(after.epoch));
  }
  for (const auto& leaf : leaves) {
    const auto judgement = accept(after, bytes_of(leaf));
    // Between a fence and what was built before it others may have written.
    if (judgement.verdict == Verdict::fork && !after.open)
      return failure("outpaced", judgement.reason, Retry::can_help);
    CHECK(judgement.verdict == Verdict::accepted_leaf);
  }
  return send(leaves, after);
}

// Until what was sent is accepted, or cannot be any more.
Result<void> KafkaLog::send(std::span<const std::string> records, const LogState& after) {
  if (!parts_->producer->send(records)) return std::unexpected(outcome_unknown("there was no room to send them"));
  auto& progress = parts_->progress;
  const auto& state = progress.state;
  const auto ours = [&] { return state.epoch == after.epoch && state.writer == after.writer; };
  const auto arrived = [&] { return ours() && (!after.open || state.open) && state.next >= after.next; };
  const auto over = [&] { return state.epoch > after.epoch || (state.epoch == after.epoch && !ours()); };
  std::unique_lock lock(progress.mutex);
  const bool known = parts_->access->wait(progress.moved, lock, options_.append_within, [&] {
    return arrived() || over() || progress.ended || progress.own_lost || !progress.failed.empty();
  });
  if (arrived()) return {};
  if (progress.ended) return std::unexpected(*progress.ended);
  if (over()) return std::unexpected(reign_ended(state.epoch));
  if (!progress.failed.empty()) return std::unexpected(outcome_unknown(progress.failed));
  if (known) return std::unexpected(outcome_unknown("the topic shows a later one and not this one"));
  return std::unexpected(
      outcome_unknown(progress.trouble.empty() ? "they were not read back in time" : progress.trouble));
}

}  // namespace pioneer::adapters::kafka
