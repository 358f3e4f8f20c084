// Signed notes and the checkpoints in them, read without trust (https://c2sp.org/signed-note,
// https://c2sp.org/tlog-checkpoint). Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/verifier.hpp"
#include "eventstore/error.hpp"
#include "eventstore/types.hpp"

namespace pioneer::api {

struct NoteSignature {
  std::string name;
  std::string key_id;  ///< 4 bytes
  std::string bytes;
};

/// A text, which ends with a line break, and who says that they signed it.
struct SignedNote {
  std::string text;
  std::vector<NoteSignature> signatures;
};

/// A note is at most this long: a checkpoint with 100 signatures has a sixth of it.
inline constexpr std::size_t note_bytes_max = 64u << 10;
inline constexpr std::size_t note_signatures_max = 100;

/// A signature as it stands in a note: "— name base64(key id ‖ bytes)", with its line break.
std::string signature_line(std::string_view name, const std::string& key_id, const std::string& bytes);
/// Whether the signature stands in the name of this key.
bool is_key_of(const Verifier* key, const NoteSignature& signature);
/// The note again, with those signatures alone that stand in the name of one of these keys.
std::string only_signed_by(const SignedNote& note, std::span<const Verifier* const> keys);

/// Those of the keys that have this name: a log's own, earlier ones among them.
std::vector<const Verifier*> keys_named(std::string_view name, std::span<const Verifier* const> keys);

/// Errors: "bad_note", with what is wrong with it.
eventstore::Result<SignedNote> parse_note(std::string_view note);

/// Checks the signatures of the keys that are known; those of unknown keys say nothing. Errors: "bad_signature" where a
/// known key did not sign this text though a signature stands in its name, "not_signed" where no known key has one.
eventstore::Result<void> check_signed(const SignedNote& note, std::span<const Verifier* const> known);

/// The same of those keys alone that have this name: whose note it is, no other key that is known says. Errors: as
/// above.
eventstore::Result<void> check_signed_as(std::string_view name, const SignedNote& note,
                                         std::span<const Verifier* const> known);

/// What a log says of itself.
struct SignedCheckpoint {
  std::string origin;
  std::uint64_t size = 0;
  eventstore::Hash root;
};

/// Lines behind the root, of which the format says nothing more. Our logs write none.
enum class Extensions { refused, passed_over };

/// Errors: "bad_checkpoint", where its lines are not exactly as the format wants them (a size with leading zeros, a
/// root that has not 32 bytes, more lines); "other_origin", where it is another log's.
eventstore::Result<SignedCheckpoint> read_checkpoint(const SignedNote& note, std::string_view origin,
                                                     Extensions extensions = Extensions::refused);

/// The checkpoint of the log of this origin, signed by one of its own keys among `keys`. Errors: those of the two
/// above.
eventstore::Result<SignedCheckpoint> check_checkpoint_of(const SignedNote& note, std::string_view origin,
                                                         std::span<const Verifier* const> keys);

}  // namespace pioneer::api
