// Chance and time of a simulated run: both follow from its seed alone.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "eventstore/ports/clock.hpp"
#include "eventstore/ports/random.hpp"

namespace pioneer::tests {

inline constexpr std::int64_t ms_us = 1'000;
inline constexpr std::int64_t second_us = 1'000'000;

/// Choices. Not the standard's distributions: their results are each library's own.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  /// 0 … n − 1. Precondition: n > 0.
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  std::uint64_t between(std::uint64_t first, std::uint64_t last) { return first + below(last - first + 1); }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  /// One element. Precondition: there is one.
  template <class Several>
  auto& pick(Several& from) {
    return from[below(from.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// What the node draws: ids of writers, keys, nonces.
class SeededRandom final : public eventstore::Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (auto& byte : out) byte = static_cast<std::byte>(engine_());
  }

 private:
  std::mt19937_64 engine_;
};

/// A machine's clock that the run moves by hand. Its wall time may be a little off, in either direction, as real ones
/// are.
class HandClock final : public eventstore::Clock {
 public:
  static constexpr std::int64_t second_us = tests::second_us;
  eventstore::Instant now() const override { return eventstore::Instant{start_us + passed_us_ + off_us_}; }
  eventstore::Instant since_boot() const override { return eventstore::Instant{passed_us_}; }
  void pass(std::int64_t us) { passed_us_ += us; }
  void set_off_by(std::int64_t us) { off_us_ = us; }

 private:
  static constexpr std::int64_t start_us = 1'800'000'000 * second_us;
  std::int64_t passed_us_ = second_us;
  std::int64_t off_us_ = 0;
};

}  // namespace pioneer::tests
