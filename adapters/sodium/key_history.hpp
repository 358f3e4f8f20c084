// Which keys signed for a log, from when to when: KEYS/log-key-history, a line each, made with the first change:
//
//   <verifier key> <records from> <seconds since 1970> <records until, or -> <seconds, or ->
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::adapters {

/// `from_size`: so many records the log had when the key came; `to_size`: when it went, nothing while it signs.
struct KeyPeriod {
  VerifierKey key;
  std::string verifier;  ///< the key's text
  std::uint64_t from_size = 0;
  std::int64_t from_s = 0;  ///< 0: with the log
  std::optional<std::uint64_t> to_size;
  std::int64_t to_s = 0;
};

/// The lines of the file for these.
std::string key_history_lines(const std::vector<KeyPeriod>& periods);

/// What stands in the file, brought up to what `key` is by now: a key that is new in it came with `size` records, one
/// that signs no more went with them. Written where that changed something, and where there was more than one key ever.
/// The newest is the last. Errors: "bad_key_history" where the file is none, and the disk's.
eventstore::Result<std::vector<KeyPeriod>> settle_key_history(eventstore::Disk& disk, const std::string& directory,
                                                              const SigningKey& key, std::uint64_t size,
                                                              std::int64_t now_s);

/// The same for who only reads: nothing is written.
eventstore::Result<std::vector<KeyPeriod>> read_key_history(eventstore::Disk& disk, const std::string& directory,
                                                            const SigningKey& key);

/// The verifier keys of a directory that may lack the key that signs, a copy for whoever only checks: the present one
/// first, then those before it, the newest first. None where the directory has none. Errors: "bad_key_history", and the
/// disk's.
eventstore::Result<std::vector<std::string>> known_log_keys(eventstore::Disk& disk, const std::string& directory);

}  // namespace pioneer::adapters
