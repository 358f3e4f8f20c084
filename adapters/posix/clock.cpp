#include "adapters/posix/clock.hpp"

#include <ctime>

#include "eventstore/check.hpp"

namespace pioneer::adapters::posix {
namespace {

eventstore::Instant read(clockid_t clock) {
  timespec t;
  CHECK(::clock_gettime(clock, &t) == 0);
  return eventstore::Instant(std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1'000);
}

}  // namespace

eventstore::Instant PosixClock::now() const { return read(CLOCK_REALTIME); }
eventstore::Instant PosixClock::since_boot() const { return read(CLOCK_BOOTTIME); }

}  // namespace pioneer::adapters::posix
