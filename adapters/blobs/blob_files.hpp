// Blobs as files of one directory: DIR/blobs.
//
//   <name>          nonce ‖ ciphertext ‖ tag; name: 64 hexadecimal digits, SHA-256 of all of it
//   <name>.staged   the same way, under the staging key: "1" ‖ key (32) ‖ uploaded at (i64 LE, µs) ‖ media type
//
// The second exists for a day: until then a command that names the blob finds its key here; after that the key stands,
// sealed, in the commit that used it, or nowhere.
#pragma once

#include <memory>
#include <string>

#include "api/ports/blobs.hpp"
#include "eventstore/ports/clock.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::adapters::blobs {

/// `directory` is made if it is absent. `staging`: a secret of this deployment that outlives the process; seals the
/// keys of uploads until they are used. `clock` tells when an upload is too old to be used. All three outlive the
/// blobs.
eventstore::Result<std::unique_ptr<api::Blobs>> open_blobs(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                           const eventstore::Clock& clock, std::string directory,
                                                           const api::Secret& staging);

}  // namespace pioneer::adapters::blobs
