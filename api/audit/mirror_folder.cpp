#include "api/audit/mirror_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "eventstore/tiles.hpp"

namespace pioneer::api {

namespace fs = std::filesystem;
using eventstore::failure;
using eventstore::Hash;
using eventstore::Result;
using eventstore::tile_width;

namespace {

/// The last tile of 2^64 records lies nine folders below its level.
constexpr int depth_max = 12;

struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int number;
};

}  // namespace

std::size_t tile_width_at(unsigned level, std::uint64_t index, std::uint64_t size) {
  const auto hashes = size >> (8 * level);
  const auto before = index * tile_width;
  return hashes <= before ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(tile_width, hashes - before));
}

bool MirrorFolder::exists(const std::string& name) const {
  std::error_code failed;
  return fs::exists(folder_ / name, failed);
}

Result<std::string> MirrorFolder::read(const std::string& name, std::size_t bytes_max) const {
  // A pipe that nobody writes to would be waited for.
  const Descriptor file(::open((folder_ / name).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.number < 0) {
    const int reason = errno;
    if (reason == ENOENT || reason == ENOTDIR)
      return failure("missing_file", "The file is not there: it was taken away, or copying never ended");
    if (reason == ENXIO) return failure("not_a_file", "This is no plain file");
    return failure("read_failed", std::generic_category().message(reason));
  }
  struct ::stat facts;
  if (::fstat(file.number, &facts) != 0) return failure("read_failed", std::generic_category().message(errno));
  if (!S_ISREG(facts.st_mode)) return failure("not_a_file", "This is no plain file");
  const auto bytes = static_cast<std::uint64_t>(facts.st_size);
  if (bytes > bytes_max) {
    return failure("file_too_long",
                   "The file has " + std::to_string(bytes) + " bytes; it may have " + std::to_string(bytes_max));
  }
  std::string content(bytes, '\0');
  for (std::size_t done = 0; done < content.size();) {
    const auto got = ::read(file.number, content.data() + done, content.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failure("read_failed", "The file could not be read to its end", eventstore::Retry::can_help);
    done += static_cast<std::size_t>(got);
  }
  return content;
}

Result<void> MirrorFolder::each(const std::string& under,
                                const std::function<bool(const std::string& name)>& visit) const {
  std::error_code failed;
  if (fs::is_symlink(folder_ / under, failed))
    return failure("not_a_folder", under + " is a link, which leads out of the mirror");
  if (!fs::is_directory(folder_ / under, failed)) return {};
  fs::recursive_directory_iterator at(folder_ / under, failed);
  for (; !failed && at != fs::recursive_directory_iterator{}; at.increment(failed)) {
    if (at.depth() > depth_max)
      return failure("too_deep", under + " holds folders within folders, deeper than any mirror");
    if (at->is_directory(failed) && !at->is_symlink(failed)) continue;
    if (!visit(at->path().lexically_relative(folder_).generic_string())) return {};
  }
  if (failed) return failure("read_failed", under + ": " + failed.message());
  return {};
}

Result<std::string> MirrorFolder::tile(unsigned level, std::uint64_t index, std::uint64_t size) const {
  const auto width = tile_width_at(level, index, size);
  auto hashes = read(eventstore::tile_path(level, index, width), tile_width * Hash::size);
  if (hashes && hashes->size() != width * Hash::size) {
    return failure("tile_wrong_length", "The tile has " + std::to_string(hashes->size()) + " bytes, not the " +
                                            std::to_string(width * Hash::size) + " of its " + std::to_string(width) +
                                            " hashes");
  }
  return hashes;
}

eventstore::StoredHashes MirrorFolder::hashes(std::uint64_t size) const {
  return [this, size](unsigned level, std::uint64_t first, std::size_t count) -> Result<std::string> {
    const auto hashes = tile(level, first / tile_width, size);
    if (!hashes) return hashes;
    return hashes->substr(first % tile_width * Hash::size, count * Hash::size);
  };
}

}  // namespace pioneer::api
