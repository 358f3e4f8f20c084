// A mirror that was proven: what an auditor recomputes from. One thread.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>

#include "api/audit/kept_checkpoints.hpp"
#include "api/cli/audit_commands.hpp"
#include "api/cli/audit_keys.hpp"
#include "api/cli/json.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::cli {

/// Why there is nothing to check in this folder, if so: "no_mirror", or "mirror_unfinished" where copying ended before
/// anything was signed.
std::optional<eventstore::Error> no_mirror_in(const std::string& path);

class SignedMirror {
 public:
  /// Checks the checkpoint, not what it covers: prove() does. Errors: "no_mirror", "mirror_unfinished", "no_records"
  /// where it holds hashes only, those of AuditKeys::read() and those of read_kept().
  static eventstore::Result<std::unique_ptr<SignedMirror>> open(const AuditMirrorOptions& options);
  /// Holds every entry against the checkpoint, as `pioneer audit verify` does; what is wrong, if something is.
  std::optional<api::MirrorFault> prove();

  const std::string& path() const { return path_; }
  const api::MirrorFolder& folder() const { return folder_; }
  const api::SignedCheckpoint& checkpoint() const { return checkpoint_; }
  std::vector<const api::Verifier*> keys() const { return keys_.all(); }
  const std::vector<std::string>& key_lines() const { return keys_.texts(); }
  /// When the newest entry was recorded, once the mirror was proven.
  eventstore::Instant last() const { return last_; }
  /// The answer as it is said with --json, and what it is worth.
  std::string answer(JsonObject computed) const { return worth(std::move(computed)).str(); }
  /// What an answer rests on, as members: whether the entries were proven, and whose word the key is.
  JsonObject worth(JsonObject computed = {}) const;

 private:
  SignedMirror(const std::string& path, AuditKeys keys, bool own_key)
      : path_(path), folder_(path), keys_(std::move(keys)), own_key_(own_key) {}
  const std::string path_;
  const api::MirrorFolder folder_;
  const AuditKeys keys_;
  const bool own_key_;  ///< the one in the mirror
  api::SignedCheckpoint checkpoint_;
  bool proven_ = false;
  eventstore::Instant last_;
};

/// The step before everything that is computed from a mirror: its checkpoint is good, and every entry is that which was
/// signed; with --unproven only the former, which is said. What is read afterwards is what was proven as long as nobody
/// writes to the folder meanwhile. Takes 7 s for a million entries, and 17 MiB a thread. An exit code: it was
/// complained.
std::expected<std::unique_ptr<SignedMirror>, Exit> proven_mirror(const AuditMirrorOptions& options);

/// "2026-03-01T12:00:00Z", "2026-03-01" or a position, as the number of entries that were there then, in a mirror;
/// nothing: neither. O(log n) reads. Errors: the mirror's.
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
