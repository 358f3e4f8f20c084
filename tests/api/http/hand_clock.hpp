// A clock for tests over routes. Any thread.
#pragma once

#include <atomic>

#include "adapters/posix/clock.hpp"

namespace pioneer::api::http {

/// Stands still until it is put forward.
class HandClock final : public eventstore::Clock {
 public:
  eventstore::Instant now() const override { return eventstore::Instant{now_us_.load()}; }
  eventstore::Instant since_boot() const override { return now(); }
  bool driven() const override { return true; }
  void pass(std::int64_t us) { now_us_ += us; }

 private:
  std::atomic<std::int64_t> now_us_ = adapters::posix::PosixClock().now().value;
};

}  // namespace pioneer::api::http
