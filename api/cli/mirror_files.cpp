#include "api/cli/mirror_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "adapters/posix/disk.hpp"
#include "api/audit/kept_checkpoints.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::cli {

namespace fs = std::filesystem;
using eventstore::failure;
using eventstore::Result;

namespace {

/// More than anybody's keys, a line each.
constexpr std::size_t kept_keys_bytes_max = 64u << 10;

}  // namespace

Result<void> MirrorFiles::make() {
  std::error_code failed;
  for (auto folder = fs::absolute(path_).lexically_normal(); !fs::exists(folder, failed); folder = folder.parent_path())
    made_for_it_.push_back(folder);
  fs::create_directories(path_, failed);
  if (failed) return failure("write_failed", path_ + ": " + failed.message());
  const int folder = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return failure("write_failed", path_ + ": " + std::generic_category().message(errno));
  if (lock_ >= 0) ::close(lock_);
  lock_ = folder;
  // A file system without locks has one writer because its owner sees to it.
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return failure("folder_in_use", "Another mirror is being written to " + path_ + ". Wait until it has ended.");
  return {};
}

MirrorFiles::~MirrorFiles() {
  if (lock_ >= 0) ::close(lock_);
  std::error_code failed;
  for (const auto& folder : made_for_it_)
    if (!fs::is_empty(folder, failed) || failed || !fs::remove(folder, failed)) return;
}

Result<void> MirrorFiles::make_folder_of(const std::string& name) {
  const auto folder = eventstore::directory_of(path_ + "/" + name);
  const std::lock_guard lock(mutex_);
  if (made_.contains(folder)) return {};
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return failure("write_failed", folder + ": " + failed.message());
  made_.insert(folder);
  return {};
}

Result<void> MirrorFiles::put(const std::string& name, std::string_view bytes) {
  if (auto made = make_folder_of(name); !made) return made;
  const auto path = path_ + "/" + name;
  const auto aside = path + std::string(eventstore::beside_suffix);
  {
    std::ofstream file(aside, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) return failure("write_failed", "Writing " + aside + " failed. Is there room?");
  }
  std::error_code failed;
  fs::rename(aside, path, failed);
  if (failed) return failure("write_failed", path + ": " + failed.message());
  ++written_;
  return {};
}

Result<void> MirrorFiles::publish(std::string_view note, std::span<const api::Verifier* const> keys) {
  if (auto synced = adapters::posix::sync_file_system(path_); !synced) return synced;
  adapters::posix::PosixDisk disk;
  const auto path = path_ + "/" + std::string(api::newest_checkpoint_file);
  if (auto done = eventstore::write_whole(disk, path, note, eventstore::OpenMode::create_new); !done) return done;
  return keep_signed(note, keys);
}

Result<void> MirrorFiles::keep(const std::string& name, std::string_view bytes) {
  if (const auto before = folder_.read(name, bytes.size()); before && *before == bytes) return {};
  if (auto made = make_folder_of(name); !made) return made;
  adapters::posix::PosixDisk disk;
  ++written_;
  return eventstore::write_whole(disk, path_ + "/" + name, bytes, eventstore::OpenMode::create_new);
}

Result<void> MirrorFiles::keep_signed(std::string_view note, std::span<const api::Verifier* const> keys) {
  const auto checkpoint = api::check_checkpoint(note, keys);
  if (!checkpoint) return {};
  const auto name = api::kept_checkpoint_file(*checkpoint);
  const auto before = folder_.read(name, api::note_bytes_max);
  if (!before && before.error().code != "missing_file") return std::unexpected(before.error());
  return keep(name, before ? api::with_more_signatures(*before, note) : std::string(note));
}

Result<void> MirrorFiles::keep_verifier(const std::string& verifier) {
  const std::string name(api::verifier_file);
  const auto known = folder_.read(name, kept_keys_bytes_max);
  if (!known && known.error().code != "missing_file") return std::unexpected(known.error());
  if (known && ("\n" + *known).find("\n" + verifier + "\n") != std::string::npos) return {};
  adapters::posix::PosixDisk disk;
  return eventstore::write_whole(disk, path_ + "/" + name, known.value_or("") + verifier + "\n",
                                 eventstore::OpenMode::create_new);
}

Exit mirror_failed(const eventstore::Error& error) {
  static constexpr std::array<std::string_view, 11> noes{
      "wrong_file",   "mirror_differs",  "history_differs", "history_shorter", "bad_signature",        "bad_checkpoint",
      "other_origin", "bad_key_history", "bad_digests",     "foreign_mirror",  "log_behind_checkpoint"};
  return std::ranges::find(noes, error.code) != noes.end() ? fail(Exit::no, sentence_of(error)) : fail(error);
}

}  // namespace pioneer::cli
