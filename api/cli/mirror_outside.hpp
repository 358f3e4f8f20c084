// What a mirror holds beside the log's own word: what witnesses and authorities signed of it, and which keys signed for
// it. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/cli/mirror_files.hpp"

namespace pioneer::cli {

/// What stands below /log/ by its name; nothing where there is nothing of it.
using GetOutside = std::function<eventstore::Result<std::optional<std::string>>(const std::string& name)>;

/// Taken before the newest checkpoint, so that it covers all of it.
struct Outside {
  std::optional<std::string> key_history;  ///< a signed note
  std::optional<std::string> witnessed;    ///< the newest that enough witnesses signed
  std::vector<std::uint64_t> stamped;      ///< sizes of the checkpoints that have a time stamp
};
/// Errors: those of `get`.
eventstore::Result<Outside> get_outside(const GetOutside& get);

/// Once the mirror's checkpoint is published: all of it goes beside, each after it was found to be of this log and this
/// history; of the stamps those that are not there yet. Errors: those of check_checkpoint(), check_key_history() and
/// `get`; "wrong_file", "history_differs", and the folder's. What is of another history is kept as evidence first.
eventstore::Result<void> keep_outside(MirrorFiles& files, const Outside& outside, const GetOutside& get,
                                      const api::SignedCheckpoint& newest, std::span<const api::Verifier* const> keys);

}  // namespace pioneer::cli
