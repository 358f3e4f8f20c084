// Before a log is written to: what others know that it signed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/ports/settings.hpp"
#include "api/server/signed_before.hpp"
#include "eventstore/error.hpp"

namespace pioneer::server {

/// Asks the witnesses of the settings, all at once and for some seconds at most, for the newest checkpoint of this log:
/// one that the log's key signed and that is newer than what stands in DIRECTORY/checkpoints. Who does not answer keeps
/// nobody. Errors: "bad_witness", and the disk's.
eventstore::Result<std::optional<KnownElsewhere>> known_to_witnesses(
    const std::string& directory, const api::Settings& settings, const std::function<void(const std::string&)>& tell);

}  // namespace pioneer::server
