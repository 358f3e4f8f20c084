// CHECK: we are wrong, stop before harm is done. On in release; never reachable from input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace pioneer::eventstore {
[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}
}  // namespace pioneer::eventstore

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::pioneer::eventstore::check_failed(#condition, __FILE__, __LINE__))
