// Time stamps go with a mirror: what an authority outside signed says when the log was so long. They are kept as they
// come; `audit verify --tsa-ca` checks them.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "api/cli/mirror_files.hpp"

namespace pioneer::cli {

/// Those of checkpoints that the mirror covers and does not have yet; `file` gets one by its name ("7", "7.tsr").
/// Errors: of `file` and of the files written.
eventstore::Result<void> keep_stamps(MirrorFiles& files, std::span<const std::uint64_t> sizes, std::uint64_t covered,
                                     const std::function<eventstore::Result<std::string>(const std::string&)>& file);

}  // namespace pioneer::cli
