#include "tests/simulation/run.hpp"

#include "adapters/segments/verify.hpp"
#include "tests/simulation/promises.hpp"

namespace pioneer::tests {

using Unsynced = SimulatedDisk::Unsynced;

namespace {
constexpr int lives = 7;
constexpr std::uint64_t turns_min = 12;
constexpr std::uint64_t turns_max = 30;
constexpr std::uint64_t calls_to_failure_max = 90;
constexpr std::uint64_t calls_to_failure_at_start_max = 14;
constexpr std::int64_t minute_us = 60 * HandClock::second_us;
}  // namespace

Run::Run(std::uint64_t seed)
    : dice_(seed * 4 + 1),
      machine_(seed * 4 + 2),
      workload_(seed * 4 + 3, [this](std::size_t) { return machine_.disk.powered(); }),
      segment_bytes_((72u << 10) + 512 * dice_.below(200)) {}

Run::Run(std::uint64_t seed, std::string directory, SimulatedDisk::Syncs how) : Run(seed) {
  machine_.disk.break_syncs(std::move(directory), how);
}

void Run::play() {
  for (int life = 0; life < lives && wrong_.empty(); ++life) {
    if (start(false)) live(false);
    end();
  }
  // Everybody gets an answer.
  if (wrong_.empty() && start(true)) {
    live(true);
    end_in_peace();
  }
  happened_.answers = workload_.counts();
}

// --- what goes wrong ------------------------------------------------------------------------------------------

void Run::arm(std::uint64_t calls_at_most) {
  const bool power_off = dice_.below(3) != 0;
  machine_.disk.fail_call(machine_.disk.calls() + dice_.between(1, calls_at_most), power_off);
  armed_ = true;
}

void Run::note_failed_call() {
  if (!armed_ || !machine_.disk.failed()) return;
  armed_ = false;
  if (!machine_.disk.powered()) {
    ++happened_.power_cuts;
    return;
  }
  using Call = SimulatedDisk::Call;
  const auto call = machine_.disk.failed_call();
  happened_.failed_syncs += call == Call::sync || call == Call::sync_directory;
  happened_.failed_writes += call == Call::write;
}

void Run::lose_some(DerivedStore& store) {
  if (dice_.one_in(5)) {
    store.forget_everything();
    ++happened_.stores_lost;
    return;
  }
  const auto kept = dice_.below(store.unflushed() + 1);
  happened_.stores_set_back += kept < store.unflushed();
  store.lose_all_but(kept);
}

void Run::lose_power() {
  constexpr Unsynced kinds[] = {Unsynced::lost, Unsynced::kept, Unsynced::torn, Unsynced::torn};
  machine_.disk.crash(kinds[dice_.below(4)], dice_.below(1'000'000));
  lose_some(machine_.store);
  lose_some(machine_.people_rows);
}

// --- one life -------------------------------------------------------------------------------------------------

bool Run::start(bool in_peace) {
  machine_.clock.pass(static_cast<std::int64_t>(dice_.between(1, 600)) * HandClock::second_us);
  machine_.clock.set_off_by(static_cast<std::int64_t>(dice_.below(4'000'000)) - 2'000'000);
  for (int attempt = 0;; ++attempt) {
    if (!in_peace && attempt < 3 && dice_.one_in(3)) arm(calls_to_failure_at_start_max);
    auto opened = SimulatedNode::open(machine_, segment_bytes_);
    const bool failed = armed_ && machine_.disk.failed();
    const bool dark = !machine_.disk.powered();
    note_failed_call();
    if (opened && !dark) {
      node_ = std::move(*opened);
      ++happened_.starts;
      happened_.torn_tails_dropped += node_->log().repaired();
      happened_.erasures_resumed += node_->keys_erasing_at_start() > 0;
      return true;
    }
    ++happened_.failed_starts;
    happened_.power_cuts_at_start += dark;
    const bool full = !opened && opened.error().detail.find("no room") != std::string::npos;
    if (!failed && !full) {
      say("does not start: " + opened.error().code + ": " + opened.error().detail);
      return false;
    }
    if (opened) opened->reset();
    workload_.node_ended();
    if (dark) lose_power();
    if (full) machine_.disk.limit_bytes(~std::uint64_t{0});
  }
}

void Run::live(bool in_peace) {
  // Checks write too: reactions, erasures. Whatever was in the way of the start is gone.
  machine_.disk.fail_call(0);
  machine_.disk.limit_bytes(~std::uint64_t{0});
  armed_ = false;
  check();
  if (!wrong_.empty()) return;
  workload_.resend(node_->node(), in_peace ? 1 : 2);
  if (in_peace) {
    node_->settle();
    return;
  }
  if (!dice_.one_in(8)) {
    if (dice_.one_in(6)) {
      machine_.disk.limit_bytes(machine_.disk.bytes_in_all() + dice_.below(segment_bytes_));
    } else {
      arm(calls_to_failure_max);
    }
  }
  const auto turns = dice_.between(turns_min, turns_max);
  std::uint64_t unwritable = 0;
  for (std::uint64_t i = 0; i < turns && machine_.disk.powered() && unwritable < 3; ++i) {
    turn();
    const auto now = node_->node().readiness();
    unwritable += !now.ready;
    // Somebody makes room: the same process must go on where the log ends.
    if (now.reason == "disk_full" && dice_.one_in(2)) machine_.disk.limit_bytes(~std::uint64_t{0});
  }
  note_failed_call();
}

void Run::turn() {
  auto& node = node_->node();
  const auto roll = dice_.below(100);
  machine_.clock.pass(roll == 0  ? 3 * 24 * 60 * minute_us
                      : roll < 4 ? 90 * minute_us
                                 : static_cast<std::int64_t>(dice_.below(5'000'000)));
  if (dice_.one_in(5)) machine_.clock.set_off_by(static_cast<std::int64_t>(dice_.below(4'000'000)) - 2'000'000);
  const bool founding = !workload_.founded();
  workload_.turn(node);
  // A batch is what has come: sometimes more comes before it is written.
  if (!founding && dice_.one_in(4)) workload_.turn(node);
  for (auto steps = dice_.between(1, 3); steps > 0; --steps) node.step();
  if (dice_.one_in(2)) node.tick();
  if (dice_.one_in(3)) node_->run_background();
  if (dice_.one_in(6)) static_cast<void>(node_->log().protect_tail());
  if (founding) {
    node_->settle();
    workload_.turn(node);
    node_->settle();
  }
}

void Run::end() {
  if (!node_) return;
  const bool dark = !machine_.disk.powered();
  const auto reason = node_->node().readiness().reason;
  const bool full = (reason == "disk_full" || reason == "keyring_failed") && !machine_.disk.failed();
  happened_.full_disks += full;
  if (dark) {
    node_.reset();
    lose_power();
  } else if (dice_.one_in(3)) {  // the process dies, the machine runs on
    node_.reset();
    ++happened_.kills;
  } else if (dice_.one_in(3)) {
    happened_.clean_stops += node_->close().has_value();
    node_.reset();
    if (!machine_.disk.powered()) lose_power();
  } else {
    node_.reset();
    lose_power();
    ++happened_.power_cuts;
  }
  note_failed_call();
  workload_.node_ended();
}

void Run::end_in_peace() {
  if (!wrong_.empty()) return;
  node_->settle();
  check();
  if (!audit(read_log(node_->log(), wrong_)).problems.empty()) say("a problem was told and no request made of it");
  if (const auto closed = node_->close(); !closed) return say("does not close: " + closed.error().code);
  node_.reset();
  check_files(true);
}

// --- the promises ---------------------------------------------------------------------------------------------

void Run::check() {
  node_->settle();
  if (const auto ready = node_->node().readiness(); !ready.ready) return say("not ready: " + ready.reason);
  const auto commits = read_log(node_->log(), wrong_);
  check_log(commits);
  check_read_models(commits, node_->node(), wrong_);
  check_files(false);
  for (const auto& wrong : workload_.wrong()) say(wrong);
}

void Run::check_log(const std::vector<eventstore::AcceptedCommit>& commits) {
  const auto found = audit(commits);
  for (const auto& wrong : found.wrong) say(wrong);
  if (found.leaves.size() < leaves_.size() || !std::equal(leaves_.begin(), leaves_.end(), found.leaves.begin())) {
    say("what stood in the log stands there no more");
  }
  leaves_ = found.leaves;
  happened_.promotions = found.promotions;
  happened_.erasures = found.erasures;
  happened_.reactions = found.reactions;
  commits_ = commits;
  rerun_ = check_decisions(commits_, wrong_);
  check_answers(found, workload_, wrong_);
  check_keys(found, node_->keyring(), wrong_);
  ended_keys_.insert(found.ended_keys.begin(), found.ended_keys.end());
  for (const auto& key : ended_keys_) {
    if (node_->keyring().get(key)) say("a key that was erased is readable again");
  }
}

void Run::check_files(bool closed) {
  const auto verified = adapters::segments::verify(machine_.disk, Machine::log_directory);
  if (!verified.ok)
    return say("the log does not verify: " + verified.code + " " + verified.file + " " +
               std::to_string(verified.offset) + " " + verified.reason);
  if (closed && verified.torn_tail) say("a log that was closed has an open tail");
  if (verified.position.value != leaves_.size()) say("verify counts other leaves than the reader");
  root_ = verified.root;
  happened_.several_segments = verified.segments > 1;
}

}  // namespace pioneer::tests
