#include "adapters/sodium/signing.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "eventstore/whole_file.hpp"

namespace pioneer::adapters {
namespace {

constexpr std::string_view private_prefix = "PRIVATE+KEY+";
constexpr char ed25519 = 1;
constexpr std::size_t file_bytes_max = 1'024;

std::string base64(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the terminating zero
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                        &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= 200 &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
}

template <class Bytes>
std::string_view view(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

eventstore::Result<std::string> read_text(eventstore::Disk& disk, const std::string& path) {
  auto file = disk.open(path, eventstore::OpenMode::read_only);
  if (!file) return std::unexpected(file.error());
  std::vector<std::byte> bytes(file_bytes_max);
  const auto size = (*file)->read(0, bytes);
  if (!size) return std::unexpected(size.error());
  std::string text(reinterpret_cast<const char*>(bytes.data()), *size);
  sodium_memzero(bytes.data(), bytes.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.pop_back();
  return text;
}

/// Remembers by which key others know the log; one that is not the same is refused.
eventstore::Result<void> note_verifier(eventstore::Disk& disk, const std::string& path, const SigningKey& key) {
  if (!disk.exists(path)) return eventstore::write_whole(disk, path, key.verifier() + "\n");
  const auto noted = read_text(disk, path);
  if (!noted) return std::unexpected(noted.error());
  if (*noted == key.verifier()) return {};
  return eventstore::failure("other_signing_key",
                             "The log's signing key is not the one that others know, which stands "
                             "in " +
                                 path + ". Put the right one back.");
}

}  // namespace

SigningKey::~SigningKey() { sodium_memzero(seed_.data(), seed_.size()); }

SigningKey SigningKey::of_seed(std::string name, std::string_view seed) {
  SigningKey key;
  key.name_ = std::move(name);
  std::memcpy(key.seed_.data(), seed.data(), key.seed_.size());
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  crypto_sign_seed_keypair(key.public_.data(), secret.data(), key.seed_.data());
  sodium_memzero(secret.data(), secret.size());
  return key;
}

eventstore::Result<SigningKey> SigningKey::parse(std::string_view text) {
  const auto bad = [] {
    return eventstore::failure("bad_signing_key", "This is no private key of a log. Restore the file from a copy.");
  };
  if (!text.starts_with(private_prefix)) return bad();
  text.remove_prefix(private_prefix.size());
  const auto first = text.find('+');
  if (first == text.npos || text.size() < first + 10 || text[first + 9] != '+') return bad();
  const auto decoded = from_base64(text.substr(first + 10));
  if (!decoded || decoded->size() != 33 || decoded->front() != ed25519 || !good_name(text.substr(0, first)))
    return bad();
  SigningKey key = of_seed(std::string(text.substr(0, first)), std::string_view(*decoded).substr(1));
  if (hex(key.key_id()) != text.substr(first + 1, 8)) return bad();
  return key;
}

eventstore::Result<SigningKey> SigningKey::settle(eventstore::Disk& disk, eventstore::Random& random,
                                                  const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + std::string(file_name);
  const std::string shown = directory + "/" + std::string(verifier_file_name);
  if (disk.exists(path)) {
    auto text = read_text(disk, path);
    if (!text) return std::unexpected(text.error());
    auto key = parse(*text);
    sodium_memzero(text->data(), text->size());
    if (!key) return key;
    if (auto same = note_verifier(disk, shown, *key); !same) return std::unexpected(same.error());
    return key;
  }
  if (disk.exists(shown)) {
    return eventstore::failure("no_signing_key", path + " is gone, but others know this log by the key in " + shown +
                                                     ". Restore the file from a copy. To go on under a new key, which "
                                                     "all who check must learn, move " +
                                                     shown + " away.");
  }
  if (!good_name(name)) {
    return eventstore::failure("bad_key_name",
                               "A log's name has no white space, no plus sign, and up to 200 plain characters.");
  }
  std::array<std::byte, 32> seed{};
  random.fill(seed);
  SigningKey key = of_seed(name, view(seed));
  sodium_memzero(seed.data(), seed.size());
  std::string text = key.private_text() + "\n";
  const auto written = eventstore::write_whole(disk, path, text);
  sodium_memzero(text.data(), text.size());
  if (!written) return std::unexpected(written.error());
  if (auto noted = note_verifier(disk, shown, key); !noted) return std::unexpected(noted.error());
  return key;
}

std::string SigningKey::key_id() const {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  const std::string input = name_ + "\n" + ed25519 + std::string(view(public_));
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(input.data()), input.size());
  return std::string(view(hash).substr(0, 4));
}

std::string SigningKey::name_of(const eventstore::LogId& log) { return "pioneer.log/" + hex(log.view()); }

std::string SigningKey::note(std::string_view text) const {
  return std::string(text) + "\n\u2014 " + name_ + " " + base64(key_id() + sign(text)) + "\n";
}

std::string SigningKey::verifier() const {
  return name_ + "+" + hex(key_id()) + "+" + base64(ed25519 + std::string(view(public_)));
}

std::string SigningKey::public_key() const { return std::string(view(public_)); }

std::string SigningKey::private_text() const {
  return std::string(private_prefix) + name_ + "+" + hex(key_id()) + "+" + base64(ed25519 + std::string(view(seed_)));
}

std::string SigningKey::sign(std::string_view message) const {
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> unused{};
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  crypto_sign_seed_keypair(unused.data(), secret.data(), seed_.data());
  crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(message.data()),
                       message.size(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  return std::string(view(signature));
}

}  // namespace pioneer::adapters
