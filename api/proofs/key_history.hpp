// Which keys signed for a log, told to others: a signed note of the origin with "/key-history" and a line for each key,
// the oldest first:
//
//   <verifier key> <records from> <seconds since 1970> <records until, or -> <seconds, or ->
//
// Those that sign now sign it, so whoever knows one of them learns from it which came before. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/ports/verifier.hpp"
#include "eventstore/error.hpp"

namespace pioneer::api {

/// Below /log/, in a mirror and in evidence.
inline constexpr std::string_view key_history_file = "key-history";

/// The text to be signed.
std::string key_history_text(std::string_view origin, std::string_view lines);
/// The lines. Errors: those of parse_note() and check_signed(), and "bad_key_history". The origin is the name of the
/// first key.
eventstore::Result<std::string> check_key_history(std::string_view note, std::span<const Verifier* const> log);

}  // namespace pioneer::api
