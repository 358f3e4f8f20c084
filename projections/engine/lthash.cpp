#include "projections/engine/lthash.hpp"

#include <sodium.h>

#include <bit>
#include <cstring>

#include "eventstore/check.hpp"

namespace pioneer::projections {
namespace {

using Numbers = std::array<std::uint16_t, LtHash::bytes / 2>;

std::uint16_t little_endian(std::uint16_t n) {
  if constexpr (std::endian::native == std::endian::little) return n;
  return static_cast<std::uint16_t>(n << 8 | n >> 8);
}

Numbers expand(std::string_view key, std::string_view value) {
  static const bool ready = sodium_init() >= 0;  // chooses the fastest code for this machine
  CHECK(ready);
  crypto_generichash_state state;
  unsigned char seed[crypto_stream_chacha20_KEYBYTES];
  crypto_generichash_init(&state, nullptr, 0, sizeof seed);
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(value.data()), value.size());
  crypto_generichash_final(&state, seed, sizeof seed);
  Numbers numbers;
  constexpr unsigned char nonce[crypto_stream_chacha20_NONCEBYTES] = {};
  crypto_stream_chacha20(reinterpret_cast<unsigned char*>(numbers.data()), LtHash::bytes, nonce, seed);
  for (auto& n : numbers) n = little_endian(n);
  return numbers;
}

}  // namespace

void LtHash::add(std::string_view key, std::string_view value) {
  const auto row = expand(key, value);
  for (std::size_t i = 0; i < row.size(); ++i) sums_[i] = static_cast<std::uint16_t>(sums_[i] + row[i]);
}

void LtHash::remove(std::string_view key, std::string_view value) {
  const auto row = expand(key, value);
  for (std::size_t i = 0; i < row.size(); ++i) sums_[i] = static_cast<std::uint16_t>(sums_[i] - row[i]);
}

void LtHash::add(const LtHash& other) {
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] = static_cast<std::uint16_t>(sums_[i] + other.sums_[i]);
}

std::string LtHash::encode() const {
  auto numbers = sums_;
  for (auto& n : numbers) n = little_endian(n);
  return {reinterpret_cast<const char*>(numbers.data()), bytes};
}

std::optional<LtHash> LtHash::decode(std::string_view from) {
  if (from.size() != bytes) return std::nullopt;
  LtHash hash;
  std::memcpy(hash.sums_.data(), from.data(), bytes);
  for (auto& n : hash.sums_) n = little_endian(n);
  return hash;
}

std::string LtHash::text() const {
  const auto encoded = encode();
  unsigned char digest[32];
  crypto_generichash(digest, sizeof digest, reinterpret_cast<const unsigned char*>(encoded.data()), encoded.size(),
                     nullptr, 0);
  char hex[2 * sizeof digest + 1];
  return sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
}

}  // namespace pioneer::projections
