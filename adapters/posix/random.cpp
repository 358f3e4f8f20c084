#include "adapters/posix/random.hpp"

#include <sys/random.h>

#include <cerrno>

#include "eventstore/check.hpp"

namespace pioneer::adapters::posix {

void PosixRandom::fill(std::span<std::byte> out) {
  while (!out.empty()) {
    const auto n = ::getrandom(out.data(), out.size(), 0);
    // A kernel without randomness must not be written on: ids and keys would repeat.
    CHECK(n > 0 || errno == EINTR);
    if (n > 0) out = out.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace pioneer::adapters::posix
