#include "domain/common/id.hpp"

namespace pioneer::domain {
namespace {
constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::uint8_t no_digit = 0xFF;

/// What each byte stands for.
constexpr auto digits = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();
}  // namespace

Id Id::of(std::string_view from) {
  Id id;
  if (from.size() == id.bytes.size()) std::memcpy(id.bytes.data(), from.data(), from.size());
  return id;
}

// 128 bits are 26 groups of 5: the first character holds the 3 highest bits.
std::string Id::text() const {
  std::string out(26, '0');
  unsigned __int128 value = 0;
  for (auto b : bytes) value = (value << 8) | b;
  for (int i = 25; i >= 0; --i) {
    out[static_cast<std::size_t>(i)] = alphabet[static_cast<std::size_t>(value & 31)];
    value >>= 5;
  }
  return out;
}

std::optional<Id> Id::parse(std::string_view text) {
  if (text.size() != 26) return std::nullopt;
  unsigned __int128 value = 0;
  for (char c : text) {
    const auto digit = digits[static_cast<unsigned char>(c)];
    if (digit == no_digit) return std::nullopt;
    if (value >> 123 != 0) return std::nullopt;  // more than 128 bits
    value = (value << 5) | digit;
  }
  Id id;
  for (int i = 15; i >= 0; --i) {
    id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value & 255);
    value >>= 8;
  }
  return id;
}

}  // namespace pioneer::domain
