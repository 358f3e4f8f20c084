#include "api/node/projector.hpp"

#include <algorithm>
#include <chrono>

#include "api/node/commits_of_log.hpp"
#include "api/people/erasure.hpp"
#include "api/people/issued_keys.hpp"

namespace pioneer::node {
namespace {

/// Commits accepted and not yet projected: then the Writer waits, so that what was answered is seen within a second.
/// Half a second's work of the projections on two cores, and about 8 MB of bodies.
constexpr std::size_t lag_commits_max = 20'000;
/// One write batch: large enough to sort well, small enough that a query waits little for its own write.
constexpr std::size_t batch_commits_max = 4'096;
/// A batch costs what it costs, whether it holds ten commits or a thousand: rows that many of them change are written
/// once, and neighbours find each other's place. So under load some time is given to gather; nobody waits for it, for
/// who presents a position ends it. Small against the second that projections may be behind.
constexpr std::size_t gather_from_commits = 16;
constexpr std::size_t gather_commits_max = 2'048;
constexpr std::chrono::milliseconds gather_for{20};
/// Looked through at each start for keys that the keyring lacks: it loses its newest first.
constexpr std::uint64_t newest_commits = 10'000;

}  // namespace

// Before anything is projected: the people store would take whoever's key is missing for an erased person.
eventstore::Result<void> Projector::check_newest_keys() const {
  const auto end = parts_.log.end().value;
  const auto reader = parts_.log.reader(eventstore::Sequence{end > newest_commits ? end - newest_commits : 0});
  while (true) {
    const auto leaf = reader->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (!*leaf) return {};
    if (!api::may_issue_key((*leaf)->record)) continue;
    const auto commit = eventstore::parse_commit(**leaf);
    if (!commit && commit.error().code == "newer_feature_level") return {};
    if (!commit) return std::unexpected(commit.error());
    if (auto known = api::knows_issued_keys(parts_.keyring, {&*commit, 1}); !known) return known;
  }
}

// With an older keyring the people store, filled anew, leads to all that the erasure had destroyed.
eventstore::Result<void> Projector::repeat_erasures(const domain::members::Roster& roster) {
  if (auto known = api::knows_members_keys(parts_.keyring, roster); !known) return known;
  erasures_repeated_ = api::undone_erasures(parts_.keyring, roster);
  if (erasures_repeated_ == 0) return {};
  if (auto emptied = parts_.people.start_over(); !emptied) return emptied;
  if (auto done = project_log(); !done) return done;
  const auto erased = erasure_.resume();
  return erased ? eventstore::Result<void>{} : std::unexpected(erased.error());
}

eventstore::Result<void> Projector::project_log() {
  const auto from = std::min({parts_.index.position().value, parts_.engine.position().value, parts_.people.position()});
  projected_.store(from, std::memory_order_release);
  read_again_ = parts_.log.end().value - from;
  auto reader = parts_.log.reader(eventstore::Sequence{from});
  std::vector<eventstore::AcceptedCommit> commits;
  while (true) {
    auto leaf = reader->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (*leaf) {
      auto commit = eventstore::parse_commit(**leaf);
      newer_ = !commit && commit.error().code == "newer_feature_level";
      if (newer_) {
        leaf = std::optional<eventstore::Leaf>{};
      } else if (!commit) {
        return std::unexpected(commit.error());
      } else {
        commits.push_back(std::move(*commit));
      }
    }
    if (!commits.empty() && (!*leaf || commits.size() >= batch_commits_max)) {
      if (auto known = api::knows_issued_keys(parts_.keyring, commits); !known) return known;
      if (auto done = project(commits); !done) return done;
      commits.clear();
    }
    if (!*leaf) return {};
  }
}

eventstore::Result<void> Projector::catch_up() {
  if (auto known = check_newest_keys(); !known) return known;
  if (auto done = project_log(); !done) return done;
  if (auto level = parts_.engine.caught_up(); !level) return level;
  if (auto erased = erasure_.resume(); !erased) return std::unexpected(erased.error());
  auto loaded = load_community(parts_.log, parts_.index);
  if (!loaded) return std::unexpected(loaded.error());
  if (auto repeated = repeat_erasures(loaded->roster); !repeated) return repeated;
  std::unique_lock lock(community_mutex_);
  community_ = std::move(*loaded);
  return {};
}

void Projector::listen(Listener listener) {
  std::lock_guard lock(mutex_);
  listeners_.push_back(std::move(listener));
}

void Projector::accepted(std::vector<eventstore::AcceptedCommit> commits) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return queue_.size() < lag_commits_max || stopping_ || !stopped_because_.empty(); });
  if (!stopped_because_.empty()) return;  // they are in the log: the next start projects them
  if (queue_.empty()) {
    queue_ = std::move(commits);
  } else {
    std::ranges::move(commits, std::back_inserter(queue_));
  }
  if (!gathering_ || queue_.size() >= gather_commits_max) changed_.notify_all();
}

eventstore::Result<void> Projector::project(std::span<const eventstore::AcceptedCommit> commits) {
  // The three stand at different positions after a crash: each takes what it has not seen.
  eventstore::WriteBatch batch;
  std::vector<eventstore::Indexed> indexed;
  for (const auto& commit : commits) {
    if (commit.sequence >= parts_.index.position()) indexed.push_back({commit.sequence, &commit.body, commit.leaf});
  }
  if (!indexed.empty()) {
    if (auto applied = parts_.index.apply(indexed, batch); !applied) return applied;
    if (auto written = parts_.store.write(batch); !written) return written;
  }
  if (auto applied = parts_.engine.apply(commits); !applied) return applied;
  if (auto ended = erasure_.end_late_cases(commits); !ended) return ended;
  if (auto applied = parts_.people.apply(commits); !applied) return applied;
  // The log says that a person is erased: now their keys go. A crash in between is made good by catch_up().
  if (std::ranges::any_of(commits, api::erases_somebody)) {
    if (auto erased = erasure_.resume(); !erased) return std::unexpected(erased.error());
  }
  projected_.store(commits.back().sequence.value + 1, std::memory_order_release);
  return {};
}

// Where nodes share a log, the keys of a commit that another node wrote come on a way of their own.
eventstore::Result<void> Projector::await_keys(std::span<const eventstore::AcceptedCommit> commits) {
  for (;;) {
    auto known = api::knows_issued_keys(parts_.keyring, commits);
    if (known || known.error().retry == eventstore::Retry::cannot_help) return known;
    std::lock_guard lock(mutex_);
    if (!waits_) return known;
  }
}

bool Projector::step() {
  std::vector<eventstore::AcceptedCommit> taken;
  std::vector<Listener> listeners;
  {
    std::lock_guard lock(mutex_);
    if (queue_.empty() || !stopped_because_.empty()) return false;
    taken.swap(queue_);
    listeners = listeners_;
  }
  changed_.notify_all();
  std::span<const eventstore::AcceptedCommit> left(taken);
  while (!left.empty()) {
    const auto some = left.first(std::min(left.size(), batch_commits_max));
    left = left.subspan(some.size());
    {
      std::unique_lock lock(community_mutex_);
      for (const auto& commit : some) static_cast<void>(community_.fold(commit));
    }
    auto done = await_keys(some);
    if (done) done = project(some);
    if (!done) {
      std::lock_guard lock(mutex_);
      stopped_because_ = done.error().code + ": " + done.error().detail;
      queue_.clear();
      changed_.notify_all();
      return false;
    }
    for (const auto& listener : listeners) listener(some);
    fire_waiters();
  }
  return true;
}

void Projector::gather(std::unique_lock<std::mutex>& lock) {
  if (queue_.size() < gather_from_commits) return;
  gathering_ = true;
  changed_.wait_for(lock, gather_for,
                    [&] { return queue_.size() >= gather_commits_max || !waiters_.empty() || stopping_; });
  gathering_ = false;
}

// An error of the log or the store leaves the live rows as they are; the next start begins anew.
void Projector::build_new_versions(const std::stop_token& stop) {
  const auto source = [&](eventstore::Sequence from) {
    return std::make_unique<CommitsOfLog>(parts_.log, from, [stop] { return stop.stop_requested(); });
  };
  for (const auto& name : parts_.engine.outdated()) {
    if (!stop.stop_requested()) static_cast<void>(parts_.engine.rebuild(name, source));
  }
}

void Projector::loop() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return (!queue_.empty() && stopped_because_.empty()) || stopping_; });
      if (stopping_ && (queue_.empty() || !stopped_because_.empty())) return;
      gather(lock);
    }
    step();
  }
}

void Projector::end_waits() {
  std::lock_guard lock(mutex_);
  waits_ = false;
}

void Projector::stop() {
  std::lock_guard lock(mutex_);
  stopping_ = true;
  waits_ = false;
  changed_.notify_all();
}

void Projector::when_projected(eventstore::Sequence sequence, eventstore::Instant deadline,
                               std::function<void(bool)> then) {
  {
    std::lock_guard lock(mutex_);
    // Checked under the lock that fire_waiters() takes: no wait can be lost between.
    if (projected() <= sequence) {
      waiters_.emplace(sequence.value, Waiter{deadline, std::move(then)});
      if (gathering_) changed_.notify_all();
      return;
    }
  }
  then(true);
}

void Projector::fire_waiters() {
  std::vector<Waiter> ready;
  {
    std::lock_guard lock(mutex_);
    const auto end = waiters_.lower_bound(projected().value);
    for (auto w = waiters_.begin(); w != end; ++w) ready.push_back(std::move(w->second));
    waiters_.erase(waiters_.begin(), end);
  }
  for (auto& waiter : ready) waiter.then(true);
}

void Projector::expire(eventstore::Instant now) {
  std::vector<Waiter> late;
  {
    std::lock_guard lock(mutex_);
    for (auto w = waiters_.begin(); w != waiters_.end();) {
      if (w->second.deadline < now) {
        late.push_back(std::move(w->second));
        w = waiters_.erase(w);
      } else {
        ++w;
      }
    }
  }
  for (auto& waiter : late) waiter.then(false);
}

std::string Projector::stopped_because() const {
  std::lock_guard lock(mutex_);
  return stopped_because_;
}

}  // namespace pioneer::node
