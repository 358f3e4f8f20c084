#include "adapters/blobs/blob_files.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

#include "eventstore/record.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::adapters::blobs {
namespace {

using api::Secret;
using eventstore::Result;

constexpr std::string_view staged_suffix = ".staged";
constexpr std::string_view content_purpose = "pioneer blob";
constexpr std::string_view staged_purpose = "pioneer staged blob";
constexpr std::size_t name_bytes = 32;

std::string hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  return out;
}

std::string from_hex(std::string_view digits) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1])));
  return out;
}

bool is_name(std::string_view text) {
  return text.size() == 2 * name_bytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

struct Staged {
  Secret key;
  std::int64_t uploaded_us = 0;
  std::string media_type;
};

std::string bytes_of(const Staged& staged) {
  std::string out("1");
  out.append(staged.key.view());
  for (int i = 0; i < 8; ++i)
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(staged.uploaded_us) >> (8 * i) & 0xFF));
  return out.append(staged.media_type);
}

/// Reads what was opened; the view goes no further.
class StagedReader final : public api::OpenedReader {
 public:
  void read_opened(std::string_view bytes) override {
    if (bytes.size() < 1 + 32 + 8 || bytes.front() != '1') return;
    Staged staged;
    std::memcpy(staged.key.bytes.data(), bytes.data() + 1, staged.key.bytes.size());
    std::uint64_t us = 0;
    for (std::size_t i = 0; i < 8; ++i)
      us |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[33 + i])) << (8 * i);
    staged.uploaded_us = static_cast<std::int64_t>(us);
    staged.media_type = bytes.substr(41);
    found = std::move(staged);
  }
  std::optional<Staged> found;
};

class BlobFiles final : public api::Blobs {
 public:
  BlobFiles(eventstore::Disk& disk, api::Cryptography& cryptography, const eventstore::Clock& clock,
            std::string directory, const Secret& staging)
      : disk_(disk), cryptography_(cryptography), clock_(clock), directory_(std::move(directory)), staging_(staging) {}

  Result<std::string> put(std::string_view bytes, std::string_view media_type, std::int64_t now_us) override {
    const std::lock_guard lock(writing_);
    Staged staged{cryptography_.make_secret(), now_us, std::string(media_type)};
    const auto box = cryptography_.seal(staged.key, content_purpose, bytes);
    std::string name(eventstore::sha256(eventstore::bytes_of(box)).view());
    const auto path = path_of(name);
    auto plain = bytes_of(staged);
    const auto kept_key = cryptography_.seal(staging_, staged_associated(name), plain);
    api::wipe(plain);
    // The key first: a blob without one could never be used, a key without its blob is swept.
    if (auto done = eventstore::write_whole(disk_, path + std::string(staged_suffix), kept_key); !done)
      return std::unexpected(done.error());
    if (auto done = eventstore::write_whole(disk_, path, box); !done) return std::unexpected(done.error());
    return name;
  }

  std::optional<api::StagedBlob> staged(std::string_view name) const override {
    auto found = staged_record(name);
    if (!found || !disk_.exists(path_of(name))) return std::nullopt;
    // From here on expire() may remove it: a command must not rely on it.
    if (clock_.now().value - found->uploaded_us >= api::blob_unused_us_max) return std::nullopt;
    return api::StagedBlob{found->key, std::move(found->media_type)};
  }

  Result<std::optional<api::OpenedText>> read(std::string_view name, const Secret& key) const override {
    if (name.size() != name_bytes || !disk_.exists(path_of(name))) return std::optional<api::OpenedText>{};
    auto box = read_whole(path_of(name));
    if (!box) return std::unexpected(box.error());
    if (eventstore::sha256(eventstore::bytes_of(*box)).view() != name)
      return eventstore::failure("corrupt_blob", "The file " + path_of(name) + " is not what its name says.");
    return cryptography_.open(key, content_purpose, *box);
  }

  Result<std::size_t> expire(std::int64_t now_us, const std::function<bool(std::string_view)>& used) override {
    const std::lock_guard lock(writing_);  // what is unfinished now was left by a crash
    auto files = disk_.list(directory_);
    if (!files) return std::unexpected(files.error());
    std::size_t removed = 0;
    for (const auto& file : *files) {
      if (file.ends_with(eventstore::beside_suffix)) {
        if (auto gone = remove_file(directory_ + "/" + file); !gone) return std::unexpected(gone.error());
        continue;
      }
      const auto digits = std::string_view(file).substr(0, file.find('.'));
      if (!is_name(digits) || !file.ends_with(staged_suffix)) continue;
      const auto name = from_hex(digits);
      const auto record = staged_record(name);
      if (record && now_us - record->uploaded_us < api::blob_unused_us_max) continue;
      if (!used(name)) {
        if (auto gone = remove_file(path_of(name)); !gone) return std::unexpected(gone.error());
        ++removed;
      }
      if (auto gone = remove_file(path_of(name) + std::string(staged_suffix)); !gone)
        return std::unexpected(gone.error());
    }
    if (auto done = disk_.sync_directory(directory_); !done) return std::unexpected(done.error());
    return removed;
  }

  Result<std::vector<std::string>> names() const override {
    auto files = disk_.list(directory_);
    if (!files) return std::unexpected(files.error());
    std::vector<std::string> out;
    for (const auto& file : *files)
      if (is_name(file)) out.push_back(from_hex(file));
    return out;
  }

  Result<void> remove(std::string_view name) override {
    const std::lock_guard lock(writing_);
    for (const auto suffix : {std::string_view(), staged_suffix})
      if (auto gone = remove_file(path_of(name) + std::string(suffix)); !gone) return gone;
    return disk_.sync_directory(directory_);
  }

 private:
  std::string path_of(std::string_view name) const { return directory_ + "/" + hex(name); }
  static std::string staged_associated(std::string_view name) { return std::string(staged_purpose).append(name); }

  Result<void> remove_file(const std::string& path) { return disk_.exists(path) ? disk_.remove(path) : Result<void>{}; }

  Result<std::string> read_whole(const std::string& path) const {
    auto file = disk_.open(path, eventstore::OpenMode::read_only);
    if (!file) return std::unexpected(file.error());
    const auto size = (*file)->size();
    if (!size) return std::unexpected(size.error());
    std::string bytes(static_cast<std::size_t>(*size), '\0');
    const auto got = (*file)->read(0, std::as_writable_bytes(std::span(bytes)));
    if (!got) return std::unexpected(got.error());
    bytes.resize(*got);
    return bytes;
  }

  std::optional<Staged> staged_record(std::string_view name) const {
    const auto path = path_of(name) + std::string(staged_suffix);
    if (name.size() != name_bytes || !disk_.exists(path)) return std::nullopt;
    const auto box = read_whole(path);
    if (!box) return std::nullopt;
    const auto opened = cryptography_.open(staging_, staged_associated(name), *box);
    if (!opened) return std::nullopt;
    StagedReader reader;
    opened->reveal_to(reader);
    return std::move(reader.found);
  }

  eventstore::Disk& disk_;
  api::Cryptography& cryptography_;
  const eventstore::Clock& clock_;
  const std::string directory_;
  const Secret staging_;
  std::mutex writing_;
};

}  // namespace

Result<std::unique_ptr<api::Blobs>> open_blobs(eventstore::Disk& disk, api::Cryptography& cryptography,
                                               const eventstore::Clock& clock, std::string directory,
                                               const Secret& staging) {
  if (!disk.exists(directory)) {
    if (auto made = disk.make_directory(directory); !made) return std::unexpected(made.error());
  }
  return std::make_unique<BlobFiles>(disk, cryptography, clock, std::move(directory), staging);
}

}  // namespace pioneer::adapters::blobs
