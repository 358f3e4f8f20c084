// Follows the log on its own thread: index, read models, people, the community that queries ask, then those who listen.
// Bounded: when it lags too far, it holds the Writer back.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <stop_token>
#include <vector>

#include "api/node/community.hpp"
#include "api/people/erasure.hpp"
#include "api/ports/keyring.hpp"
#include "api/ports/people.hpp"
#include "eventstore/log_index.hpp"
#include "eventstore/writer.hpp"
#include "projections/engine/engine.hpp"

namespace pioneer::node {

class Projector final : public eventstore::Follower {
 public:
  struct Parts {
    const eventstore::Log& log;
    eventstore::KeyValueStore& store;
    eventstore::LogIndex& index;
    projections::Engine& engine;
    api::People& people;
    api::Keyring& keyring;
  };
  /// Called on the projecting thread after some commits are projected. Must not block.
  using Listener = std::function<void(std::span<const eventstore::AcceptedCommit>)>;

  explicit Projector(const Parts& parts) : parts_(parts), erasure_(parts.keyring, parts.people) {}

  /// Before the log is opened for writing: projects all that is durable, then loads the community. Erasures that an
  /// older keyring knows nothing of are carried out again. Error "keyring_behind_log", and those of all parts.
  eventstore::Result<void> catch_up();
  /// Members whose erasure catch_up() had to carry out again.
  std::size_t erasures_repeated() const { return erasures_repeated_; }
  /// Commits that catch_up() read, for not all of what is derived from them was kept.
  std::uint64_t read_again() const { return read_again_; }
  /// catch_up() met a commit of a higher feature level, and stopped before it.
  bool newer() const { return newer_; }
  /// Any thread. The listener is called until the projector ends.
  void listen(Listener listener);

  // Follower: the Writer's writing thread.
  eventstore::Result<void> before_write() override { return parts_.keyring.sync(); }
  eventstore::Result<void> before_reign(eventstore::Epoch epoch) override {
    return parts_.keyring.begin_epoch(epoch.value);
  }
  void accepted(std::vector<eventstore::AcceptedCommit> commits) override;
  bool followed(eventstore::Sequence end) const override { return projected() >= end; }

  /// Projects what has come. False: nothing had.
  bool step();
  void loop();
  void stop();
  /// Whoever stops it comes soon: what it waits for is not waited for without end any more.
  void end_waits();
  /// Builds read models that this build wants otherwise, from the log's beginning, while the live ones go on; returns
  /// when all are live, or at `stop`. A thread of its own.
  void build_new_versions(const std::stop_token& stop);

  /// Every commit below it is projected. Any thread.
  eventstore::Sequence projected() const { return eventstore::Sequence{projected_.load(std::memory_order_acquire)}; }
  const std::atomic<std::uint64_t>& projected_counter() const { return projected_; }
  /// Calls `then(true)` once `sequence` is projected (at once, here, if it is), or `then(false)` from expire().
  void when_projected(eventstore::Sequence sequence, eventstore::Instant deadline, std::function<void(bool)> then);
  /// The timer: gives up on waits whose deadline has passed.
  void expire(eventstore::Instant now);

  /// Runs `look(const Community&)` while nothing changes it. Any thread; keep it short.
  template <class Look>
  auto with_community(Look look) const {
    std::shared_lock lock(community_mutex_);
    return look(community_);
  }
  /// Empty while all is well; else why projecting stopped: queries then answer old truth.
  std::string stopped_because() const;

 private:
  eventstore::Result<void> check_newest_keys() const;
  eventstore::Result<void> project_log();
  eventstore::Result<void> repeat_erasures(const domain::members::Roster& roster);
  eventstore::Result<void> await_keys(std::span<const eventstore::AcceptedCommit> commits);
  eventstore::Result<void> project(std::span<const eventstore::AcceptedCommit> commits);
  void gather(std::unique_lock<std::mutex>& lock);
  void fire_waiters();

  Parts parts_;
  api::Erasure erasure_;
  std::vector<Listener> listeners_;
  bool newer_ = false;
  std::size_t erasures_repeated_ = 0;
  std::uint64_t read_again_ = 0;
  std::atomic<std::uint64_t> projected_{0};

  mutable std::shared_mutex community_mutex_;
  Community community_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<eventstore::AcceptedCommit> queue_;
  bool gathering_ = false;  ///< loop() waits for a batch worth its price
  bool stopping_ = false;
  bool waits_ = true;  ///< for keys that are on their way
  std::string stopped_because_;
  struct Waiter {
    eventstore::Instant deadline;
    std::function<void(bool)> then;
  };
  std::multimap<std::uint64_t, Waiter> waiters_;  ///< by sequence
};

}  // namespace pioneer::node
