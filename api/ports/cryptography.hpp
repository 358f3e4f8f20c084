// Sealing and keyed hashes, as the edge needs them. Real: adapters/sodium.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "api/ports/opened.hpp"

namespace pioneer::api {

/// 32 secret bytes; overwritten when they end.
struct Secret {
  std::array<char, 32> bytes{};
  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { wipe(bytes); }
  std::string_view view() const { return {bytes.data(), bytes.size()}; }
};

/// A keyed hash of 16 bytes: a pseudonym, `once`, `same`, a token.
using Mac = std::array<std::uint8_t, 16>;

/// Any thread. Functions that take parts hash or authenticate their concatenation.
class Cryptography {
 public:
  using Parts = std::initializer_list<std::string_view>;
  static constexpr std::size_t nonce_bytes = 24;
  static constexpr std::size_t tag_bytes = 16;

  virtual ~Cryptography() = default;
  /// XChaCha20-Poly1305 under a fresh random nonce: nonce (24) ‖ ciphertext ‖ tag (16).
  virtual std::string seal(const Secret& key, std::string_view associated, std::string_view value) = 0;
  /// Nothing if key, associated bytes or box are not those of the seal, or the box is cut.
  virtual std::optional<OpenedText> open(const Secret& key, std::string_view associated,
                                         std::string_view box) const = 0;
  /// BLAKE2b with this key, 16 bytes.
  virtual Mac mac(const Secret& key, Parts parts) const = 0;
  /// BLAKE2b with this key, 32 bytes: a key for one purpose.
  virtual Secret derive(const Secret& key, Parts parts) const = 0;
  /// A new random key.
  virtual Secret make_secret() = 0;
};

}  // namespace pioneer::api
