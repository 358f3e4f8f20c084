#include "adapters/sodium/sodium.hpp"

#include <sodium.h>

#include <cstring>
#include <mutex>

#include "eventstore/check.hpp"

namespace pioneer::adapters {
namespace {

using api::Cryptography;
using api::Mac;
using api::Secret;

const unsigned char* in(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* out(char* p) { return reinterpret_cast<unsigned char*>(p); }

template <class Digest>
void hash(const Secret& key, Cryptography::Parts parts, Digest& digest) {
  crypto_generichash_state state;
  CHECK(crypto_generichash_init(&state, in(key.view()), key.bytes.size(), digest.size()) == 0);
  for (auto part : parts) crypto_generichash_update(&state, in(part), part.size());
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(digest.data()), digest.size());
  sodium_memzero(&state, sizeof state);
}

static_assert(Cryptography::nonce_bytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(Cryptography::tag_bytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

}  // namespace

// Random bytes without a system call each.
class SodiumCryptography::Stream {
 public:
  explicit Stream(eventstore::Random& random) : random_(random) {}
  ~Stream() {
    sodium_memzero(key_, sizeof key_);
    sodium_memzero(block_, sizeof block_);
  }

  void fill(char* into, std::size_t size) {
    const std::lock_guard lock(mutex_);
    CHECK(size <= sizeof block_);
    if (left_ < size) refill();
    unsigned char* at = block_ + sizeof block_ - left_;
    std::memcpy(into, at, size);
    sodium_memzero(at, size);  // what was given out is not kept
    left_ -= size;
  }

 private:
  void refill() {
    if (blocks_ % blocks_per_key == 0) random_.fill(std::as_writable_bytes(std::span(key_)));
    unsigned char nonce[crypto_stream_chacha20_NONCEBYTES] = {};
    std::memcpy(nonce, &blocks_, sizeof blocks_);
    crypto_stream_chacha20(block_, sizeof block_, nonce, key_);
    ++blocks_;
    left_ = sizeof block_;
  }

  static constexpr std::uint64_t blocks_per_key = 16'384;
  eventstore::Random& random_;
  std::mutex mutex_;
  unsigned char key_[crypto_stream_chacha20_KEYBYTES] = {};
  unsigned char block_[4'096] = {};
  std::uint64_t blocks_ = 0;
  std::size_t left_ = 0;
};

SodiumCryptography::SodiumCryptography(eventstore::Random& random) : stream_(std::make_unique<Stream>(random)) {
  CHECK(sodium_init() >= 0);
}

SodiumCryptography::~SodiumCryptography() = default;

std::string SodiumCryptography::seal(const Secret& key, std::string_view associated, std::string_view value) {
  std::string box(nonce_bytes + value.size() + tag_bytes, '\0');
  stream_->fill(box.data(), nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out(box.data() + nonce_bytes), nullptr, in(value), value.size(),
                                             in(associated), associated.size(), nullptr, in(box), in(key.view()));
  return box;
}

std::optional<api::OpenedText> SodiumCryptography::open(const Secret& key, std::string_view associated,
                                                        std::string_view box) const {
  if (box.size() < nonce_bytes + tag_bytes) return std::nullopt;
  std::string value(box.size() - nonce_bytes - tag_bytes, '\0');
  const auto sealed = box.substr(nonce_bytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(out(value.data()), nullptr, nullptr, in(sealed), sealed.size(),
                                                 in(associated), associated.size(), in(box), in(key.view())) != 0) {
    return std::nullopt;
  }
  return api::OpenedText(std::move(value));
}

Mac SodiumCryptography::mac(const Secret& key, Parts parts) const {
  Mac digest;
  hash(key, parts, digest);
  return digest;
}

Secret SodiumCryptography::derive(const Secret& key, Parts parts) const {
  Secret derived;
  hash(key, parts, derived.bytes);
  return derived;
}

Secret SodiumCryptography::make_secret() {
  Secret secret;
  stream_->fill(secret.bytes.data(), secret.bytes.size());
  return secret;
}

}  // namespace pioneer::adapters
