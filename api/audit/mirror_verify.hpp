// The whole proof of a mirror, from its files alone: hashes, chain, order of time, signed checkpoints.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>

#include "api/audit/mirror_part.hpp"
#include "api/proofs/cosignature.hpp"
#include "api/proofs/signed_note.hpp"
#include "eventstore/ports/executor.hpp"

namespace pioneer::api {

struct MirrorVerification {
  std::optional<MirrorFault> fault;  ///< the first one: none, all is good
  std::uint64_t proven = 0;          ///< entries (or leaves) before the fault that are good
  SignedCheckpoint checkpoint;       ///< the newest, once its signature was found good
  bool with_entries = true;          ///< false: the mirror holds hashes only
  std::uint64_t checkpoints = 0;     ///< signed ones that agree with each other, the newest among them
  std::vector<Cosigner> cosigners;   ///< of the witnesses whose keys were given, what each signed; in order of names
  std::uint64_t stamps = 0;          ///< checkpoints that somebody stamped with their time; the stamps are not checked
  /// Keys that were not given, "name+hash", in whose names something in the mirror is signed: nobody checked that.
  std::set<std::string> strangers;
  std::uint64_t older_files = 0;     ///< partial files of earlier sizes; they agree with the newest
  std::uint64_t unsigned_files = 0;  ///< beyond what the checkpoint signed: a mirror that was interrupted
  std::uint64_t unknown_files = 0;   ///< not of the layout
  eventstore::Instant last;          ///< when the newest entry was recorded; zero where entries may be any
  std::uint64_t bytes = 0;
};

struct MirrorVerifyOptions {
  std::span<const Verifier* const> keys;       ///< all of them are the log's
  std::span<const Verifier* const> witnesses;  ///< whose signature beside the log's counts; may be empty
  /// Whether a line is a log's verifier key, whole; empty: `verifier` is not looked at.
  std::function<bool(const std::string& line)> is_key;
  /// The log is none of ours: what its entries say is not judged, only that they are those which were signed.
  bool any_entries = false;
  unsigned workers = 2;                    ///< parts checked side by side, at most 8; 17 MiB of memory each
  eventstore::Executor* beside = nullptr;  ///< runs all workers but one; null: there is one
  /// Entries done and entries in all; from any of the workers, one call at a time.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Writes nothing. Ends whatever the files hold: at the first fault, in the order of entries. `keys` is not empty.
MirrorVerification verify_mirror(const MirrorFolder& folder, const MirrorVerifyOptions& options);

}  // namespace pioneer::api
