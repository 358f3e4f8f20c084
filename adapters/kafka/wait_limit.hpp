// How long anything of a node still waits for the brokers: as each call says, until a stop sets a limit for all.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pioneer::adapters::kafka {

/// Any thread. Who waits looks at it again and again, so a limit ends waits that began before it.
class WaitLimit {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds look_every{100};

  /// From here on nobody waits longer than `within`. The first call counts.
  void set(std::chrono::milliseconds within) {
    auto none = never;
    at_.compare_exchange_strong(none, (Clock::now() + within).time_since_epoch().count());
  }
  bool passed() const { return Clock::now() >= limit(); }
  /// That, or the limit, if it is earlier.
  Clock::time_point earlier(Clock::time_point wanted) const { return std::min(wanted, limit()); }

 private:
  static constexpr Clock::rep never = Clock::time_point::max().time_since_epoch().count();
  Clock::time_point limit() const { return Clock::time_point(Clock::duration(at_.load(std::memory_order_relaxed))); }
  std::atomic<Clock::rep> at_{never};
};

/// As condition_variable::wait_until, but not beyond the limit.
template <class Ready>
bool wait_until(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                WaitLimit::Clock::time_point until, const WaitLimit& limit, const Ready& ready) {
  for (;;) {
    if (ready()) return true;
    const auto now = WaitLimit::Clock::now();
    const auto end = limit.earlier(until);
    if (now >= end) return false;
    changed.wait_until(lock, std::min(end, now + WaitLimit::look_every));
  }
}

}  // namespace pioneer::adapters::kafka
