#include "adapters/sodium/note_key_text.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace pioneer::adapters {
namespace {

constexpr std::size_t name_chars_max = 200;
constexpr std::size_t hash_chars = 8;
constexpr std::size_t key_bytes = 32;

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                        &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return std::nullopt;
  }
  bytes.resize(size);
  // libsodium takes some characters beyond ASCII for others.
  if (note_base64(bytes) != text) return std::nullopt;
  return bytes;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes(text.size() / 2, '\0');
  std::size_t size = 0;
  if (sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                     &size, nullptr) != 0 ||
      note_hex(bytes) != text) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace

std::optional<NoteKeyText> parse_note_key(std::string_view text) {
  const auto first = text.find('+');
  if (first == text.npos || text.size() < first + hash_chars + 2 || text[first + hash_chars + 1] != '+')
    return std::nullopt;
  const auto id = from_hex(text.substr(first + 1, hash_chars));
  auto key = from_base64(text.substr(first + hash_chars + 2));
  if (!id || !key || key->size() != 1 + key_bytes || !good_key_name(text.substr(0, first))) return std::nullopt;
  const auto kind = static_cast<NoteKeyKind>(key->front());
  if (kind != NoteKeyKind::log && kind != NoteKeyKind::witness) return std::nullopt;
  NoteKeyText parsed{kind, std::string(text.substr(0, first)), *id, key->substr(1)};
  sodium_memzero(key->data(), key->size());
  return parsed;
}

std::string note_key_text(const NoteKeyText& key) {
  return key.name + "+" + note_hex(key.key_id) + "+" + note_base64(static_cast<char>(key.kind) + key.bytes);
}

bool good_key_name(std::string_view name) {
  return !name.empty() && name.size() <= name_chars_max &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
}

std::string note_key_id(std::string_view name, NoteKeyKind kind, std::string_view public_key) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  const std::string input = std::string(name) + "\n" + static_cast<char>(kind) + std::string(public_key);
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(input.data()), input.size());
  return {reinterpret_cast<const char*>(hash.data()), 4};
}

std::string note_base64(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the terminating zero
  return text;
}

std::string note_hex(std::string_view bytes) {
  std::string text(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  text.pop_back();  // the terminating zero
  return text;
}

}  // namespace pioneer::adapters
