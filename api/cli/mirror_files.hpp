// A mirror's folder as it is written: files whole or not at all; the checkpoint, which promises the rest, last, once
// all else is on the disk.
#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/audit/mirror_folder.hpp"
#include "api/cli/console.hpp"
#include "api/proofs/signed_note.hpp"

namespace pioneer::cli {

/// put() is any thread's, each name one thread's; all else one thread's. Errors: "write_failed", "sync_failed".
class MirrorFiles {
 public:
  explicit MirrorFiles(std::string folder) : path_(std::move(folder)), folder_(path_) {}
  ~MirrorFiles();
  MirrorFiles(const MirrorFiles&) = delete;
  MirrorFiles& operator=(const MirrorFiles&) = delete;

  /// The folder itself, where there is none, for this writer alone; where nothing comes into it, it goes with this.
  /// Error: "folder_in_use".
  eventstore::Result<void> make();
  const api::MirrorFolder& folder() const { return folder_; }
  const std::string& path() const { return path_; }
  /// Not on the disk before publish(): what a power cut leaves of it is not covered by a checkpoint.
  eventstore::Result<void> put(const std::string& name, std::string_view bytes);
  /// All that was put is on the disk; then the note is the newest checkpoint, and kept beside.
  eventstore::Result<void> publish(std::string_view note, std::span<const api::Verifier* const> keys);
  /// Writes a small file, if it is not so already. On the disk when this returns.
  eventstore::Result<void> keep(const std::string& name, std::string_view bytes);
  /// Keeps a checkpoint beside the files, if these keys signed it: also one that contradicts them, as evidence. One
  /// that is there gets the signatures of keys that it had none of. On the disk when this returns.
  eventstore::Result<void> keep_signed(std::string_view note, std::span<const api::Verifier* const> keys);
  /// A key by which the log was known.
  eventstore::Result<void> keep_verifier(const std::string& verifier);
  /// Files that were put.
  std::uint64_t written() const { return written_.load(); }

 private:
  eventstore::Result<void> make_folder_of(const std::string& name);

  const std::string path_;
  const api::MirrorFolder folder_;
  std::atomic<std::uint64_t> written_{0};
  int lock_ = -1;                                   ///< the folder, locked
  std::vector<std::filesystem::path> made_for_it_;  ///< folders that were not there, the innermost first
  std::mutex mutex_;
  std::set<std::string> made_;  ///< folders that are there; one for each 1,000 files
};

/// Complains why mirroring ended. Some errors are an answer: what is there is not what was signed.
Exit mirror_failed(const eventstore::Error& error);

}  // namespace pioneer::cli
