#include "adapters/blobs/blob_files.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "eventstore/record.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::adapters::blobs {

using api::Secret;
using eventstore::Result;

namespace {

constexpr std::string_view staged_suffix = ".staged";
constexpr std::string_view content_purpose = "pioneer blob";
constexpr std::string_view staged_purpose = "pioneer staged blob";
/// More than any upload: what is longer is none of ours.
constexpr std::size_t file_bytes_max = 32u << 20;

std::string associated_with(std::string_view name) { return std::string(staged_purpose).append(name); }

}  // namespace

std::string digits_of_blob(std::string_view name) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : name) {
    out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  return out;
}

std::optional<std::string> blob_of_digits(std::string_view digits) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (digits.size() != 2 * blob_name_bytes || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    out.push_back(static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1])));
  return out;
}

struct BlobFiles::Staged {
  Secret key;
  std::int64_t uploaded_us = 0;
  std::string media_type;

  std::string bytes() const {
    std::string out("1");
    out.append(key.view());
    for (int i = 0; i < 8; ++i)
      out.push_back(static_cast<char>(static_cast<std::uint64_t>(uploaded_us) >> (8 * i) & 0xFF));
    return out.append(media_type);
  }
};

/// Reads what was opened; the view goes no further.
class BlobFiles::StagedReader final : public api::OpenedReader {
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

Result<std::unique_ptr<BlobFiles>> BlobFiles::open(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                   const eventstore::Clock& clock, std::string directory,
                                                   const Secret& staging) {
  if (!disk.exists(directory)) {
    if (auto made = disk.make_directory(directory); !made) return std::unexpected(made.error());
  }
  return std::unique_ptr<BlobFiles>(new BlobFiles(disk, cryptography, clock, std::move(directory), staging));
}

SealedBlob BlobFiles::seal(std::string_view bytes, std::string_view media_type, std::int64_t now_us) {
  const Staged staged{cryptography_.make_secret(), now_us, std::string(media_type)};
  SealedBlob sealed;
  sealed.box = cryptography_.seal(staged.key, content_purpose, bytes);
  sealed.name = eventstore::sha256(eventstore::bytes_of(sealed.box)).view();
  auto plain = staged.bytes();
  sealed.waiting_key = cryptography_.seal(staging_, associated_with(sealed.name), plain);
  api::wipe(plain);
  return sealed;
}

// The key first: a blob without one could never be used, a key without its blob is swept.
Result<void> BlobFiles::keep(const SealedBlob& sealed) {
  if (!sealed.waiting_key.empty())
    if (auto done = keep_waiting_key(sealed.name, sealed.waiting_key); !done) return done;
  const std::lock_guard lock(writing_);
  return eventstore::write_whole(disk_, path_of(sealed.name), sealed.box);
}

Result<void> BlobFiles::keep_waiting_key(std::string_view name, std::string_view sealed) {
  const std::lock_guard lock(writing_);
  return eventstore::write_whole(disk_, waiting_path_of(name), sealed);
}

Result<std::string> BlobFiles::put(std::string_view bytes, std::string_view media_type, std::int64_t now_us) {
  auto sealed = seal(bytes, media_type, now_us);
  if (auto done = keep(sealed); !done) return std::unexpected(done.error());
  return std::move(sealed.name);
}

bool BlobFiles::has(std::string_view name) const {
  return name.size() == blob_name_bytes && disk_.exists(path_of(name));
}

bool BlobFiles::has_waiting_key(std::string_view name) const {
  return name.size() == blob_name_bytes && disk_.exists(waiting_path_of(name));
}

Result<SealedBlob> BlobFiles::kept(std::string_view name) const {
  auto box = read_box(name);
  if (!box) return std::unexpected(box.error());
  SealedBlob sealed{std::string(name), std::move(*box), {}};
  if (has_waiting_key(name)) {
    auto key = eventstore::read_whole(disk_, waiting_path_of(name), file_bytes_max);
    if (!key) return std::unexpected(key.error());
    sealed.waiting_key = std::move(*key);
  }
  return sealed;
}

std::optional<api::StagedBlob> BlobFiles::staged(std::string_view name) const {
  auto found = staged_record(name);
  if (!found || !has(name)) return std::nullopt;
  // From here on expire() may remove it: a command must not rely on it.
  if (clock_.now().value - found->uploaded_us >= api::blob_unused_us_max) return std::nullopt;
  return api::StagedBlob{found->key, std::move(found->media_type)};
}

Result<std::optional<api::OpenedText>> BlobFiles::read(std::string_view name, const Secret& key) const {
  if (!has(name)) return std::optional<api::OpenedText>{};
  const auto box = read_box(name);
  if (!box) return std::unexpected(box.error());
  return cryptography_.open(key, content_purpose, *box);
}

Result<BlobFiles::Ended> BlobFiles::ended(std::int64_t now_us,
                                          const std::function<bool(std::string_view)>& used) const {
  const auto files = disk_.list(directory_);
  if (!files) return std::unexpected(files.error());
  Ended ended;
  for (const auto& file : *files) {
    if (!file.ends_with(staged_suffix)) continue;
    const auto name = blob_of_digits(std::string_view(file).substr(0, file.size() - staged_suffix.size()));
    if (!name) continue;
    const auto record = staged_record(*name);
    if (record && now_us - record->uploaded_us < api::blob_unused_us_max) continue;
    (used(*name) ? ended.used : ended.unused).push_back(*name);
  }
  return ended;
}

Result<void> BlobFiles::sweep() {
  const std::lock_guard lock(writing_);  // what is unfinished now was left by a crash
  const auto files = disk_.list(directory_);
  if (!files) return std::unexpected(files.error());
  for (const auto& file : *files) {
    if (!file.ends_with(eventstore::beside_suffix)) continue;
    if (auto gone = remove_file(directory_ + "/" + file); !gone) return gone;
  }
  return disk_.sync_directory(directory_);
}

Result<std::size_t> BlobFiles::expire(std::int64_t now_us, const std::function<bool(std::string_view)>& used) {
  if (auto swept = sweep(); !swept) return std::unexpected(swept.error());
  const auto over = ended(now_us, used);
  if (!over) return std::unexpected(over.error());
  for (const auto& name : over->unused)
    if (auto gone = remove(name); !gone) return std::unexpected(gone.error());
  for (const auto& name : over->used)
    if (auto gone = forget_waiting_key(name); !gone) return std::unexpected(gone.error());
  return over->unused.size();
}

Result<std::vector<std::string>> BlobFiles::names() const {
  const auto files = disk_.list(directory_);
  if (!files) return std::unexpected(files.error());
  std::vector<std::string> out;
  for (const auto& file : *files)
    if (auto name = blob_of_digits(file)) out.push_back(std::move(*name));
  return out;
}

// The blob before its key: a key that is left alone is found again, and removed.
Result<void> BlobFiles::remove(std::string_view name) {
  if (name.size() != blob_name_bytes) return {};
  const std::lock_guard lock(writing_);
  for (const auto& path : {path_of(name), waiting_path_of(name)})
    if (auto gone = remove_file(path); !gone) return gone;
  return disk_.sync_directory(directory_);
}

Result<void> BlobFiles::forget_waiting_key(std::string_view name) {
  if (name.size() != blob_name_bytes) return {};
  const std::lock_guard lock(writing_);
  if (auto gone = remove_file(waiting_path_of(name)); !gone) return gone;
  return disk_.sync_directory(directory_);
}

std::string BlobFiles::path_of(std::string_view name) const { return directory_ + "/" + digits_of_blob(name); }

std::string BlobFiles::waiting_path_of(std::string_view name) const {
  return path_of(name) + std::string(staged_suffix);
}

Result<void> BlobFiles::remove_file(const std::string& path) {
  return disk_.exists(path) ? disk_.remove(path) : Result<void>{};
}

Result<std::string> BlobFiles::read_box(std::string_view name) const {
  auto box = eventstore::read_whole(disk_, path_of(name), file_bytes_max);
  if (!box) return box;
  if (eventstore::sha256(eventstore::bytes_of(*box)).view() != name)
    return eventstore::failure("corrupt_blob", "The file " + path_of(name) + " is not what its name says.");
  return box;
}

std::optional<BlobFiles::Staged> BlobFiles::staged_record(std::string_view name) const {
  if (!has_waiting_key(name)) return std::nullopt;
  const auto box = eventstore::read_whole(disk_, waiting_path_of(name), file_bytes_max);
  if (!box) return std::nullopt;
  const auto opened = cryptography_.open(staging_, associated_with(name), *box);
  if (!opened) return std::nullopt;
  StagedReader reader;
  opened->reveal_to(reader);
  return std::move(reader.found);
}

}  // namespace pioneer::adapters::blobs
