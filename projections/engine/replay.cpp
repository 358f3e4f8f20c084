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

/// A short queue between the thread that reads and the one that applies. An empty Read ends it.
class Handover {
 public:
  /// False: nobody takes any more.
  bool give(Result<Read> read) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return queue_.size() < 4 || stopped_; });
    queue_.push_back(std::move(read));
    changed_.notify_all();
    return !stopped_;
  }
  /// What was taken and is done with: memory is best freed by the thread that took it.
  void give_back(Read read) {
    const std::scoped_lock lock(mutex_);
    done_.push_back(std::move(read));
  }
  std::vector<Read> done() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(done_, {});
  }
  Result<Read> take() {
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
  std::deque<Result<Read>> queue_;
  std::vector<Read> done_;
  bool stopped_ = false;
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

}  // namespace

Result<std::unique_ptr<Engine>> replay(eventstore::KeyValueStore& scratch,
                                       std::vector<std::unique_ptr<Projection>> projections, CommitSource& source,
                                       AsOf as_of, EngineOptions options) {
  options.bulk = true;
  auto engine = Engine::open(scratch, std::move(projections), options);
  if (!engine) return engine;
  Handover handover;
  std::jthread reader([&] {
    for (;;) {
      handover.done();
      auto read = read_more(source, as_of);
      const bool last = !read || read->commits.size() < read->accepted.size() || read->commits.empty();
      const bool empty = read && read->commits.empty();
      if (!handover.give(std::move(read)) || empty) return;
      if (last) {
        handover.give(Read{});
        return;
      }
    }
  });
  for (;;) {
    auto read = handover.take();
    if (!read || read->commits.empty()) {
      handover.stop();
      if (!read) return std::unexpected(read.error());
      break;
    }
    if (auto applied = (*engine)->apply(std::span<const Commit>(read->commits)); !applied) {
      handover.stop();
      return std::unexpected(applied.error());
    }
    handover.give_back(std::move(*read));
  }
  for (const auto& status : (*engine)->status()) {
    if (status.stopped) return std::unexpected(*status.stopped);
  }
  if (auto closed = (*engine)->close(); !closed) return std::unexpected(closed.error());
  return engine;
}

}  // namespace pioneer::projections
