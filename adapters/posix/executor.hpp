// A fixed number of threads over a bounded queue.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "eventstore/ports/executor.hpp"

namespace pioneer::adapters::posix {

/// Any thread may call run(). The destructor lets all queued work finish.
class ThreadPool : public eventstore::Executor {
 public:
  explicit ThreadPool(std::size_t threads, std::size_t queue_max = 1'024);
  ~ThreadPool() override;
  /// False while `queue_max` pieces wait.
  [[nodiscard]] bool run(std::function<void()> work) override;
  void run_promised(std::function<void()> work) override;
  /// Work that waits for a thread. Any thread.
  std::size_t queued() const;

 private:
  void serve();

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> queue_;
  std::deque<std::function<void()>> promised_;  ///< goes first
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pioneer::adapters::posix
