// Chosen records of a mirror, as their exact bytes. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "api/audit/mirror_folder.hpp"

namespace pioneer::api {

/// Of these positions, which ascend and lie below `size`, the size of a signed checkpoint. It does not prove what it
/// reads. Errors: those of MirrorFolder::read(), "mirror_damaged".
eventstore::Result<std::vector<std::string>> read_records(const MirrorFolder& folder, std::uint64_t size,
                                                          std::span<const std::uint64_t> positions);

}  // namespace pioneer::api
