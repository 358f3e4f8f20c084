#include "eventstore/whole_file.hpp"

namespace pioneer::eventstore {

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

Result<void> write_whole(Disk& disk, const std::string& path, std::string_view bytes, OpenMode mode) {
  const std::string beside = path + std::string(beside_suffix);
  if (disk.exists(beside)) {
    if (auto removed = disk.remove(beside); !removed) return removed;
  }
  auto file = disk.open(beside, mode);
  if (!file) return std::unexpected(file.error());
  if (auto written = (*file)->write(0, bytes_of(bytes)); !written) return written;
  if (auto synced = (*file)->sync(); !synced) return synced;
  file->reset();
  if (auto renamed = disk.rename(beside, path); !renamed) return renamed;
  return disk.sync_directory(directory_of(path));
}

Result<std::string> read_whole(Disk& disk, const std::string& path, std::size_t bytes_max) {
  auto file = disk.open(path, OpenMode::read_only);
  if (!file) return std::unexpected(file.error());
  const auto size = (*file)->size();
  if (!size) return std::unexpected(size.error());
  if (*size > bytes_max) return failure("file_too_long", path + " is longer than what is written there.");
  std::string bytes(static_cast<std::size_t>(*size), '\0');
  const auto got = (*file)->read(0, std::as_writable_bytes(std::span(bytes)));
  if (!got) return std::unexpected(got.error());
  bytes.resize(*got);
  return bytes;
}

}  // namespace pioneer::eventstore
