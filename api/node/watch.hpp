// Tells a thread that is stuck from one that has nothing to do: whoever is busy must have moved since it was looked at.
#pragma once

#include <atomic>
#include <cstdint>

namespace pioneer::node {

/// Longer than a sync of a struggling disk or a batch of projections takes, shorter than an operator's patience.
inline constexpr std::int64_t stuck_after_us = 30'000'000;

/// One thread's progress. look() from one thread, the rest from any.
class Progress {
 public:
  /// `count` goes on whenever the thread has done something.
  void look(bool busy, std::uint64_t count, std::int64_t now_us) {
    if (!busy || count != count_ || since_us_.load(std::memory_order_relaxed) == 0) {
      count_ = count;
      since_us_.store(now_us, std::memory_order_relaxed);
    }
  }
  /// False before the first look.
  bool stuck(std::int64_t now_us) const {
    const auto since = since_us_.load(std::memory_order_relaxed);
    return since != 0 && now_us - since > stuck_after_us;
  }

 private:
  std::uint64_t count_ = 0;
  std::atomic<std::int64_t> since_us_{0};  ///< by the boot clock, when it was last seen idle or moved; 0: never looked
};

/// The node's threads, as its timer sees them; and the timer, which is seen not to look any more.
struct Watch {
  Progress writer, projection, timer;
};

}  // namespace pioneer::node
