// Zip files by libzip, in memory. Written without compression, with one fixed time: bytes that nobody's library or
// clock changes. Any thread.
#pragma once

#include "api/ports/archives.hpp"

namespace pioneer::adapters::zip {

class ZipArchives final : public api::Archives {
 public:
  eventstore::Result<std::string> pack(std::span<const api::ArchivedFile> files) const override;
  eventstore::Result<std::vector<api::ArchivedFile>> unpack(std::string_view archive,
                                                            const api::ArchiveLimits& limits) const override;
};

}  // namespace pioneer::adapters::zip
