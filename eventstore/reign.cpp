// How the Writer comes to write: fence, and EpochOpened. In a log that nodes share: again and again, and what becomes
// of commands when it no longer may; there all runs on the writing thread, but for what is said of a caller that holds
// the mutex.
#include <algorithm>
#include <iterator>

#include "eventstore/check.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/unavailable.hpp"
#include "eventstore/writer.hpp"

namespace pioneer::eventstore {
namespace {

/// Told to the Follower at once: it bounds how many it takes.
constexpr std::size_t told_at_once = 4'096;
/// While what is known of the log is being projected there is nothing to be waited for by name.
constexpr std::chrono::milliseconds look_at_projections_every{1};
/// So often a node that does not write looks for what others wrote; and one that does, and has nothing to write,
/// whether the log is still its own.
constexpr std::chrono::milliseconds look_at_log_every{10};
constexpr std::chrono::milliseconds look_at_reign_every{100};

}  // namespace

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

Result<Hash> Writer::append_now(RecordHeader header, std::string_view body) {
  const LogState before = log_.state();
  if (header.kind != RecordKind::fence) {
    header.sequence = before.next;
    header.previous_hash = before.head;
  }
  const std::string record = encode_record(header, body);
  LogState state = before;
  const Judgement judgement = accept(state, bytes_of(record), header.feature_level);
  const bool counts =
      judgement.verdict == (header.kind == RecordKind::fence ? Verdict::accepted_fence : Verdict::accepted_leaf);
  if (!counts && shared_) return failure("outpaced", "Another node took the log over meanwhile.", Retry::can_help);
  CHECK(counts);
  if (auto appended = log_.append(std::span(&record, 1)); !appended) return std::unexpected(appended.error());
  return judgement.leaf;
}

// What is set here holds when the fence was read back: only then is the last leaf before it known for good.
Result<Writer::Reign> Writer::fence() {
  const auto last = last_stamp(log_);
  if (!last) return std::unexpected(last.error());
  if (behind(*last, clock_.now())) return std::unexpected(unavailable("clock_behind_log"));
  if (clock_.driven()) {
    if (auto checked = check_no_real_epoch(); !checked) return std::unexpected(checked.error());
  }
  const auto level = log_feature_level(log_);
  if (!level) return std::unexpected(level.error());
  Reign reign;
  reign.next.format = limits::format;
  reign.next.kind = RecordKind::fence;
  reign.next.feature_level = *level;
  reign.next.log_id = log_.state().log_id;
  reign.next.epoch = log_.state().epoch.plus(1);
  reign.next.writer = random_.bytes<WriterId>();
  auto hash = append_now(reign.next, {});
  if (!hash) return std::unexpected(hash.error());
  fence_hash_ = *hash;
  return reign;
}

/// The leaf of its `EpochOpened`.
Result<Hash> Writer::open_epoch(Reign& reign, const Hash& fence) {
  const auto last = last_stamp(log_);
  const auto level = log_feature_level(log_);
  if (!last) return std::unexpected(last.error());
  if (!level) return std::unexpected(level.error());
  reign.last_stamp = Instant{std::max(last->value, clock_.now().value)};
  reign.next.feature_level = *level;
  reign.next.kind = RecordKind::opened;
  EpochOpened opened;
  opened.set_recorded_at_us(reign.last_stamp.value);
  opened.set_fence_hash(std::string(fence.view()));
  opened.set_clock_driven(clock_.driven());
  reign.next.sequence = log_.state().next.plus(1);
  auto leaf = append_now(reign.next, opened.SerializeAsString());
  if (!leaf) return leaf;
  reign.next.kind = RecordKind::commit;
  reign.next.previous_hash = *leaf;
  return leaf;
}

Result<void> Writer::take_over() {
  auto reign = fence();
  if (!reign && reign.error().code == "clock_behind_log") note_clock("clock_behind_log");
  if (!reign) return std::unexpected(reign.error());
  const Sequence sequence = log_.state().next;
  const auto leaf = open_epoch(*reign, fence_hash_);
  if (!leaf) return std::unexpected(leaf.error());
  next_ = reign->next;
  last_stamp_ = reign->last_stamp;
  clock_offset_us_ = clock_.now().value - clock_.since_boot().value;
  const LogState state = log_.state();
  CHECK(state.open && state.writer == next_.writer && state.head == *leaf);
  note_clock({});
  opened_ = true;

  std::vector<AcceptedCommit> first(1);
  first[0].sequence = sequence;
  first[0].leaf = *leaf;
  first[0].body.set_recorded_at_us(last_stamp_.value);
  follower_.accepted(std::move(first));
  return {};
}

void Writer::share(Sequence followed) {
  {
    std::lock_guard lock(mutex_);
    shared_ = true;
    told_ = followed;
    discard_ = true;
    no_reign_since_us_ = clock_.since_boot().value;
    reign_trouble_ = unavailable("taking_over");
    settle();
  }
  // Without the mutex, for the log holds one of its own while it tells, and then waits for this one.
  log_.on_appended([this] { told_appended(); });
}

void Writer::want(bool wanted) { wanted_ = wanted; }

std::optional<Writer::Reigning> Writer::reign() const {
  std::lock_guard lock(mutex_);
  return reigning_;
}

// Caller holds the mutex.
bool Writer::between_reigns() const { return shared_ && !opened_ && !failure_ && !elsewhere_; }

// Caller holds the mutex.
bool Writer::still_waits() {
  waited_ = clock_.since_boot().value - no_reign_since_us_ > limits::reign_wait_us_max;
  settle();
  return !waited_;
}

bool Writer::reign_step() {
  appended_more_ = false;
  const bool told = tell_follower();
  if (auto met = log_.incidents(); met.ended) no_reign(*met.ended);
  look_whose_reign();
  if (!in_doubt_.answers.empty() && clock_.since_boot().value - in_doubt_since_us_ > in_doubt_wait_us_max)
    give_up_in_doubt();
  const bool moved = (wanted_ || phase_ == Phase::fenced) && try_to_reign();
  if (told || moved) turns_.fetch_add(1, std::memory_order_relaxed);
  return told || moved;
}

// Once another node's epoch is open, what was sent before it is in the log or never will be; the rest is for that node
// to decide, and whoever sent it sends it there.
void Writer::look_whose_reign() {
  const auto state = log_.state();
  const bool away = !wanted_ && phase_ == Phase::following && state.open && state.writer != reign_.next.writer;
  std::vector<std::unique_ptr<Pending>> undecided;
  if (away) undecided = look_up();
  std::lock_guard lock(mutex_);
  again_.insert(again_.begin(), std::make_move_iterator(undecided.begin()), std::make_move_iterator(undecided.end()));
  if (away == elsewhere_) return;
  elsewhere_ = away;
  if (!away) no_reign_since_us_ = clock_.since_boot().value;
  waited_ = false;
  settle();
  arrived_.notify_one();
}

// False: there is nothing to do just now.
bool Writer::try_to_reign() {
  {
    std::lock_guard lock(mutex_);
    if (failure_ || stopping_) return false;
  }
  if (phase_ == Phase::following) {
    if (clock_.since_boot().value < not_before_us_) return false;
    auto fenced = fence();
    if (!fenced) {
      no_reign(fenced.error());
      return true;
    }
    reign_ = *fenced;
    phase_ = Phase::fenced;
    tell_follower();
  }
  // Another's fence came while the rest was being read.
  if (log_.state().epoch != reign_.next.epoch) {
    no_reign(unavailable("taking_over"));
    return true;
  }
  // All that anybody ever wrote before the fence is decided from before the first decision after it.
  if (!follower_.followed(log_.end())) return false;
  if (auto known = follower_.before_reign(reign_.next.epoch); !known) {
    no_reign(known.error());
    return true;
  }
  if (auto opened = open_epoch(reign_, fence_hash_); !opened) {
    no_reign(opened.error());
    return true;
  }
  tell_follower();
  // Decisions behind what the follower has not read would be told to it with a hole before them.
  if (told_ != reign_.next.sequence) {
    no_reign(unavailable("taking_over"));
    return true;
  }
  begin_reign();
  return true;
}

void Writer::begin_reign() {
  auto undecided = look_up();
  phase_ = Phase::reigning;
  reigns_.fetch_add(1, std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  again_.insert(again_.begin(), std::make_move_iterator(undecided.begin()), std::make_move_iterator(undecided.end()));
  opened_reign_ = reign_;
  reigning_ = Reigning{reign_.next.epoch, reign_.next.writer};
  discard_ = true;
  opened_ = true;
  waited_ = false;
  settle();
  arrived_.notify_one();
}

// What was sent in the reign before is in the log now, or never will be. Answers that rest on what is not there are
// discarded: those commands are decided anew.
std::vector<std::unique_ptr<Pending>> Writer::look_up() {
  std::vector<std::unique_ptr<Pending>> undecided;
  for (auto& [pending, answer] : in_doubt_.answers) {
    const bool sent = answer.kind == Answer::Kind::accepted && answer.position < log_.end();
    const auto record = sent ? log_.read(answer.position) : failure("not_sent", "");
    if (record && leaf_hash(bytes_of(*record)) == answer.leaf) {
      pending->answer(answer);
    } else if (sent && !record) {
      pending->answer({Answer::Kind::unknown, {}, record.error()});
    } else {
      undecided.push_back(std::move(pending));
    }
  }
  in_doubt_ = {};
  return undecided;
}

bool Writer::deposed() const {
  const auto state = log_.state();
  return state.epoch != reign_.next.epoch || state.writer != reign_.next.writer || log_.incidents().ended;
}

void Writer::end_reign(const Error& error) {
  CHECK(in_doubt_.answers.empty());
  for (auto& batch : std::exchange(sent_, {})) std::ranges::move(batch.answers, std::back_inserter(in_doubt_.answers));
  sent_answers_ = 0;
  sent_bytes_ = 0;
  in_doubt_since_us_ = clock_.since_boot().value;
  {
    std::lock_guard lock(mutex_);
    interrupted_.store(true, std::memory_order_release);
    opened_ = false;
    opened_reign_.reset();
    reigning_.reset();
    discard_ = true;
    no_reign_since_us_ = clock_.since_boot().value;
    put_back(gathering_);
    handed_over_.store(false, std::memory_order_relaxed);
    room_wanted_ = false;
  }
  arrived_.notify_one();
  no_reign(error);
}

// A fork, or what this build cannot read, is for good.
void Writer::no_reign(const Error& error) {
  phase_ = Phase::following;
  not_before_us_ = clock_.since_boot().value + pause_us();
  std::unique_lock lock(mutex_);
  if (error.retry == Retry::can_help) {
    // That another was faster, or an outcome unknown, is nobody's concern but ours: it is tried again.
    const bool tells = error.code == broker_unreachable || error.code == "clock_behind_log";
    reign_trouble_ = tells ? error : unavailable("taking_over");
    settle();
    return;
  }
  failure_ = error;
  settle();
  lock.unlock();
  arrived_.notify_one();
  give_up_in_doubt();
}

// Nodes that want the same do not try in step.
std::int64_t Writer::pause_us() {
  const auto pause =
      std::exchange(pause_us_, std::clamp(pause_us_ * 2, limits::reign_pause_us_min, limits::reign_pause_us_max));
  const auto part = std::to_integer<std::int64_t>(random_.bytes<WriterId>().bytes[0]);
  return pause / 2 + part * pause / 512;
}

// Caller holds the mutex. None of it was sent.
void Writer::put_back(Batch& batch) {
  for (auto& answered : batch.answers) again_.push_back(std::move(answered.first));
  batch = {};
}

void Writer::give_up_in_doubt() {
  const Error unknown{"outcome_unknown",
                      "Whether this was written is not known yet. Send it again with the same key: it takes effect "
                      "once, and the answer says what became of it.",
                      Retry::can_help};
  for (auto& [pending, answer] : in_doubt_.answers) pending->answer({Answer::Kind::unknown, {}, unknown});
  in_doubt_ = {};
  std::vector<std::unique_ptr<Pending>> never;
  {
    std::lock_guard lock(mutex_);
    if (deciding_done_) never.swap(again_);  // nobody decides any more
  }
  for (auto& pending : never) pending->answer({Answer::Kind::unavailable, {}, unavailable("stopping")});
}

// What cannot be read is tried again at the next step; a record of a newer program is the end of what this one can
// follow.
bool Writer::tell_follower() {
  const auto end = log_.end();
  const auto before = told_;
  if (told_ >= end) return false;
  const auto reader = log_.reader(told_);
  std::vector<AcceptedCommit> commits;
  const auto tell = [&] {
    if (commits.empty()) return;
    told_ = commits.back().sequence.plus(1);
    follower_.accepted(std::exchange(commits, {}));
  };
  while (told_.value + commits.size() < end.value) {
    const auto leaf = reader->next();
    if (!leaf || !*leaf) break;
    auto commit = parse_commit(**leaf);
    if (!commit) {
      tell();
      no_reign(commit.error());
      return false;
    }
    commits.push_back(std::move(*commit));
    if (commits.size() >= told_at_once) tell();
  }
  tell();
  return told_ != before;
}

// False: the end. An idle Writer looks now and then whether the log is still its own.
bool Writer::pause_between_steps() {
  std::unique_lock lock(mutex_);
  const auto ready = [&] {
    const bool more = phase_ == Phase::reigning && !gathering_.empty() && may_send();
    return more || appended_more_ || (deciding_done_ && sent_.empty());
  };
  if (phase_ == Phase::reigning) {
    write_idle_ = true;
    gathered_.wait_for(lock, look_at_reign_every, ready);
  } else {
    gathered_.wait_for(lock, phase_ == Phase::fenced ? look_at_projections_every : look_at_log_every, ready);
  }
  if (!deciding_done_ || !gathering_.empty() || !sent_.empty()) return true;
  lock.unlock();
  give_up_in_doubt();
  return false;
}

}  // namespace pioneer::eventstore
