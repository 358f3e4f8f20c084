// Every checkpoint that a mirror ever saw is kept beside its files: those of its own runs, and those that somebody else
// had. All of them must be of one history; two that are not are the proof that it was changed. Any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/audit/mirror_verify.hpp"
#include "api/proofs/signed_note.hpp"

namespace pioneer::api {

inline constexpr std::string_view newest_checkpoint_file = "checkpoint";
inline constexpr std::string_view kept_checkpoints_folder = "checkpoints";
/// The log's verifier keys, a line each, as the mirror was told them.
inline constexpr std::string_view verifier_file = "verifier";

struct KeptCheckpoint {
  std::string file;  ///< relative to the mirror
  SignedNote note;
  SignedCheckpoint checkpoint;
};

/// The name under which a checkpoint is kept: of its size and root, so that none replaces one that it contradicts.
std::string kept_checkpoint_file(const SignedCheckpoint& checkpoint);

/// Reads and checks one. The origin is the name of the first key. Errors: those of MirrorFolder::read(), parse_note(),
/// check_signed() and read_checkpoint().
eventstore::Result<KeptCheckpoint> read_kept(const MirrorFolder& folder, const std::string& file,
                                             std::span<const Verifier* const> keys);
/// The same of a note from elsewhere.
eventstore::Result<SignedCheckpoint> check_checkpoint(std::string_view note, std::span<const Verifier* const> keys);

/// The kept note, with the signatures that another note of the same text has by keys that signed here not yet.
std::string with_more_signatures(std::string_view kept, std::string_view note);

/// The size in "stamps/1234"; nothing: no such name.
std::optional<std::uint64_t> stamped_size(std::string_view file);

/// The first checkpoint in the folder (kept, witnessed, stamped) that is none, or is not of the history of the newest
/// one, whose tiles are proven: "contradiction", "history_shorter"; or in which a line of a known witness is not over
/// it: "bad_cosignature". Else nothing, and `result` tells how many there are, and who signed them.
std::optional<MirrorFault> wrong_checkpoint(const MirrorFolder& folder, const KeptCheckpoint& newest,
                                            const MirrorVerifyOptions& options, MirrorVerification& result);

}  // namespace pioneer::api
