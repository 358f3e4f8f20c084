// DIR/clock-confirmed: an operator said that the clock is right, though stamps of the log up to this one are ahead of
// it.
#pragma once

#include <string>

#include "eventstore/ports/disk.hpp"

namespace pioneer::server {

/// Zero: nobody said so.
eventstore::Result<eventstore::Instant> clock_confirmed(eventstore::Disk& disk, const std::string& directory);
/// On the disk when it returns well.
eventstore::Result<void> keep_clock_confirmed(eventstore::Disk& disk, const std::string& directory,
                                              eventstore::Instant ahead);

}  // namespace pioneer::server
