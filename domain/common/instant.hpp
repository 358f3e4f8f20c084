// Time as the business sees it: the Writer's stamp, in microseconds since 1970-01-01T00:00:00Z.
#pragma once

#include <compare>
#include <cstdint>

namespace pioneer::domain {

struct Instant {
  std::int64_t us = 0;
  friend constexpr auto operator<=>(Instant, Instant) = default;
  constexpr Instant plus_minutes(std::int64_t minutes) const { return {us + minutes * 60'000'000}; }
};

}  // namespace pioneer::domain
