// The machine's clocks.
#pragma once

#include "eventstore/ports/clock.hpp"

namespace pioneer::adapters::posix {

/// CLOCK_REALTIME and CLOCK_BOOTTIME. Any thread.
class PosixClock : public eventstore::Clock {
 public:
  eventstore::Instant now() const override;
  eventstore::Instant since_boot() const override;
};

}  // namespace pioneer::adapters::posix
