// What an operator says their read models were at some place of the log: a signed note of the origin with
// "/read-models", the position, and a line "name digest" for each. An auditor who replays the log compares. Pure; any
// thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/verifier.hpp"
#include "eventstore/error.hpp"

namespace pioneer::api {

inline constexpr std::string_view published_digests_folder = "digests";
/// A line for each projection.
inline constexpr std::size_t digests_bytes_max = 64u << 10;

struct PublishedDigests {
  std::uint64_t position = 0;                  ///< commits that they stand for
  std::map<std::string, std::string> by_name;  ///< SHA-256 of each projection's digest, hexadecimal
};

/// Of digests as projections have them: each has 2,048 bytes, and its SHA-256 names it.
PublishedDigests named_digests(std::uint64_t position, const std::map<std::string, std::string>& digests);
/// The projections in `theirs` whose digest is another in `ours`, or is not there.
std::vector<std::string> differences(const PublishedDigests& ours, const PublishedDigests& theirs);

/// The text to be signed.
std::string digests_text(std::string_view origin, const PublishedDigests& digests);
/// Errors: those of parse_note() and check_signed(), and "bad_digests". The origin is the name of the first key.
eventstore::Result<PublishedDigests> read_digests(std::string_view note, std::span<const Verifier* const> keys);

}  // namespace pioneer::api
