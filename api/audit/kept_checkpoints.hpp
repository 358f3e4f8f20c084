// Every checkpoint that a mirror ever saw is kept beside its files: those of its own runs, and those that somebody else
// had. All of them must be of one history; two that are not are the proof that it was changed. Any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/audit/mirror_part.hpp"
#include "api/proofs/signed_note.hpp"

namespace pioneer::api {

inline constexpr std::string_view newest_checkpoint_file = "checkpoint";
inline constexpr std::string_view kept_checkpoints_folder = "checkpoints";
/// Checkpoints that others' authorities stamped with their time, each with the answer (RFC 3161): N and N.tsr.
inline constexpr std::string_view kept_stamps_folder = "stamps";
/// The log's verifier keys, a line each, as the mirror was told them.
inline constexpr std::string_view verifier_file = "verifier";

struct KeptCheckpoint {
  std::string file;  ///< relative to the mirror
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

/// The first kept checkpoint that is none, or is not of the history of the newest one, whose tiles are proven:
/// "contradiction", "history_shorter". Else nothing, and `agreeing` tells how many there are.
std::optional<MirrorFault> wrong_checkpoint(const MirrorFolder& folder, const KeptCheckpoint& newest,
                                            std::span<const Verifier* const> keys, std::uint64_t& agreeing);

}  // namespace pioneer::api
