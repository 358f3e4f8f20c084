// Cryptography by libsodium: XChaCha20-Poly1305 (IETF) and BLAKE2b.
#pragma once

#include <memory>

#include "api/ports/cryptography.hpp"
#include "eventstore/ports/random.hpp"

namespace pioneer::adapters {

/// Any thread. Nonces and keys come from a ChaCha20 stream whose key is drawn from `random` once and again every 64
/// MiB, so that a simulated run is the same for the same seed and a seal costs no system call.
class SodiumCryptography final : public api::Cryptography {
 public:
  explicit SodiumCryptography(eventstore::Random& random);
  ~SodiumCryptography() override;

  std::string seal(const api::Secret& key, std::string_view associated, std::string_view value) override;
  std::optional<api::OpenedText> open(const api::Secret& key, std::string_view associated,
                                      std::string_view box) const override;
  api::Mac mac(const api::Secret& key, Parts parts) const override;
  api::Secret derive(const api::Secret& key, Parts parts) const override;
  api::Secret make_secret() override;

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace pioneer::adapters
