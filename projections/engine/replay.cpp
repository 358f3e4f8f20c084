#include "projections/engine/replay.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace pioneer::projections {
namespace {

using eventstore::Result;

/// Commits with what they were read from, which they refer to.
struct Read {
  std::vector<eventstore::AcceptedCommit> accepted;
  std::vector<Commit> commits;
};
using Shared = std::shared_ptr<const Read>;

/// A short queue between the thread that reads and one that applies.
class Handover {
 public:
  /// False: nobody takes any more. Null ends it.
  bool give(Shared read) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return queue_.size() < 4 || stopped_; });
    queue_.push_back(std::move(read));
    changed_.notify_all();
    return !stopped_;
  }
  Shared take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !queue_.empty(); });
    auto read = std::move(queue_.front());
    queue_.pop_front();
    changed_.notify_all();
    return read;
  }
  void stop() {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Shared> queue_;
  bool stopped_ = false;
};

/// A thread that applies to one projection what it is given, until null or an error.
class Applier {
 public:
  Applier(Engine& engine, std::size_t place) : thread_([this, &engine, place] { run(engine, place); }) {}
  ~Applier() {
    if (thread_.joinable()) {
      handover_.give(nullptr);
      thread_.join();
    }
  }
  Applier(const Applier&) = delete;
  Applier& operator=(const Applier&) = delete;
  bool give(Shared read) { return handover_.give(std::move(read)); }
  Result<void> finish() {
    handover_.give(nullptr);
    thread_.join();
    return applied_;
  }

 private:
  void run(Engine& engine, std::size_t place) {
    while (const auto read = handover_.take()) {
      if (!applied_) continue;
      applied_ = engine.apply_to(place, read->commits);
      if (!applied_) handover_.stop();
    }
  }
  Handover handover_;
  Result<void> applied_;
  std::thread thread_;  ///< last: it uses the others
};

bool is_after(const Commit& commit, const AsOf& as_of) {
  return (as_of.before && commit.sequence >= *as_of.before) ||
         (as_of.recorded_until && commit.recorded_at > *as_of.recorded_until);
}

Result<Read> read_more(CommitSource& source, const AsOf& as_of) {
  Read read;
  auto accepted = source.next();
  if (!accepted) return std::unexpected(accepted.error());
  read.accepted = std::move(*accepted);
  read.commits.reserve(read.accepted.size());
  for (const auto& one : read.accepted) {
    auto commit = read_commit(one);
    if (!commit) return std::unexpected(commit.error());
    if (is_after(*commit, as_of)) break;
    read.commits.push_back(std::move(*commit));
  }
  return read;
}

/// Reads to the end and hands over to all.
Result<void> read_all(CommitSource& source, const AsOf& as_of, std::vector<std::unique_ptr<Applier>>& appliers) {
  std::deque<Shared> given;
  for (bool more = true; more;) {
    auto read = read_more(source, as_of);
    if (!read) return std::unexpected(read.error());
    more = !read->commits.empty() && read->commits.size() == read->accepted.size();
    if (read->commits.empty()) break;
    given.push_back(std::make_shared<const Read>(std::move(*read)));
    for (const auto& applier : appliers) more = applier->give(given.back()) && more;
    // Memory is best freed by the thread that took it.
    while (given.front().use_count() == 1 && given.size() > 1) given.pop_front();
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Engine>> replay(eventstore::KeyValueStore& scratch,
                                       std::vector<std::unique_ptr<Projection>> projections, CommitSource& source,
                                       AsOf as_of, EngineOptions options) {
  options.bulk = true;
  auto engine = Engine::open(scratch, std::move(projections), options);
  if (!engine) return engine;
  std::vector<std::unique_ptr<Applier>> appliers;
  const auto count = (*engine)->status().size();
  for (std::size_t place = 0; place < count; ++place) appliers.push_back(std::make_unique<Applier>(**engine, place));
  auto done = read_all(source, as_of, appliers);
  for (const auto& applier : appliers) {
    if (auto finished = applier->finish(); !finished && done) done = std::move(finished);
  }
  if (!done) return std::unexpected(std::move(done.error()));
  for (const auto& status : (*engine)->status()) {
    if (status.stopped) return std::unexpected(*status.stopped);
  }
  if (auto closed = (*engine)->close(); !closed) return std::unexpected(closed.error());
  return engine;
}

}  // namespace pioneer::projections
