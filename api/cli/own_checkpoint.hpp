// The newest checkpoint that a directory signed, held against its records without writing anything: also beside a
// server, and in a copy that cannot be written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/proofs/signed_note.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::cli {

struct OwnCheckpoint {
  std::string file;
  std::string note;
  api::SignedCheckpoint says;
  std::vector<std::string> keys;  ///< all that ever signed for the log, the present one first; empty: none is here
};

/// Nothing: none was signed yet. What is in it is checked by the keys in the directory, where there are any. Beside a
/// server it is read before the log: what was signed is in the log by then. Errors: those of check_checkpoint(),
/// "bad_key_history", and the disk's.
eventstore::Result<std::optional<OwnCheckpoint>> read_own_checkpoint(const std::string& data);

/// The root of the first `size` records, of which the log has as many: reads one segment at most, from what its header
/// says of all before it. Errors: the log's.
eventstore::Result<eventstore::Hash> root_of_first(const std::string& data, const eventstore::Log& log,
                                                   std::uint64_t size);

/// Errors: "log_behind_checkpoint", "history_differs", and the log's.
eventstore::Result<void> holds_what_was_signed(const std::string& data, const eventstore::Log& log,
                                               const OwnCheckpoint& checkpoint);

}  // namespace pioneer::cli
