// The log that a running server has, asked by whoever compares a mirror with it: what it signs, where it parts from the
// mirror, and what its read models are at any size. One thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "api/audit/mirror_folder.hpp"
#include "api/audit/published_digests.hpp"
#include "api/cli/log_fetch.hpp"
#include "api/proofs/signed_note.hpp"

namespace pioneer::cli {

class TheirLog {
 public:
  /// The keys outlive it. Errors: "bad_address", those of LogFetch, and "not_signed" and its like where what it sends
  /// is not signed by these keys.
  static eventstore::Result<std::unique_ptr<TheirLog>> ask(const Place& place, std::vector<const api::Verifier*> keys);

  /// Its newest checkpoint, and the note that says so.
  const api::SignedCheckpoint& checkpoint() const { return checkpoint_; }
  const std::string& note() const { return note_; }
  /// How many entries the mirror's first `size` and its own begin with alike. Its tiles are led to the root that it
  /// signed. Errors: those of SignedTiles and of the mirror.
  eventstore::Result<std::uint64_t> same_entries(const api::MirrorFolder& mirror, std::uint64_t size);
  /// What it signs that its read models are after so many entries.
  eventstore::Result<api::PublishedDigests> digests_at(std::uint64_t size);

 private:
  TheirLog(const Place& place, const HttpConnection::Address& address, std::vector<const api::Verifier*> keys)
      : server_(place, address), keys_(std::move(keys)) {}

  LogFetch server_;
  const std::vector<const api::Verifier*> keys_;
  std::string note_;
  api::SignedCheckpoint checkpoint_;
};

}  // namespace pioneer::cli
