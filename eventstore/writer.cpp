#include "eventstore/writer.hpp"

#include <algorithm>
#include <thread>

#include "eventstore/check.hpp"
#include "eventstore/limits.hpp"

namespace pioneer::eventstore {
namespace {

/// Commands judged before they are handed to a busy write_step(): bounds how long one hand-over holds the mutex.
constexpr std::size_t hand_over_max = 64;
/// Turns that decide_loop() gives to other threads before it sleeps. Under load the next commands come meanwhile, many
/// at once, and nobody pays for waking it; when idle it is some microseconds, once.
constexpr int turns_before_sleep = 16;

Error unavailable(const std::string& code) {
  if (code == "clock_jumped") {
    return {code, "The clock of this machine jumped; an operator must run `pioneer log confirm-clock`.",
            Retry::can_help};
  }
  if (code == "clock_behind_log") {
    return {code, "The clock of this machine is behind the log's last entry.", Retry::can_help};
  }
  return {code, "Nothing can be written now; reading goes on.", Retry::can_help};
}

}  // namespace

bool Writer::Batch::full() const {
  return answers.size() >= limits::batch_records_max || bytes + limits::record_bytes_max > limits::batch_bytes_max;
}

void Writer::Batch::reserve(std::size_t commands) {
  records.reserve(commands);
  commits.reserve(commands);
  answers.reserve(commands);
}

Writer::Writer(Log& log, Clock& clock, Random& random, Decider& decider, Follower& follower)
    : log_(log), clock_(clock), random_(random), decider_(decider), follower_(follower) {}

Writer::~Writer() = default;

Result<Instant> Writer::read_last_stamp() const {
  const LogState state = log_.state();
  if (state.next.value == 0) return Instant{0};
  const Sequence last{state.next.value - 1};
  auto record = log_.read(last);
  if (!record) return std::unexpected(record.error());
  auto commit = parse_commit({last, std::move(*record)});
  if (!commit) return std::unexpected(commit.error());
  return Instant{commit->body.recorded_at_us()};
}

// A driven clock could stamp anything: it may not continue a log whose times others already rely on.
Result<void> Writer::check_no_real_epoch() const {
  auto reader = log_.reader(Sequence{0});
  while (true) {
    auto leaf = reader->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (!*leaf) return {};
    const auto header = decode_record(bytes_of((*leaf)->record));
    if (!header) return std::unexpected(header.error());
    if (header->kind != RecordKind::opened) continue;
    EpochOpened opened;
    const auto body = record_body((*leaf)->record);
    if (!opened.ParseFromArray(body.data(), static_cast<int>(body.size())) || !opened.clock_driven()) {
      return failure("driven_after_real", "This log was written by a real clock; a driven clock may not continue it.");
    }
  }
}

Result<Hash> Writer::append_now(RecordKind kind, std::string_view body) {
  LogState state = log_.state();
  RecordHeader header = next_;
  header.kind = kind;
  if (kind != RecordKind::fence) {
    header.sequence = state.next;
    header.previous_hash = state.head;
  }
  const std::string record = encode_record(header, body);
  const Judgement judgement = accept(state, bytes_of(record));
  CHECK(judgement.verdict == (kind == RecordKind::fence ? Verdict::accepted_fence : Verdict::accepted_leaf));
  if (auto appended = log_.append(std::span(&record, 1)); !appended) return std::unexpected(appended.error());
  return judgement.leaf;
}

Result<void> Writer::take_over() {
  auto last = read_last_stamp();
  if (!last) return std::unexpected(last.error());
  const Instant now = clock_.now();
  if (last->value > now.value + limits::clock_ahead_us_max) return std::unexpected(unavailable("clock_behind_log"));
  if (clock_.driven()) {
    if (auto checked = check_no_real_epoch(); !checked) return checked;
  }
  last_stamp_ = Instant{std::max(last->value, now.value)};
  clock_offset_us_ = now.value - clock_.since_boot().value;

  next_ = {};
  next_.format = limits::format;
  next_.feature_level = FeatureLevel{limits::feature_level};
  next_.log_id = log_.state().log_id;
  next_.epoch = log_.state().epoch.plus(1);
  next_.writer = random_.bytes<WriterId>();
  auto fence = append_now(RecordKind::fence, {});
  if (!fence) return std::unexpected(fence.error());

  EpochOpened opened;
  opened.set_recorded_at_us(last_stamp_.value);
  opened.set_fence_hash(std::string(fence->view()));
  opened.set_clock_driven(clock_.driven());
  const Sequence sequence = log_.state().next;
  auto leaf = append_now(RecordKind::opened, opened.SerializeAsString());
  if (!leaf) return std::unexpected(leaf.error());

  const LogState state = log_.state();
  CHECK(state.open && state.writer == next_.writer && state.head == *leaf);
  next_.kind = RecordKind::commit;
  next_.sequence = state.next;
  next_.previous_hash = state.head;
  opened_ = true;

  std::vector<AcceptedCommit> first(1);
  first[0].sequence = sequence;
  first[0].leaf = *leaf;
  first[0].body.set_recorded_at_us(last_stamp_.value);
  follower_.accepted(std::move(first));
  return {};
}

void Writer::submit(std::unique_ptr<Pending> pending) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_ && queue_.size() + taken_left_.load(std::memory_order_relaxed) < limits::command_queue_max) {
      queue_.push_back(std::move(pending));
      queued_.store(true, std::memory_order_relaxed);
      if (queue_.size() == 1) arrived_.notify_one();
      return;
    }
  }
  pending->answer({Answer::Kind::unavailable,
                   {},
                   {"busy", "Too many commands are waiting; try again in a moment.", Retry::can_help}});
}

Result<Instant> Writer::stamp() {
  const Instant now = clock_.now();
  if (last_stamp_.value > now.value + limits::clock_ahead_us_max)
    return std::unexpected(unavailable("clock_behind_log"));
  const std::int64_t offset = now.value - clock_.since_boot().value;
  const bool jumped = jumped_ || std::abs(offset - clock_offset_us_) > limits::clock_jump_us_max;
  if (jumped && !clock_.driven()) {
    std::lock_guard lock(mutex_);
    jumped_ = !std::exchange(clock_confirmed_, false);
    if (jumped_) {
      unwritable_ = "clock_jumped";
      return std::unexpected(unavailable(unwritable_));
    }
  }
  clock_offset_us_ = offset;
  last_stamp_ = Instant{std::max(now.value, last_stamp_.value)};
  return last_stamp_;
}

void Writer::chain(CommitBody body, Batch& into) {
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
    chain(std::move(verdict->body), into);
  } else if (verdict->kind == Decider::Verdict::Kind::repeat) {
    answer = {Answer::Kind::repeated, verdict->repeated, {}};
  } else {
    answer = {Answer::Kind::refused, {}, {}};
  }
  into.answers.emplace_back(std::move(pending), std::move(answer));
}

void Writer::hand_over(Batch& decided) {
  std::lock_guard lock(mutex_);
  if (gathering_.empty()) {
    gathering_ = std::move(decided);
  } else {
    std::ranges::move(decided.records, std::back_inserter(gathering_.records));
    std::ranges::move(decided.commits, std::back_inserter(gathering_.commits));
    std::ranges::move(decided.answers, std::back_inserter(gathering_.answers));
    gathering_.bytes += decided.bytes;
  }
  decided = {};
  gathered_.notify_one();
}

// The whole queue at once: those who submit then wait for nothing that grows with it.
bool Writer::take(bool& discard) {
  std::lock_guard lock(mutex_);
  discard = std::exchange(discard_, false);
  room_wanted_ = gathering_.full();
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
  CHECK(opened_);
  bool discard = false;
  const bool any = take(discard);
  if (discard) decider_.discard();
  if (!any) return false;
  Batch decided;
  decided.reserve(std::min(hand_over_max, taken_.size() - taken_at_));
  for (std::size_t judged = 0; judged < hand_over_max && taken_at_ < taken_.size(); ++judged) {
    auto pending = std::move(taken_[taken_at_++]);
    taken_left_.fetch_sub(1, std::memory_order_relaxed);
    if (failed_.load(std::memory_order_acquire)) {
      pending->answer({Answer::Kind::unavailable, {}, unavailable("sync_failed")});
      continue;
    }
    // The disk is free: what is decided already need not wait for the rest.
    if (!decided.empty() && write_idle_.load(std::memory_order_relaxed)) hand_over(decided);
    judge(std::move(pending), decided);
  }
  if (!decided.empty()) hand_over(decided);
  return true;
}

Result<void> Writer::write(Batch& batch) {
  if (batch.records.empty()) return {};
  if (auto ready = follower_.before_write(); !ready) return ready;
  if (auto appended = log_.append(batch.records); !appended) return appended;
  // The pair of chain(): the log folded the records by the acceptance that every reader runs, and ends where we do.
  CHECK(log_.state().head == batch.commits.back().leaf);
  return {};
}

// Nothing of it was acknowledged. Whether the disk kept it is unknown until the next start reads it.
void Writer::give_up(Batch& batch, const Error& error) {
  std::vector<std::unique_ptr<Pending>> waiting;
  Batch behind;
  {
    std::lock_guard lock(mutex_);
    unwritable_ = "sync_failed";
    failed_.store(true, std::memory_order_release);
    discard_ = true;
    behind = std::exchange(gathering_, {});
    waiting.swap(queue_);
    queued_.store(false, std::memory_order_relaxed);
  }
  arrived_.notify_one();
  for (auto& [pending, answer] : batch.answers) pending->answer({Answer::Kind::unknown, {}, error});
  for (auto& [pending, answer] : behind.answers) pending->answer({Answer::Kind::unavailable, {}, error});
  for (auto& pending : waiting) pending->answer({Answer::Kind::unavailable, {}, error});
}

bool Writer::write_step() {
  Batch batch;
  bool room_wanted = false;
  {
    std::lock_guard lock(mutex_);
    if (gathering_.empty()) return false;
    batch = std::exchange(gathering_, {});
    write_idle_ = false;
    room_wanted = std::exchange(room_wanted_, false);
  }
  if (room_wanted) arrived_.notify_one();
  if (auto written = write(batch); !written) {
    give_up(batch, written.error());
    return true;
  }
  if (!batch.commits.empty()) {
    follower_.accepted(std::move(batch.commits));
  }
  for (auto& [pending, answer] : batch.answers) pending->answer(answer);
  return true;
}

void Writer::decide_loop() {
  while (true) {
    if (decide_step()) continue;
    for (int turns = 0; turns < turns_before_sleep && !queued_.load(std::memory_order_relaxed); ++turns) {
      std::this_thread::yield();
    }
    std::unique_lock lock(mutex_);
    const auto waiting = [&] { return !queue_.empty() || taken_at_ < taken_.size(); };
    arrived_.wait(lock, [&] { return discard_ || (waiting() && !gathering_.full()) || (stopping_ && !waiting()); });
    if (stopping_ && !waiting()) break;
  }
  std::lock_guard lock(mutex_);
  deciding_done_ = true;
  gathered_.notify_one();
}

void Writer::write_loop() {
  while (true) {
    if (write_step()) continue;
    std::unique_lock lock(mutex_);
    write_idle_ = true;
    const auto ready = [&] { return !gathering_.empty() || deciding_done_; };
    if (!gathered_.wait_for(lock, limits::tail_protection_after, ready)) {
      lock.unlock();
      // A failure shows at the next append.
      static_cast<void>(log_.protect_tail());
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

void Writer::confirm_clock() {
  std::lock_guard lock(mutex_);
  if (unwritable_ == "clock_jumped") unwritable_.clear();
  clock_confirmed_ = true;
}

std::string Writer::unwritable() const {
  std::lock_guard lock(mutex_);
  return unwritable_;
}

}  // namespace pioneer::eventstore
