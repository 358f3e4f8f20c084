// How the Writer writes in a log that nodes share, while the log is its own: batches go one behind the other, and each
// is answered when the log says that it is durable. All runs on the writing thread, but for told_appended().
#include <utility>

#include "eventstore/limits.hpp"
#include "eventstore/unavailable.hpp"
#include "eventstore/writer.hpp"

namespace pioneer::eventstore {

namespace {

/// A batch costs the log's client and the brokers much the same, however small it is. So beside others it gathers to a
/// fourth of what they hold; alone, or beside few, it waits for nothing.
constexpr std::size_t batches_under_way = 4;

}  // namespace

bool Writer::send_step() {
  const bool answered = answer_appended();
  if (phase_ != Phase::reigning) return answered;
  {
    const std::lock_guard lock(mutex_);
    if (!may_send()) return answered;
  }
  if (auto batch = take_gathered()) {
    send(std::move(*batch));
    return true;
  }
  if (answered || !sent_.empty() || !deposed()) return answered;
  end_reign(unavailable("taking_over"));
  return true;
}

// Under the lock. Bounds what waits in memory, here and in the log's client.
bool Writer::may_send() const {
  if (gathering_.answers.size() * batches_under_way < sent_answers_) return false;
  return sent_answers_ < limits::batch_records_max && sent_bytes_ < limits::batch_bytes_max;
}

// The records are the log's from here on.
Result<void> Writer::begin(Batch& batch) {
  if (batch.records.empty()) return {};
  if (auto ready = follower_.before_write(); !ready) return ready;
  batch.sent_us = clock_.since_boot().value;
  return log_.begin_append(std::exchange(batch.records, {}));
}

void Writer::send(Batch batch) {
  const auto begun = begin(batch);
  if (!batch.commits.empty()) {
    batch.end = batch.commits.back().sequence.plus(1);
  } else if (!sent_.empty()) {
    batch.end = sent_.back().end;
  }
  sent_answers_ += batch.answers.size();
  sent_bytes_ += batch.bytes;
  sent_.push_back(std::move(batch));
  turns_.fetch_add(1, std::memory_order_relaxed);
  writing_now_.store(false, std::memory_order_relaxed);
  // What of it is in a shared log, its positions do not say: others may stand there.
  if (!begun) {
    end_reign(begun.error());
  } else {
    answer_appended();
  }
}

// False: nothing that is on its way has arrived.
bool Writer::answer_appended() {
  appended_more_ = false;
  if (sent_.empty()) return false;
  const auto end = log_.appended();
  if (!end) {
    end_reign(end.error());
    return true;
  }
  bool any = false;
  while (!sent_.empty() && sent_.front().end <= *end) {
    auto& first = sent_.front();
    // Refusals rest on what the log held; that others write it by now, an append would have shown.
    if (first.commits.empty() && deposed()) {
      end_reign(unavailable("taking_over"));
      return true;
    }
    auto batch = std::move(first);
    sent_.pop_front();
    sent_answers_ -= batch.answers.size();
    sent_bytes_ -= batch.bytes;
    if (!batch.commits.empty()) {
      pause_us_ = 0;
      count_written(batch.sent_us);
    }
    tell_all(batch);
    any = true;
  }
  if (any) turns_.fetch_add(1, std::memory_order_relaxed);
  return any;
}

// Any thread.
void Writer::told_appended() {
  {
    const std::lock_guard lock(mutex_);
    appended_more_ = true;
  }
  gathered_.notify_one();
}

}  // namespace pioneer::eventstore
