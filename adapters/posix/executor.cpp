#include "adapters/posix/executor.hpp"

#include "eventstore/check.hpp"

namespace pioneer::adapters::posix {
namespace {
thread_local const ThreadPool* pool_of_this_thread = nullptr;
}

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

void ThreadPool::run(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  if (queue_.size() >= queue_max_ && pool_of_this_thread == this) {
    lock.unlock();
    work();
    return;
  }
  taken_.wait(lock, [this] { return queue_.size() < queue_max_; });
  queue_.push_back(std::move(work));
  arrived_.notify_one();
}

std::size_t ThreadPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void ThreadPool::serve() {
  pool_of_this_thread = this;
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    taken_.notify_one();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

}  // namespace pioneer::adapters::posix
