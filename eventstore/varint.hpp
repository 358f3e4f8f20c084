// Unsigned integers in as few bytes as they need: seven bits a byte, lowest first, as in protobuf. And big-endian ones,
// whose bytes sort as their values do. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pioneer::eventstore {

inline void put_varint(std::string& to, std::uint64_t value) {
  while (value >= 0x80) {
    to.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  to.push_back(static_cast<char>(value));
}

/// Takes one from the front of `from`; nothing if it is cut off or longer than 64 bits.
inline std::optional<std::uint64_t> take_varint(std::string_view& from) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(from.front());
    from.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

template <class Integer>
void put_big_endian(std::string& to, Integer value) {
  for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) {
    to.push_back(static_cast<char>(static_cast<std::uint8_t>(value >> shift)));
  }
}

/// Precondition: `from` has the bytes.
template <class Integer>
Integer read_big_endian(std::string_view from) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value = static_cast<Integer>(static_cast<Integer>(value << 8) | static_cast<std::uint8_t>(from[i]));
  }
  return value;
}

}  // namespace pioneer::eventstore
