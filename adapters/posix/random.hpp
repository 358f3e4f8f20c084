// The kernel's random numbers.
#pragma once

#include "eventstore/ports/random.hpp"

namespace pioneer::adapters::posix {

/// getrandom(2). Any thread. Waits only before the machine's pool was first filled.
class PosixRandom : public eventstore::Random {
 public:
  void fill(std::span<std::byte> out) override;
};

}  // namespace pioneer::adapters::posix
