#include "adapters/keyring/master_key.hpp"

#include "eventstore/whole_file.hpp"

namespace pioneer::adapters::keyring {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr std::size_t text_bytes = 65;
constexpr std::string_view digits = "0123456789abcdef";

Result<api::Secret> parse(std::string_view text, const std::string& path) {
  const auto bad = failure("bad_master_key", path + " does not hold 64 hexadecimal digits.");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() != 64) return bad;
  api::Secret secret;
  for (std::size_t i = 0; i < 32; ++i) {
    const auto high = digits.find(text[2 * i]);
    const auto low = digits.find(text[2 * i + 1]);
    if (high == digits.npos || low == digits.npos) return bad;
    secret.bytes[i] = static_cast<char>(high << 4 | low);
  }
  return secret;
}

}  // namespace

Result<api::Secret> read_master_key(eventstore::Disk& disk, const std::string& path) {
  if (!disk.exists(path)) return failure("no_master_key", "There is no master key at " + path + ".");
  auto file = disk.open(path, eventstore::OpenMode::read_only);
  if (!file) return std::unexpected(file.error());
  std::string text(text_bytes + 2, '\0');
  auto read = (*file)->read(0, std::as_writable_bytes(std::span(text)));
  if (!read) return std::unexpected(read.error());
  text.resize(*read);
  auto secret = parse(text, path);
  api::wipe(text);
  return secret;
}

Result<api::Secret> read_or_make_master_key(eventstore::Disk& disk, api::Cryptography& cryptography,
                                            const std::string& path) {
  if (disk.exists(path)) {
    // An attempt before this one may have made it and failed before its name was durable.
    if (auto synced = disk.sync_directory(eventstore::directory_of(path)); !synced)
      return std::unexpected(synced.error());
    return read_master_key(disk, path);
  }
  api::Secret secret = cryptography.make_secret();
  std::string text;
  for (char c : secret.bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  text.push_back('\n');
  auto written = eventstore::write_whole(disk, path, text);
  api::wipe(text);
  if (!written) return std::unexpected(written.error());
  return secret;
}

}  // namespace pioneer::adapters::keyring
