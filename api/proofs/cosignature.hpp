// A witness's signature on a checkpoint: that at this time it had seen no other history of that log, and nothing longer
// (https://c2sp.org/tlog-cosignature, Ed25519). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/ports/signer.hpp"
#include "api/proofs/signed_note.hpp"

namespace pioneer::api {

/// The line that a witness adds to a note: "— name base64(key id ‖ time, 8 bytes ‖ 64 bytes)", with its line break.
/// `text` is the note's, with its last line break; `time_s` in seconds since 1970.
std::string cosignature_line(const Signer& witness, std::string_view text, std::uint64_t time_s);

/// A cosignature that was checked.
struct Cosignature {
  std::string witness;       ///< its name
  std::uint64_t time_s = 0;  ///< when it says that it signed; seconds since 1970
  std::string line;          ///< as it stands in a note
};

/// The witness's signature among those of the note, checked; where it signed more than once, the latest. Errors:
/// "not_cosigned" where it has none there, "bad_cosignature" where one in its name is not over this text.
eventstore::Result<Cosignature> check_cosignature(const SignedNote& note, const Verifier& witness);

/// The most that a witness signed of a log.
struct Cosigner {
  std::string witness;       ///< its name
  std::uint64_t size = 0;    ///< of the newest checkpoint that it signed
  std::uint64_t time_s = 0;  ///< when it first says that it did; seconds since 1970
};
/// Adds what these witnesses signed in a note, which is the checkpoint of so many records. Error: "bad_cosignature".
eventstore::Result<void> add_cosigners(std::vector<Cosigner>& all, const SignedNote& note, std::uint64_t size,
                                       std::span<const Verifier* const> witnesses);

/// What is wrong with the time of a cosignature, in words: it lies ahead of `now_s`, or is earlier than that of an
/// `earlier` one by the same witness. Nothing: it may be so. Clocks may differ by a minute.
std::optional<std::string> wrong_time(const Cosignature& cosignature, std::uint64_t now_s,
                                      const Cosignature* earlier = nullptr);
inline constexpr std::uint64_t clocks_differ_s_max = 60;
/// The same of one that was asked for at `now_s`: it lies far behind it as well.
std::optional<std::string> wrong_fresh_time(const Cosignature& cosignature, std::uint64_t now_s,
                                            const Cosignature* earlier);

/// In words, where somebody outside says that they signed what holds a record before the log says that it recorded it:
/// nobody can, so one of the two clocks was wrong. Nothing: it may be so, each clock being off by
/// `clocks_differ_s_max` at most. `who`: "The witness \"NAME\"".
std::optional<std::string> signed_before_recorded(std::string_view who, std::int64_t time_s,
                                                  std::int64_t recorded_at_us);

}  // namespace pioneer::api
