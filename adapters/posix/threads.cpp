#include "adapters/posix/threads.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace pioneer::adapters::posix {
namespace {

/// sched_setattr(2); the C library knows neither the call nor this.
struct Attributes {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime_ns;
  std::uint64_t deadline_ns;
  std::uint64_t period_ns;
};

/// The shortest that the kernel grants; usual is 3 ms, and so long one waits who wakes on a busy processor.
constexpr std::uint64_t slice_ns = 100'000;

}  // namespace

void run_promptly() {
  Attributes attributes{};
  if (::syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;
  attributes.size = sizeof attributes;
  attributes.runtime_ns = slice_ns;
  static_cast<void>(::syscall(SYS_sched_setattr, 0, &attributes, 0));
}

void pause_s(unsigned seconds) { ::sleep(seconds); }

}  // namespace pioneer::adapters::posix
