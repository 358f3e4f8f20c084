// Read models as they stood: replayed into scratch stores, on an executor of their own. `?asOf=` of products, lists and
// boards.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "api/http/handlers/milestones.hpp"
#include "eventstore/error.hpp"
#include "eventstore/ports/executor.hpp"
#include "eventstore/ports/key_value_store.hpp"
#include "eventstore/ports/log.hpp"
#include "projections/read_models.hpp"

namespace pioneer::api::http {

/// Scratch stores for the past. One thread.
class PastStores {
 public:
  virtual ~PastStores() = default;
  /// An empty one; or, where `of` is one of ours, a copy of it.
  virtual eventstore::Result<std::unique_ptr<eventstore::KeyValueStore>> make(const eventstore::KeyValueStore* of) = 0;
  /// Bytes that it takes, in memory or on the disk.
  virtual std::uint64_t bytes(const eventstore::KeyValueStore& store) const = 0;

  // Those that outlive the process, by where they end; a store that has none keeps none.
  virtual std::vector<eventstore::Sequence> durable() const { return {}; }
  virtual std::uint64_t durable_bytes() const { return 0; }
  /// A copy of `of`, which is one of ours, for good.
  virtual eventstore::Result<void> keep(const eventstore::KeyValueStore& of, eventstore::Sequence end);
  /// A copy of a durable one, to go on from. An error: it is damaged, or gone.
  virtual eventstore::Result<std::unique_ptr<eventstore::KeyValueStore>> go_on_from(eventstore::Sequence end);
  virtual void drop(eventstore::Sequence end) { static_cast<void>(end); }
};

/// Moments are kept, those asked for last at least, and a new one is made from the nearest earlier one; a long replay
/// also keeps moments on its way, so that going back a little is cheap too. Milestones stand on the disk, made while
/// nobody waits, so that also the first look at an old instant is a short replay. Any thread, none of which waits.
class Past {
 public:
  struct Options {
    std::size_t waiting_max = 32;                 ///< callers that wait for replays, all together
    std::size_t moments_max = 8;                  ///< kept
    std::uint64_t bytes_max = 1ull << 30;         ///< of all kept together; the newest stays in any case
    std::uint64_t stopover_commits_min = 50'000;  ///< a replay of so many keeps moments on its way
    std::size_t rows_bytes_max = 16u << 20;       ///< memory for rows while replaying
    Milestones::Options milestones = {};
  };
  struct Moment {
    std::unique_ptr<eventstore::KeyValueStore> store;
    std::unique_ptr<projections::ReadModels> models;
    eventstore::Sequence end;  ///< the first commit that does not count
    std::uint64_t bytes = 0;
  };
  using Kept = std::shared_ptr<const Moment>;
  using Then = std::function<void(eventstore::Result<Kept>)>;

  /// All three outlive this. One replay runs at a time, and what waits for it holds a thread of the executor: queries
  /// have another.
  Past(const eventstore::Log& log, PastStores& stores, eventstore::Executor& executor, Options options);
  Past(const eventstore::Log& log, PastStores& stores, eventstore::Executor& executor)
      : Past(log, stores, executor, Options{}) {}
  /// Whoever still waits is told `stopping`.
  ~Past();
  Past(const Past&) = delete;
  Past& operator=(const Past&) = delete;

  /// Everything below `end`. Calls `then` here, if that moment is kept, else later on the executor. False: too
  /// many wait already; `then` is not called.
  [[nodiscard]] bool at(eventstore::Sequence end, Then then);
  /// The log ends there by now: milestones that are due are made when nobody waits.
  void grown(eventstore::Sequence log_end);
  /// Commits replayed so far.
  std::uint64_t replayed() const { return replayed_.load(); }

 private:
  struct Wanted {
    eventstore::Sequence end;
    std::vector<Then> waiting;
  };
  /// Where a replay begins: a moment that is kept, a milestone, or the log's beginning.
  struct Start {
    Kept moment;
    std::optional<eventstore::Sequence> milestone;
    std::uint64_t end() const { return moment ? moment->end.value : milestone ? milestone->value : 0; }
  };
  void work();
  void answer_first(std::unique_lock<std::mutex>& lock);
  void make_milestone(std::unique_lock<std::mutex>& lock, eventstore::Sequence end);
  eventstore::Result<Kept> make(eventstore::Sequence end);
  eventstore::Result<Kept> step(const Start& from, eventstore::Sequence end);
  Start nearest(eventstore::Sequence end, bool moments);
  eventstore::Result<std::unique_ptr<eventstore::KeyValueStore>> begin(Start& from);
  void keep(const Kept& moment);

  const eventstore::Log& log_;
  PastStores& stores_;
  eventstore::Executor& executor_;
  const Options options_;
  std::atomic<std::uint64_t> replayed_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Wanted> wanted_;  ///< the first is being made
  std::size_t waiting_ = 0;
  bool working_ = false;
  std::deque<Kept> kept_;  ///< the one used last first
  Milestones milestones_;
  bool milestones_failed_ = false;  ///< until the next start: a full disk, most likely
  eventstore::Sequence log_end_;
};

}  // namespace pioneer::api::http
