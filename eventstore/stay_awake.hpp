// How a loop waits a moment for work before it sleeps. Any thread.
#pragma once

#include <chrono>

namespace pioneer::eventstore {

/// For so long a loop looks for work before it sleeps. Under load it comes meanwhile, and nobody pays for waking the
/// thread; when idle it is these microseconds, once. Not longer: on few cores others need the processor. And it never
/// yields: who yields gives a whole turn away, some milliseconds in which a batch stands still.
inline constexpr std::chrono::microseconds awake_for{20};

/// Returns when `ready()` says yes, or after `awake_for`.
template <class Ready>
void stay_awake(const Ready& ready) {
  constexpr int looks_between_times = 16;
  const auto until = std::chrono::steady_clock::now() + awake_for;
  do {
    for (int look = 0; look < looks_between_times; ++look) {
      if (ready()) return;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#elif defined(__aarch64__)
      asm volatile("yield");
#endif
    }
  } while (std::chrono::steady_clock::now() < until);
}

}  // namespace pioneer::eventstore
