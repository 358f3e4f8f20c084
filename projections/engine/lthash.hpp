// A digest of a set of rows that does not depend on their order, and that follows a change without the rest: LtHash.
// Each row gives 1,024 16-bit numbers: BLAKE2b-256(key ‖ value) is the key of a ChaCha20 stream (nonce zero) of 2,048
// bytes, read as little-endian. The digest is their sum, number by number, modulo 2^16; removing a row subtracts.
// (Bellare and Micciancio 1997; Lewi and others 2019, with lattice parameters n = 1024, d = 16.)
// Within a table keys are self-delimiting (fixed length after their first byte), so key ‖ value is unambiguous.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pioneer::projections {

/// A plain value; any thread.
class LtHash {
 public:
  static constexpr std::size_t bytes = 2048;

  void add(std::string_view key, std::string_view value);
  void remove(std::string_view key, std::string_view value);
  /// The digest of both sets together.
  void add(const LtHash& other);

  /// All 2,048 bytes, as stored.
  std::string encode() const;
  static std::optional<LtHash> decode(std::string_view bytes);
  /// For people and reports: BLAKE2b-256 of the encoded digest, 64 hexadecimal digits.
  std::string text() const;

  friend bool operator==(const LtHash&, const LtHash&) = default;

 private:
  std::array<std::uint16_t, bytes / 2> sums_{};
};

}  // namespace pioneer::projections
