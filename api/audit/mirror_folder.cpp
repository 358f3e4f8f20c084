#include "api/audit/mirror_folder.hpp"

#include <algorithm>
#include <fstream>

#include "eventstore/tiles.hpp"

namespace pioneer::api {

namespace fs = std::filesystem;
using eventstore::failure;
using eventstore::Hash;
using eventstore::Result;
using eventstore::tile_width;

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
  const auto path = folder_ / name;
  std::error_code failed;
  const auto status = fs::status(path, failed);
  if (status.type() == fs::file_type::not_found)
    return failure("missing_file", "The file is not there: it was taken away, or copying never ended");
  if (status.type() != fs::file_type::regular) return failure("not_a_file", "This is no plain file");
  const auto bytes = fs::file_size(path, failed);
  if (failed) return failure("read_failed", failed.message());
  if (bytes > bytes_max) {
    return failure("file_too_long",
                   "The file has " + std::to_string(bytes) + " bytes; it may have " + std::to_string(bytes_max));
  }
  std::ifstream file(path, std::ios::binary);
  std::string content(bytes, '\0');
  file.read(content.data(), static_cast<std::streamsize>(bytes));
  if (!file) return failure("read_failed", "The file could not be read to its end", eventstore::Retry::can_help);
  return content;
}

Result<void> MirrorFolder::each(const std::string& under,
                                const std::function<bool(const std::string& name)>& visit) const {
  std::error_code failed;
  if (!fs::is_directory(folder_ / under, failed)) return {};
  fs::recursive_directory_iterator at(folder_ / under, failed);
  for (; !failed && at != fs::recursive_directory_iterator{}; at.increment(failed)) {
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
