#include "adapters/sodium/signing.hpp"

#include <sodium.h>

#include <cstring>
#include <vector>

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

/// Remembers by which key others know the log; one that is not the same is refused. A crash in a change may leave the
/// one before it there.
eventstore::Result<void> note_verifier(eventstore::Disk& disk, const std::string& path, const SigningKey& key) {
  if (disk.exists(path)) {
    const auto noted = read_text(disk, path);
    if (!noted) return std::unexpected(noted.error());
    if (*noted == key.verifier()) return {};
    if (*noted != key.verifier_before()) {
      return eventstore::failure(
          "other_signing_key",
          "The signing key is not the one that others know, which stands in " + path + ". Put the right one back.");
    }
  }
  return eventstore::write_whole(disk, path, key.verifier() + "\n");
}

}  // namespace

SigningKey::~SigningKey() { sodium_memzero(seed_.data(), seed_.size()); }

SigningKey SigningKey::of_seed(std::string name, NoteKeyKind kind, std::string_view seed) {
  SigningKey key;
  key.name_ = std::move(name);
  key.kind_ = kind;
  std::memcpy(key.seed_.data(), seed.data(), key.seed_.size());
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  crypto_sign_seed_keypair(key.public_.data(), secret.data(), key.seed_.data());
  sodium_memzero(secret.data(), secret.size());
  return key;
}

eventstore::Result<SigningKey> SigningKey::parse(std::string_view text) {
  const auto bad = [] {
    return eventstore::failure("bad_signing_key",
                               "This is no private key of a log or a witness. Restore the file from a copy.");
  };
  if (!text.starts_with(private_prefix)) return bad();
  text.remove_prefix(private_prefix.size());
  const auto parts = parse_note_key(text);
  if (!parts) return bad();
  SigningKey key = of_seed(parts->name, parts->kind, parts->bytes);
  if (key.key_id() != parts->key_id) return bad();
  return key;
}

eventstore::Result<SigningKey> SigningKey::settle(eventstore::Disk& disk, eventstore::Random& random,
                                                  const std::string& directory, const std::string& name,
                                                  const KeyFiles& files) {
  const std::string path = directory + "/" + std::string(files.signing);
  const std::string shown = directory + "/" + std::string(files.verifier);
  if (disk.exists(path)) {
    auto text = read_text(disk, path);
    if (!text) return std::unexpected(text.error());
    auto key = parse_file(*text);
    sodium_memzero(text->data(), text->size());
    if (!key) return key;
    if (key->kind_ != files.kind)
      return eventstore::failure("bad_signing_key", path + " is a key of the other kind: a log's or a witness's.");
    if (auto same = note_verifier(disk, shown, *key); !same) return std::unexpected(same.error());
    return key;
  }
  if (disk.exists(shown)) {
    return eventstore::failure("no_signing_key", path + " is gone, but others know it by the key in " + shown +
                                                     ". Restore the file from a copy. To go on under a new key, which "
                                                     "all who check must learn, move " +
                                                     shown + " away.");
  }
  if (!good_key_name(name)) {
    return eventstore::failure("bad_key_name",
                               "A key's name has no white space, no plus sign, and up to 200 plain characters.");
  }
  SigningKey key = made(random, name, files.kind);
  if (auto kept = keep(disk, directory, key, files); !kept) return std::unexpected(kept.error());
  return key;
}

bool SigningKey::is_in(eventstore::Disk& disk, const std::string& directory) {
  return disk.exists(directory + "/" + std::string(log_key_files.signing));
}

SigningKey SigningKey::made(eventstore::Random& random, const std::string& name, NoteKeyKind kind) {
  std::array<std::byte, 32> seed{};
  random.fill(seed);
  SigningKey key = of_seed(name, kind, view(seed));
  sodium_memzero(seed.data(), seed.size());
  return key;
}

/// First the file that signs, whole: what stands in the other is then one of its keys.
eventstore::Result<void> SigningKey::keep(eventstore::Disk& disk, const std::string& directory, const SigningKey& key,
                                          const KeyFiles& files) {
  std::string text = key.private_text() + "\n";
  if (key.before_) text += key.before_->private_text() + "\n";
  const auto written = eventstore::write_whole(disk, directory + "/" + std::string(files.signing), text);
  sodium_memzero(text.data(), text.size());
  if (!written) return written;
  return note_verifier(disk, directory + "/" + std::string(files.verifier), key);
}

eventstore::Result<SigningKey> SigningKey::change(eventstore::Disk& disk, eventstore::Random& random,
                                                  const std::string& directory, const SigningKey& now) {
  if (now.before_)
    return eventstore::failure("change_under_way", "The key is being changed already: two sign. End that first.");
  SigningKey key = made(random, now.name_, now.kind_);
  key.before_ = std::make_shared<const SigningKey>(now);
  if (auto kept = keep(disk, directory, key, log_key_files); !kept) return std::unexpected(kept.error());
  return key;
}

eventstore::Result<SigningKey> SigningKey::end_change(eventstore::Disk& disk, const std::string& directory,
                                                      const SigningKey& now) {
  SigningKey key = now;
  key.before_.reset();
  if (auto kept = keep(disk, directory, key, log_key_files); !kept) return std::unexpected(kept.error());
  return key;
}

/// One key, and the one before it where it is being changed.
eventstore::Result<SigningKey> SigningKey::parse_file(std::string_view text) {
  const auto end = text.find('\n');
  auto key = parse(text.substr(0, end));
  if (!key || end == text.npos) return key;
  auto before = parse(text.substr(end + 1));
  if (!before) return before;
  key->before_ = std::make_shared<const SigningKey>(std::move(*before));
  return key;
}

std::string SigningKey::key_id() const { return note_key_id(name_, kind_, view(public_)); }

std::string SigningKey::name_of(const eventstore::LogId& log) { return "pioneer.log/" + note_hex(log.view()); }

std::string SigningKey::note(std::string_view text) const {
  return std::string(text) + "\n" + note_line(text) + (before_ ? before_->note_line(text) : "");
}

std::string SigningKey::note_line(std::string_view text) const {
  return "\u2014 " + name_ + " " + note_base64(key_id() + sign(text)) + "\n";
}

std::string SigningKey::verifier() const { return note_key_text({kind_, name_, key_id(), public_key()}); }

std::string SigningKey::public_key() const { return std::string(view(public_)); }

std::string SigningKey::private_text() const {
  return std::string(private_prefix) + note_key_text({kind_, name_, key_id(), std::string(view(seed_))});
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
