// Read models as they stood: replayed into scratch stores, on an executor of their own. `?asOf=` of products, lists and
// boards.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

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
};

/// Moments are kept, those asked for last at least, and a new one is made from the nearest earlier one; a long replay
/// also keeps moments on its way, so that going back a little is cheap too. Any thread, none of which waits.
class Past {
 public:
  struct Options {
    std::size_t waiting_max = 32;                 ///< callers that wait for replays, all together
    std::size_t moments_max = 8;                  ///< kept
    std::uint64_t bytes_max = 1ull << 30;         ///< of all kept together; the newest stays in any case
    std::uint64_t stopover_commits_min = 50'000;  ///< a replay of so many keeps moments on its way
    std::size_t rows_bytes_max = 16u << 20;       ///< memory for rows while replaying
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
  /// Commits replayed so far.
  std::uint64_t replayed() const { return replayed_.load(); }

 private:
  struct Wanted {
    eventstore::Sequence end;
    std::vector<Then> waiting;
  };
  void work();
  eventstore::Result<Kept> make(eventstore::Sequence end);
  eventstore::Result<Kept> step(const Kept& from, eventstore::Sequence end);
  Kept nearest(eventstore::Sequence end);
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
};

}  // namespace pioneer::api::http
