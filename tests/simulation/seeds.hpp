// Which seeds a test plays, and what it prints of them.
//   PIONEER_SEEDS=n  seeds 1 … n instead of the usual ones      PIONEER_SEED=n  this one alone
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "eventstore/types.hpp"

namespace pioneer::tests {

inline std::optional<std::uint64_t> number_in(const char* name) {
  const char* text = std::getenv(name);
  std::uint64_t number = 0;
  if (text == nullptr || std::from_chars(text, text + std::strlen(text), number).ec != std::errc{}) return {};
  return number;
}

struct Seeds {
  std::uint64_t first;
  std::uint64_t last;
  std::uint64_t count() const { return last - first + 1; }
};

inline Seeds seeds_to_play(std::uint64_t usual) {
  if (const auto alone = number_in("PIONEER_SEED")) return {*alone, *alone};
  return {1, number_in("PIONEER_SEEDS").value_or(usual)};
}

/// Of a hash, as much as tells it from others.
inline std::string short_hex(const eventstore::Hash& hash) {
  std::string out;
  for (const auto byte : hash.view().substr(0, 8)) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    out += digits;
  }
  return out;
}

}  // namespace pioneer::tests
