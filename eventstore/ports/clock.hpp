// The only ways by which time enters.
#pragma once

#include "eventstore/types.hpp"

namespace pioneer::eventstore {

/// Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall clock, UTC.
  virtual Instant now() const = 0;
  /// CLOCK_BOOTTIME in microseconds: goes on through sleep, never jumps.
  virtual Instant since_boot() const = 0;
  /// A driven clock (demo, tests) is set by its owner; its log says so.
  virtual bool driven() const { return false; }
};

}  // namespace pioneer::eventstore
