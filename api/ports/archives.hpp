// Many files as one, for people to pass on. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventstore/error.hpp"

namespace pioneer::api {

struct ArchivedFile {
  std::string name;  ///< relative, with slashes: letters, digits and "._-" in each part
  std::string bytes;
};

/// Of what is unpacked.
struct ArchiveLimits {
  std::size_t files_max = 0;
  std::size_t bytes_max = 0;
};

class Archives {
 public:
  virtual ~Archives() = default;

  /// The same files in the same order are the same bytes, everywhere and at any time.
  virtual eventstore::Result<std::string> pack(std::span<const ArchivedFile> files) const = 0;
  /// In the archive's order, its folders left out. Error "bad_archive", with what is wrong: no archive, cut off,
  /// damaged, encrypted, more than the limits, a name twice (large letters and small are one), a name that leads
  /// elsewhere, a link.
  virtual eventstore::Result<std::vector<ArchivedFile>> unpack(std::string_view archive,
                                                               const ArchiveLimits& limits) const = 0;
};

}  // namespace pioneer::api
