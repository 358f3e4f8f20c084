// All records of a directory, in the order of the log, fences included, for copying a log as it is; and what its first
// ones come to.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "adapters/segments/segment_file.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::adapters::segments {

/// Views live during the call.
using TakeRecords = std::function<eventstore::Result<void>(std::span<const eventstore::ByteView>)>;

/// Calls `take` with each batch's records and ends at its first error, which comes back. Every byte of a file is
/// checked before the file behind it is read; damage is an error with file and offset. Writes nothing.
eventstore::Result<void> each_record(eventstore::Disk& disk, const std::string& directory, const TakeRecords& take);

/// The root of the first `size` leaves of the log in this directory, which has as many: reads one segment at most, from
/// what its header says of all before it. Errors: the log's.
eventstore::Result<eventstore::Hash> root_of_first(eventstore::Disk& disk, const std::string& directory,
                                                   const eventstore::Log& log, std::uint64_t size);

}  // namespace pioneer::adapters::segments
