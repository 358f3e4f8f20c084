// A promise: what the log signs when it takes a command in, before any checkpoint covers it. A signed note whose text
// is
//
//   <origin>/promise
//   position <n>
//   <base64 of the record's leaf hash>
//   received <RFC 3339>
//   by <RFC 3339>
//
// "This record was received then, and stands at this position in every tree that I show after that." It is signed by
// the key that signs checkpoints; its first line is no log's origin, so neither is ever taken for the other. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/ports/signer.hpp"
#include "api/proofs/signed_note.hpp"

namespace pioneer::api {

/// From the stamp to when a checkpoint must cover it. One is signed each second, and a witness asked for its signature;
/// a restart over a long log takes some seconds: a minute is kept on the worst of days.
inline constexpr std::int64_t promise_within_us = 60'000'000;

struct Promise {
  std::string origin;
  std::uint64_t position = 0;
  eventstore::Hash leaf;
  std::int64_t received_us = 0;
  std::int64_t by_us = 0;
};

/// `received_us`: the record's stamp; `by` follows from it. The origin is the signer's name.
std::string write_promise(const Signer& signer, std::uint64_t position, const eventstore::Hash& leaf,
                          std::int64_t received_us);

/// Checks the signature of one of the log's keys (`keys` named `origin`) and every line: only what write_promise()
/// writes is taken, but for how long it gives. Errors: those of parse_note() and check_signed(), "bad_promise",
/// "other_origin".
eventstore::Result<Promise> check_promise(std::string_view note, std::string_view origin,
                                          std::span<const Verifier* const> keys);

}  // namespace pioneer::api
