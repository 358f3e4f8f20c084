#include "adapters/posix/disk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace pioneer::adapters::posix {
namespace {

using namespace eventstore;

/// The system's last error, as ours.
std::unexpected<Error> failed(const char* code, const std::string& path) {
  const int reason = errno;
  auto detail = path + ": " + std::generic_category().message(reason);
  switch (reason) {
    case ENOSPC:
    case EDQUOT:
      return failure("disk_full", std::move(detail), Retry::can_help);
    case ENOENT:
      return failure("no_such_file", std::move(detail));
    case EEXIST:
      return failure("already_exists", std::move(detail));
    default:
      return failure(code, std::move(detail));
  }
}

template <class Call>
auto retried(Call call) {
  decltype(call()) result;
  do result = call();
  while (result < 0 && errno == EINTR);
  return result;
}

class PosixFile : public File {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override { ::close(descriptor_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const override {
    std::size_t done = 0;
    while (done < into.size()) {
      const auto n = retried([&] {
        return ::pread(descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      });
      if (n < 0) return failed("read_failed", path_);
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }

  Result<void> write(std::uint64_t offset, ByteView bytes) override {
    while (!bytes.empty()) {
      const auto n =
          retried([&] { return ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
      if (n < 0) return failed("write_failed", path_);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  Result<void> sync() override {
    if (retried([&] { return ::fdatasync(descriptor_); }) != 0) return failed("sync_failed", path_);
    return {};
  }

  Result<std::uint64_t> size() const override {
    struct ::stat facts;
    if (::fstat(descriptor_, &facts) != 0) return failed("stat_failed", path_);
    return static_cast<std::uint64_t>(facts.st_size);
  }

 private:
  int descriptor_;
  std::string path_;
};

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::read_only:
      return O_RDONLY | O_CLOEXEC;
    case OpenMode::read_write:
      return O_RDWR | O_CLOEXEC;
    case OpenMode::create_new:
    case OpenMode::create_private:
      break;
  }
  return O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL;
}

}  // namespace

Result<std::unique_ptr<File>> PosixDisk::open(const std::string& path, OpenMode mode) {
  const ::mode_t readers = mode == OpenMode::create_private ? 0600 : 0640;
  const int descriptor = retried([&] { return ::open(path.c_str(), flags_of(mode), readers); });
  if (descriptor < 0) return failed("open_failed", path);
  return std::make_unique<PosixFile>(descriptor, path);
}

Result<std::vector<std::string>> PosixDisk::list(const std::string& directory) const {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(directory.c_str()), &::closedir);
  if (!open) return failed("list_failed", directory);
  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry = ::readdir(open.get())) {
    struct ::stat facts;
    // Followed links count as what they lead to; what vanished meanwhile is not there.
    if (::fstatat(::dirfd(open.get()), entry->d_name, &facts, 0) == 0 && S_ISREG(facts.st_mode))
      names.emplace_back(entry->d_name);
    errno = 0;
  }
  if (errno != 0) return failed("list_failed", directory);
  std::ranges::sort(names);
  return names;
}

Result<void> PosixDisk::make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0750) == 0) return {};
  const int reason = errno;
  struct ::stat facts;
  if (reason == EEXIST && ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) return {};
  errno = reason;
  return failed("make_directory_failed", path);
}

Result<void> PosixDisk::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename_failed", from);
  return {};
}

Result<void> PosixDisk::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failed("remove_failed", path);
  return {};
}

Result<void> PosixDisk::sync_directory(const std::string& path) {
  const int descriptor = retried([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (descriptor < 0) return failed("open_failed", path);
  const PosixFile directory(descriptor, path);
  if (retried([&] { return ::fsync(descriptor); }) != 0) return failed("sync_failed", path);
  return {};
}

bool PosixDisk::exists(const std::string& path) const { return ::access(path.c_str(), F_OK) == 0; }

Result<std::uint64_t> PosixDisk::free_bytes(const std::string& path) const {
  struct ::statvfs facts;
  if (retried([&] { return ::statvfs(path.c_str(), &facts); }) != 0) return failed("stat_failed", path);
  return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

Result<std::unique_ptr<File>> PosixDisk::lock(const std::string& path) {
  const int descriptor = retried([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640); });
  if (descriptor < 0) return failed("open_failed", path);
  auto file = std::make_unique<PosixFile>(descriptor, path);
  if (retried([&] { return ::flock(descriptor, LOCK_EX | LOCK_NB); }) == 0) return file;
  if (errno == EWOULDBLOCK)
    return failure("directory_in_use", path + ": another process holds this lock", Retry::can_help);
  return failed("lock_failed", path);
}

Result<void> sync_file_system(const std::string& path) {
  const int descriptor = retried([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (descriptor < 0) return failed("open_failed", path);
  const int done = ::syncfs(descriptor);
  const auto failure = done == 0 ? Result<void>{} : Result<void>(failed("sync_failed", path));
  ::close(descriptor);
  return failure;
}

}  // namespace pioneer::adapters::posix
