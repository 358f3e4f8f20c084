// A mirror whose newest checkpoint was found good: what an auditor recomputes from. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "api/audit/kept_checkpoints.hpp"
#include "api/cli/audit_commands.hpp"
#include "api/cli/audit_keys.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::cli {

class SignedMirror {
 public:
  /// Checks the checkpoint, not what it covers: `pioneer audit verify` does. Errors: "no_mirror", "no_records" where it
  /// holds hashes only, "bad_verifier_key", and those of read_kept().
  static eventstore::Result<std::unique_ptr<SignedMirror>> open(const AuditMirrorOptions& options);

  const api::MirrorFolder& folder() const { return folder_; }
  const api::SignedCheckpoint& checkpoint() const { return checkpoint_; }
  std::vector<const api::Verifier*> keys() const { return keys_.all(); }
  const std::vector<std::string>& key_lines() const { return keys_.texts(); }

 private:
  SignedMirror(const std::string& path, AuditKeys keys) : folder_(path), keys_(std::move(keys)) {}
  const api::MirrorFolder folder_;
  const AuditKeys keys_;
  api::SignedCheckpoint checkpoint_;
};

/// "2026-03-01T12:00:00Z" or a position, as the number of entries that were there then, in a mirror; nothing: neither.
/// O(log n) reads. Errors: the mirror's.
eventstore::Result<std::optional<std::uint64_t>> size_then(const SignedMirror& mirror, const std::string& when);

/// Entries from the `from`-th up to `to`, which does not belong to it.
struct EntryRange {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};
/// Of --from and --to; nothing: it was complained about.
std::optional<EntryRange> range_of(const SignedMirror& mirror, const AuditHistoryOptions& options);

/// Calls `each` with every commit in the range, in order, with a bar, until it returns an error. Errors: that one, and
/// those of MirrorCommits.
eventstore::Result<void> each_commit(
    const SignedMirror& mirror, const EntryRange& range,
    const std::function<eventstore::Result<void>(const eventstore::AcceptedCommit& commit)>& each);

}  // namespace pioneer::cli
