// Small files that are there whole or not at all, also after a crash. Any thread; calls for one path are the owner's to
// order.
#pragma once

#include <string>
#include <string_view>

#include "eventstore/ports/disk.hpp"

namespace pioneer::eventstore {

/// What a write that a crash ended leaves beside its file: nothing refers to it, the next write removes it.
inline constexpr std::string_view beside_suffix = ".new";

/// The directory part of a path; "." if it has none.
std::string directory_of(const std::string& path);

/// Written beside, synced, renamed over what was there, the directory synced. `mode` is one of those that create.
/// Errors: the disk's.
Result<void> write_whole(Disk& disk, const std::string& path, std::string_view bytes,
                         OpenMode mode = OpenMode::create_private);

/// All that stands in it. Errors: "file_too_long" where that is more than `bytes_max`, and the disk's.
Result<std::string> read_whole(Disk& disk, const std::string& path, std::size_t bytes_max);

}  // namespace pioneer::eventstore
