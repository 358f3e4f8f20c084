#include "adapters/posix/executor.hpp"

#include "eventstore/check.hpp"

namespace pioneer::adapters::posix {

ThreadPool::ThreadPool(std::size_t threads, std::size_t queue_max) : queue_max_(queue_max) {
  CHECK(threads > 0 && queue_max > 0);
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool ThreadPool::run(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= queue_max_) return false;
  queue_.push_back(std::move(work));
  arrived_.notify_one();
  return true;
}

void ThreadPool::run_promised(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  promised_.push_back(std::move(work));
  arrived_.notify_one();
}

std::size_t ThreadPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size() + promised_.size();
}

void ThreadPool::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [this] { return stopping_ || !queue_.empty() || !promised_.empty(); });
    auto& from = promised_.empty() ? queue_ : promised_;
    if (from.empty()) return;
    auto work = std::move(from.front());
    from.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

}  // namespace pioneer::adapters::posix
