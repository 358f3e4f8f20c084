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

}  // namespace pioneer::eventstore
