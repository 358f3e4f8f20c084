// The log of which tests/golden/log is the kept copy: two lives, two epochs, every kind of record and batch, two files.
#pragma once

#include <string>

#include "eventstore/error.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::tests {

/// Writes it into an empty directory; the same bytes each time.
eventstore::Result<void> write_golden_log(eventstore::Disk& disk, const std::string& directory);

}  // namespace pioneer::tests
