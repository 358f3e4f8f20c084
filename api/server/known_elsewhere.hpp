// Before a log is written to: what others know that it signed.
#pragma once

#include <functional>
#include <string>

#include "api/ports/settings.hpp"
#include "eventstore/error.hpp"

namespace pioneer::server {

/// Asks the witnesses of the settings, all at once and for some seconds at most, for the newest checkpoint of this log.
/// One that the log's key signed and that is newer than what stands in DIRECTORY/checkpoints is put there: a log that
/// is behind it, or is another one, is then refused at its opening. Who does not answer keeps nobody. Errors:
/// "bad_witness", and the disk's.
eventstore::Result<void> learn_from_witnesses(const std::string& directory, const api::Settings& settings,
                                              const std::function<void(const std::string&)>& tell);

}  // namespace pioneer::server
