// The only way by which randomness enters.
#pragma once

#include <span>

#include "eventstore/types.hpp"

namespace pioneer::eventstore {

/// Any thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;

  template <class B>
  B bytes() {
    B b;
    fill(b.bytes);
    return b;
  }
};

}  // namespace pioneer::eventstore
