// A clock that the demo sets. Each look at it is a moment later, so that what happens in one slot has an order in time.
// One thread drives; any thread looks.
#pragma once

#include <algorithm>
#include <atomic>

#include "eventstore/ports/clock.hpp"

namespace pioneer::cli::demo {

class DrivenClock final : public eventstore::Clock {
 public:
  /// From here on it is `us`, up to `slot_us` later. Never goes back.
  void set(std::int64_t us, std::int64_t slot_us) {
    end_us_ = us + slot_us;
    now_us_ = std::max(now_us_.load(), us);
  }
  eventstore::Instant now() const override {
    std::int64_t was = now_us_;
    while (!now_us_.compare_exchange_weak(was, std::max(was, std::min(was + look_us, end_us_.load())))) {
    }
    return eventstore::Instant{std::max(was, std::min(was + look_us, end_us_.load()))};
  }
  eventstore::Instant since_boot() const override { return eventstore::Instant{now_us_}; }
  bool driven() const override { return true; }

 private:
  static constexpr std::int64_t look_us = 700'000;
  mutable std::atomic<std::int64_t> now_us_ = 0;
  std::atomic<std::int64_t> end_us_ = 0;
};

}  // namespace pioneer::cli::demo
