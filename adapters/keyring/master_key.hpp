// The master key: 32 random bytes as 64 hexadecimal digits and a line break, in a file for its owner only.
#pragma once

#include <string>

#include "api/ports/cryptography.hpp"
#include "eventstore/error.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::adapters::keyring {

/// Errors: "no_master_key", "bad_master_key", and the disk's.
eventstore::Result<api::Secret> read_master_key(eventstore::Disk& disk, const std::string& path);
/// Reads it, or makes it if there is none: written beside, synced, renamed.
eventstore::Result<api::Secret> read_or_make_master_key(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                        const std::string& path);

}  // namespace pioneer::adapters::keyring
