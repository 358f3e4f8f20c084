// Chance that a seed repeats, the same on every machine: splitmix64, and no distribution of the standard library, whose
// results differ between implementations. Plain value; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pioneer::cli::demo {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// Of least to most, both included. Precondition: least ≤ most. The bias of the remainder does not matter here.
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool percent(std::int64_t of_hundred) { return between(0, 99) < of_hundred; }
  /// Precondition: not empty.
  template <class T>
  const T& one_of(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(items.size()) - 1))];
  }
  /// One by its member `weight`.
  template <class T>
  const T& weighted(const std::vector<T>& items) {
    std::int64_t sum = 0;
    for (const auto& item : items) sum += item.weight;
    std::int64_t at = between(0, sum - 1);
    for (const auto& item : items) {
      at -= item.weight;
      if (at < 0) return item;
    }
    return items.back();
  }

 private:
  std::uint64_t state_;
};

}  // namespace pioneer::cli::demo
