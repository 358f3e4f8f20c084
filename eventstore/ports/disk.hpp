// Files, as the log needs them. The real one is adapters/posix; the simulator's loses what was not synced.
// Calls on different files may run on different threads; calls on one file are the owner's to order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "eventstore/error.hpp"
#include "eventstore/types.hpp"

namespace pioneer::eventstore {

class File {
 public:
  virtual ~File() = default;
  /// Bytes read; fewer than asked only at the end of the file.
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const = 0;
  virtual Result<void> write(std::uint64_t offset, ByteView bytes) = 0;
  /// Everything written is on the disk when this returns well. After a failure the file must not be written again.
  virtual Result<void> sync() = 0;
  virtual Result<std::uint64_t> size() const = 0;
};

/// `create_private`: a new file that only its owner may read.
enum class OpenMode { read_only, read_write, create_new, create_private };

class Disk {
 public:
  virtual ~Disk() = default;
  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  /// Names (not paths) of the files in a directory, sorted; an absent directory is an error.
  virtual Result<std::vector<std::string>> list(const std::string& directory) const = 0;
  virtual Result<void> make_directory(const std::string& path) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
  /// Makes renames, creations and removals in it durable.
  virtual Result<void> sync_directory(const std::string& path) = 0;
  virtual bool exists(const std::string& path) const = 0;
  /// Bytes that may still be written to the file system of this path.
  virtual Result<std::uint64_t> free_bytes(const std::string& path) const {
    static_cast<void>(path);
    return ~std::uint64_t{0};
  }
  /// Held while the returned object lives; code "directory_in_use" if another process holds it.
  virtual Result<std::unique_ptr<File>> lock(const std::string& path) = 0;
};

}  // namespace pioneer::eventstore
