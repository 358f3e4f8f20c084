// The machine's own files: pread, pwrite, fdatasync, flock.
#pragma once

#include "eventstore/ports/disk.hpp"

namespace pioneer::adapters::posix {

/// Any thread. Reads of a file may run beside a write to other bytes of it. Error codes: "disk_full" (trying again can
/// help), "no_such_file", "already_exists", "directory_in_use", else "read_failed", "write_failed", "sync_failed",
/// "open_failed" and so on, named after the call; each with the path and the system's reason.
class PosixDisk : public eventstore::Disk {
 public:
  eventstore::Result<std::unique_ptr<eventstore::File>> open(const std::string& path,
                                                             eventstore::OpenMode mode) override;
  eventstore::Result<std::vector<std::string>> list(const std::string& directory) const override;
  /// One level; an existing directory is well.
  eventstore::Result<void> make_directory(const std::string& path) override;
  eventstore::Result<void> rename(const std::string& from, const std::string& to) override;
  eventstore::Result<void> remove(const std::string& path) override;
  eventstore::Result<void> sync_directory(const std::string& path) override;
  bool exists(const std::string& path) const override;
  eventstore::Result<std::uint64_t> free_bytes(const std::string& path) const override;
  eventstore::Result<std::unique_ptr<eventstore::File>> lock(const std::string& path) override;
};

/// All that was written to the file system of this path, by whomever, is on the disk: for many small files at once.
/// Errors: "sync_failed", also for what was written before and could not be kept; "open_failed".
eventstore::Result<void> sync_file_system(const std::string& path);

}  // namespace pioneer::adapters::posix
