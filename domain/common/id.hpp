// Identifiers of the business: 16 random bytes, written as 26 characters of lower-case base32 (Crockford's alphabet).
// Plain values; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pioneer::domain {

struct Id {
  std::array<std::uint8_t, 16> bytes{};
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
  bool is_zero() const { return *this == Id{}; }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

  /// From a message's bytes field; anything but 16 bytes is the zero id.
  static Id of(std::string_view from);
  std::string text() const;
  static std::optional<Id> parse(std::string_view text);
};

/// A person in one stream: derived from the person's key, so nothing links it to other streams without that key.
using Pseudonym = Id;

struct IdHash {
  std::size_t operator()(const Id& id) const {
    std::size_t h;
    std::memcpy(&h, id.bytes.data(), sizeof h);
    return h;
  }
};

}  // namespace pioneer::domain
