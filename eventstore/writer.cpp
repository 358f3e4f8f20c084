#include "eventstore/writer.hpp"

#include <algorithm>

#include "eventstore/check.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/stay_awake.hpp"
#include "eventstore/unavailable.hpp"

namespace pioneer::eventstore {
namespace {

/// Commands judged before they are handed to a busy write_step(): bounds how long one hand-over holds the mutex.
constexpr std::size_t hand_over_max = 64;
/// How often the deciding thread looks whether what waits for a reign has waited too long.
constexpr std::chrono::milliseconds reign_look_every{100};

}  // namespace

bool Writer::Batch::full() const {
  return answers.size() >= limits::batch_records_max || bytes + limits::record_bytes_max > limits::batch_bytes_max;
}

void Writer::Batch::reserve(std::size_t commands) {
  records.reserve(commands);
  commits.reserve(commands);
  answers.reserve(commands);
}

Writer::Writer(Log& log, Clock& clock, Random& random, Decider& decider, Follower& follower, std::size_t queue_max)
    : log_(log), clock_(clock), random_(random), decider_(decider), follower_(follower), queue_max_(queue_max) {}

Writer::~Writer() {
  if (shared_) log_.on_appended({});
}

void Writer::submit(std::unique_ptr<Pending> pending) {
  bool stopping = false;
  {
    std::unique_lock lock(mutex_);
    stopping = stopping_;
    if (!stopping && queue_.size() + taken_left_.load(std::memory_order_relaxed) < queue_max_) {
      queue_.push_back(std::move(pending));
      queued_.store(true, std::memory_order_relaxed);
      const bool first = queue_.size() == 1;
      lock.unlock();
      if (first) arrived_.notify_one();
      return;
    }
  }
  auto error = stopping ? unavailable("stopping")
                        : Error{"queue_full", "Too many commands are waiting; try again in a moment.", Retry::can_help};
  pending->answer({Answer::Kind::unavailable, {}, std::move(error)});
}

Result<Instant> Writer::stamp() {
  const Instant now = clock_.now();
  if (behind(last_stamp_, now)) {
    note_clock("clock_behind_log");
    return std::unexpected(unavailable("clock_behind_log"));
  }
  const std::int64_t offset = now.value - clock_.since_boot().value;
  const bool jumped = jumped_ || std::abs(offset - clock_offset_us_) > limits::clock_jump_us_max;
  if (jumped && !clock_.driven()) {
    {
      std::lock_guard lock(mutex_);
      jumped_ = !std::exchange(clock_confirmed_, false);
    }
    if (jumped_) {
      note_clock("clock_jumped");
      return std::unexpected(unavailable("clock_jumped"));
    }
  }
  if (clock_in_trouble_) note_clock({});
  clock_offset_us_ = offset;
  last_stamp_ = Instant{std::max(now.value, last_stamp_.value)};
  return last_stamp_;
}

void Writer::chain(Decider::Verdict verdict, Batch& into) {
  CommitBody& body = verdict.body;
  if (verdict.raise != FeatureLevel{}) next_.feature_level = verdict.raise;
  body.set_recorded_at_us(last_stamp_.value);
  std::string bytes;
  CHECK(body.SerializeToString(&bytes));
  CHECK(bytes.size() + RecordHeader::encoded_bytes <= limits::record_bytes_max);
  std::string record = encode_record(next_, bytes);
  const Hash leaf = leaf_hash(bytes_of(record));
  into.commits.push_back({next_.sequence, leaf, std::move(body)});
  into.bytes += record.size();
  into.records.push_back(std::move(record));
  ++next_.sequence;
  next_.previous_hash = leaf;
}

void Writer::judge(std::unique_ptr<Pending> pending, Batch& into) {
  Answer answer{Answer::Kind::unavailable, {}, {}};
  const auto now = stamp();
  if (!now) {
    answer.error = now.error();
  } else if (auto verdict = decider_.decide(*pending, *now, next_.sequence); !verdict) {
    answer.error = verdict.error();
  } else if (verdict->kind == Decider::Verdict::Kind::write) {
    answer = {Answer::Kind::accepted, next_.sequence, {}};
    chain(std::move(*verdict), into);
    answer.leaf = into.commits.back().leaf;
  } else if (verdict->kind == Decider::Verdict::Kind::repeat) {
    answer = {Answer::Kind::repeated, verdict->repeated, {}};
  } else {
    answer = {Answer::Kind::refused, {}, {}};
  }
  into.answers.emplace_back(std::move(pending), std::move(answer));
}

bool Writer::behind(Instant last, Instant now) const {
  return last.value > now.value + limits::clock_ahead_us_max && last.value > confirmed_us_;
}

// Deciding thread.
void Writer::note_clock(std::string_view trouble) {
  clock_in_trouble_ = !trouble.empty();
  std::lock_guard lock(mutex_);
  clock_trouble_ = trouble;
  settle();
}

// Caller holds the mutex.
std::optional<Error> Writer::refusal() const {
  if (failure_) return failure_;
  if (elsewhere_) return unavailable("elsewhere");
  if (!opened_) return shared_ ? reign_trouble_ : unavailable("clock_behind_log");
  if (!holds_.empty()) return unavailable(*holds_.begin());
  return std::nullopt;
}

// Caller holds the mutex, and changed one of these.
void Writer::settle() {
  writable_ = !failure_ && holds_.empty() && clock_trouble_.empty() && (opened_ || !shared_ || !waited_) && !elsewhere_;
}

void Writer::refuse_all(Batch& batch, const Error& error) const {
  for (auto& [pending, answer] : batch.answers) pending->answer({Answer::Kind::unavailable, {}, error});
  batch = {};
}

void Writer::hand_over(Batch& decided) {
  std::unique_lock lock(mutex_);
  if (discard_) {
    // It was chained to a batch that was given up meanwhile.
    if (shared_ && !failure_) return put_back(decided);
    const Error error = refusal().value_or(unavailable("not_written"));
    lock.unlock();
    return refuse_all(decided, error);
  }
  if (gathering_.empty()) {
    gathering_ = std::move(decided);
  } else {
    std::ranges::move(decided.records, std::back_inserter(gathering_.records));
    std::ranges::move(decided.commits, std::back_inserter(gathering_.commits));
    std::ranges::move(decided.answers, std::back_inserter(gathering_.answers));
    gathering_.bytes += decided.bytes;
  }
  decided = {};
  handed_over_.store(true, std::memory_order_relaxed);
  lock.unlock();
  gathered_.notify_one();
}

// The whole queue at once: those who submit then wait for nothing that grows with it.
bool Writer::take(std::optional<Error>& refused, bool& discard, bool& look) {
  std::lock_guard lock(mutex_);
  if (between_reigns() && !stopping_ && still_waits()) return false;
  refused = refusal();
  if (between_reigns() && stopping_) refused = unavailable("stopping");
  discard = discard_ && !refused;
  look = std::exchange(look_again_, false) && !clock_trouble_.empty();
  room_wanted_ = gathering_.full();
  if (!again_.empty()) {
    taken_.insert(taken_.begin() + static_cast<std::ptrdiff_t>(taken_at_), std::make_move_iterator(again_.begin()),
                  std::make_move_iterator(again_.end()));
    again_.clear();
    taken_left_.store(taken_.size() - taken_at_, std::memory_order_relaxed);
  }
  if (!room_wanted_ && taken_at_ == taken_.size()) {
    taken_.clear();
    taken_at_ = 0;
    taken_.swap(queue_);
    queued_.store(false, std::memory_order_relaxed);
    taken_left_.store(taken_.size(), std::memory_order_relaxed);
  }
  return !room_wanted_ && taken_at_ < taken_.size();
}

bool Writer::decide_step() {
  std::optional<Error> refused;
  bool discard = false;
  bool look = false;
  const bool any = take(refused, discard, look);
  if (discard) {
    auto again = start_over();
    if (!again && again.error().code == "taking_over") return true;  // that reign is over already
    if (!again) refused = again.error();
  }
  if (look && !refused) static_cast<void>(stamp());
  if (!any) return false;
  Batch decided;
  decided.reserve(std::min(hand_over_max, taken_.size() - taken_at_));
  for (std::size_t judged = 0; judged < hand_over_max && taken_at_ < taken_.size(); ++judged) {
    const bool interrupted = !refused && interrupted_.load(std::memory_order_acquire);
    if (interrupted && shared_) break;  // the rest waits for the next reign
    auto pending = std::move(taken_[taken_at_++]);
    taken_left_.fetch_sub(1, std::memory_order_relaxed);
    if (interrupted) {
      std::lock_guard lock(mutex_);
      refused = refusal().value_or(unavailable("not_written"));
    }
    if (refused) {
      pending->answer({Answer::Kind::unavailable, {}, *refused});
      continue;
    }
    // The disk is free: what is decided already need not wait for the rest.
    if (!decided.empty() && write_idle_.load(std::memory_order_relaxed)) hand_over(decided);
    judge(std::move(pending), decided);
  }
  if (!decided.empty()) hand_over(decided);
  turns_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

// What was decided and not written is forgotten: the chain goes on from what is durable. Nothing is being written: the
// batches that were are given up.
Result<void> Writer::start_over() {
  std::optional<Reign> opened;
  {
    std::lock_guard lock(mutex_);
    opened = opened_reign_;
  }
  if (auto discarded = decider_.discard(); !discarded) return discarded;
  if (opened) {
    if (next_.writer == WriterId{}) clock_offset_us_ = clock_.now().value - clock_.since_boot().value;
    next_ = opened->next;
    last_stamp_ = std::max(last_stamp_, opened->last_stamp);
    std::lock_guard lock(mutex_);
    // It may be over already, and the next one open.
    if (!opened_reign_ || opened_reign_->next.epoch != next_.epoch) return std::unexpected(unavailable("taking_over"));
    opened_reign_.reset();
    discard_ = false;
    interrupted_ = false;
    return {};
  }
  if (shared_) return std::unexpected(unavailable("taking_over"));
  const auto level = log_feature_level(log_);
  if (!level) return std::unexpected(level.error());
  next_.feature_level = *level;
  const LogState state = log_.state();
  next_.sequence = state.next;
  next_.previous_hash = state.head;
  std::lock_guard lock(mutex_);
  discard_ = false;
  interrupted_ = false;
  return {};
}

Result<void> Writer::write(Batch& batch) {
  if (batch.records.empty()) return {};
  if (auto ready = follower_.before_write(); !ready) return ready;
  const auto began_us = clock_.since_boot().value;
  if (auto appended = log_.append(batch.records); !appended) return appended;
  count_written(began_us);
  // The pair of chain(): the log folded the records by the acceptance that every reader runs, and ends where we do.
  CHECK(log_.state().head == batch.commits.back().leaf);
  return {};
}

// Nothing of it was acknowledged. Where the disk was full, nothing of the log was touched, and writing may begin again;
// what else the disk kept is unknown until the next start reads it. A log of small files may have taken the batch's
// first part: that part is as good as any other.
void Writer::give_up(Batch& batch, const Error& error) {
  const bool can_go_on = error.code == "disk_full";
  const Sequence durable = log_.state().next;
  const auto lost =
      std::ranges::find_if(batch.commits, [&](const AcceptedCommit& commit) { return commit.sequence >= durable; });
  batch.commits.erase(lost, batch.commits.end());
  if (!batch.commits.empty()) follower_.accepted(std::move(batch.commits));
  std::vector<std::unique_ptr<Pending>> waiting;
  Batch behind;
  {
    std::lock_guard lock(mutex_);
    if (can_go_on) {
      holds_.emplace(error.code);
    } else if (!failure_) {
      failure_ = error;
    }
    settle();
    interrupted_.store(true, std::memory_order_release);
    discard_ = true;
    behind = std::exchange(gathering_, {});
    waiting.swap(queue_);
    queued_.store(false, std::memory_order_relaxed);
  }
  arrived_.notify_one();
  bool kept = true;
  for (auto& [pending, answer] : batch.answers) {
    kept = kept && (answer.kind != Answer::Kind::accepted || answer.position < durable);
    pending->answer(kept ? answer : Answer{can_go_on ? Answer::Kind::unavailable : Answer::Kind::unknown, {}, error});
  }
  refuse_all(behind, error);
  for (auto& pending : waiting) pending->answer({Answer::Kind::unavailable, {}, error});
}

std::optional<Writer::Batch> Writer::take_gathered() {
  std::unique_lock lock(mutex_);
  if (gathering_.empty()) return std::nullopt;
  Batch batch = std::exchange(gathering_, {});
  handed_over_.store(false, std::memory_order_relaxed);
  write_idle_ = false;
  writing_now_.store(true, std::memory_order_relaxed);
  const bool room_wanted = std::exchange(room_wanted_, false);
  lock.unlock();
  if (room_wanted) arrived_.notify_one();
  return batch;
}

void Writer::count_written(std::int64_t began_us) {
  batches_.fetch_add(1, std::memory_order_relaxed);
  append_us_.fetch_add(static_cast<std::uint64_t>(clock_.since_boot().value - began_us), std::memory_order_relaxed);
}

// It is durable. Whoever follows is told first: who reads again at once after the answer should mostly find it.
void Writer::tell_all(Batch& batch) {
  if (!batch.commits.empty()) {
    told_ = batch.commits.back().sequence.plus(1);
    follower_.accepted(std::move(batch.commits));
  }
  for (auto& [pending, answer] : batch.answers) pending->answer(answer);
}

bool Writer::write_step() {
  if (shared_) return phase_ == Phase::reigning ? send_step() : reign_step();
  auto batch = take_gathered();
  if (!batch) return false;
  const auto written = write(*batch);
  turns_.fetch_add(1, std::memory_order_relaxed);
  writing_now_.store(false, std::memory_order_relaxed);
  if (written) {
    tell_all(*batch);
  } else {
    give_up(*batch, written.error());
  }
  return true;
}

std::size_t Writer::queued() const {
  std::lock_guard lock(mutex_);
  return queue_.size() + again_.size() + taken_left_.load(std::memory_order_relaxed);
}

Writer::Pulse Writer::pulse() const {
  const auto turns = turns_.load(std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  const bool waiting = !queue_.empty() || taken_left_.load(std::memory_order_relaxed) != 0 || !gathering_.empty();
  return {waiting || writing_now_.load(std::memory_order_relaxed), turns};
}

void Writer::decide_loop() {
  while (true) {
    if (decide_step()) continue;
    stay_awake([&] { return queued_.load(std::memory_order_relaxed); });
    std::unique_lock lock(mutex_);
    const auto waiting = [&] { return !queue_.empty() || !again_.empty() || taken_at_ < taken_.size(); };
    const auto ready = [&] {
      if (look_again_ || between_reigns() || (discard_ && !refusal())) return true;
      return (waiting() && !gathering_.full()) || (stopping_ && !waiting());
    };
    if (between_reigns()) {
      arrived_.wait_for(lock, reign_look_every, [&] { return !between_reigns() || stopping_; });
    } else {
      arrived_.wait(lock, ready);
    }
    if (stopping_ && !waiting()) break;
  }
  std::lock_guard lock(mutex_);
  deciding_done_ = true;
  gathered_.notify_one();
}

void Writer::write_loop() {
  while (true) {
    if (write_step()) continue;
    if (shared_) {
      if (!pause_between_steps()) return;
      continue;
    }
    write_idle_ = true;
    stay_awake([&] { return handed_over_.load(std::memory_order_relaxed); });
    std::unique_lock lock(mutex_);
    const auto ready = [&] { return !gathering_.empty() || deciding_done_; };
    if (!gathered_.wait_for(lock, limits::tail_protection_after, ready)) {
      lock.unlock();
      // A failure shows at the next append. Before the epoch is open another thread appends.
      if (opened_) static_cast<void>(log_.protect_tail());
      lock.lock();
      gathered_.wait(lock, ready);
    }
    if (gathering_.empty() && deciding_done_) return;
  }
}

void Writer::stop() {
  std::lock_guard lock(mutex_);
  stopping_ = true;
  arrived_.notify_one();
}

void Writer::confirm_clock(Instant ahead) {
  std::lock_guard lock(mutex_);
  confirmed_us_ = std::max(confirmed_us_.load(), ahead.value);
  clock_confirmed_ = true;
  look_again_ = true;
  arrived_.notify_one();
}

void Writer::hold(std::string_view code) {
  std::lock_guard lock(mutex_);
  holds_.emplace(code);
  settle();
}

void Writer::release(std::string_view code) {
  std::lock_guard lock(mutex_);
  if (const auto held = holds_.find(code); held != holds_.end()) holds_.erase(held);
  settle();
  arrived_.notify_one();
}

void Writer::look_again() {
  std::lock_guard lock(mutex_);
  if (clock_trouble_.empty()) return;
  look_again_ = true;
  arrived_.notify_one();
}

std::string Writer::unwritable() const {
  std::lock_guard lock(mutex_);
  const auto refused = refusal();
  return refused ? refused->code : clock_trouble_;
}

}  // namespace pioneer::eventstore
