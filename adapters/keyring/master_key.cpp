#include "adapters/keyring/master_key.hpp"

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

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

Result<void> write_whole(eventstore::Disk& disk, const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  if (disk.exists(beside)) {  // a crash left it; nothing refers to it
    if (auto removed = disk.remove(beside); !removed) return removed;
  }
  auto file = disk.open(beside, eventstore::OpenMode::create_private);
  if (!file) return std::unexpected(file.error());
  if (auto written = (*file)->write(0, eventstore::bytes_of(bytes)); !written) return written;
  if (auto synced = (*file)->sync(); !synced) return synced;
  file->reset();
  if (auto renamed = disk.rename(beside, path); !renamed) return renamed;
  return disk.sync_directory(directory_of(path));
}

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
    if (auto synced = disk.sync_directory(directory_of(path)); !synced) return std::unexpected(synced.error());
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
  auto written = write_whole(disk, path, text);
  api::wipe(text);
  if (!written) return std::unexpected(written.error());
  return secret;
}

}  // namespace pioneer::adapters::keyring
