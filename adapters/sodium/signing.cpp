#include "adapters/sodium/signing.hpp"

#include <sodium.h>

#include <cstring>
#include <vector>

#include "adapters/sodium/note_key_text.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::adapters {
namespace {

constexpr std::string_view private_prefix = "PRIVATE+KEY+";
constexpr std::size_t file_bytes_max = 1'024;

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
  const auto parts = parse_note_key(text);
  if (!parts) return bad();
  SigningKey key = of_seed(parts->name, parts->bytes);
  if (key.key_id() != parts->key_id) return bad();
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
  if (!good_key_name(name)) {
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

std::string SigningKey::key_id() const { return note_key_id(name_, view(public_)); }

std::string SigningKey::name_of(const eventstore::LogId& log) { return "pioneer.log/" + note_hex(log.view()); }

std::string SigningKey::note(std::string_view text) const {
  return std::string(text) + "\n\u2014 " + name_ + " " + note_base64(key_id() + sign(text)) + "\n";
}

std::string SigningKey::verifier() const { return note_key_text({name_, key_id(), public_key()}); }

std::string SigningKey::public_key() const { return std::string(view(public_)); }

std::string SigningKey::private_text() const {
  return std::string(private_prefix) + note_key_text({name_, key_id(), std::string(view(seed_))});
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
