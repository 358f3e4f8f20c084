// Checkpoints that this log's key signed and that the log does not lead to: proof that it lost what it had signed, or
// signed something else. Each stands in two files for good, what somebody holds and what was signed here when that was
// seen, so that both can be shown to anybody, and a restart forgets nothing.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/proofs/checkpoints.hpp"
#include "api/proofs/signed_note.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::api {

/// Any thread.
class Contradictions {
 public:
  /// In the directory of the checkpoints.
  static constexpr std::string_view folder_name = "evidence";
  /// Two files prove it; who shows thousands wants to fill our disk.
  static constexpr std::size_t kept_max = 16;

  struct Kept {
    std::string file;                         ///< FOLDER/NAME; what was signed here is NAME.ours
    std::string theirs;                       ///< the note that is held elsewhere
    std::string ours;                         ///< the newest one here when that was seen; empty: it was not kept
    std::string witness;                      ///< who holds it; empty: not known
    std::optional<eventstore::Instant> seen;  ///< nothing: not known
    bool stands = true;                       ///< the log as it is now does not lead to it either
  };

  /// `directory`: of the checkpoints. `keys`: those that ever signed for the log, the present one first. What stands
  /// there is read again. All outlive this. Errors: the disk's.
  static eventstore::Result<std::unique_ptr<Contradictions>> open(eventstore::Disk& disk, std::string directory,
                                                                  const Checkpoints& checkpoints,
                                                                  std::span<const Verifier* const> keys);

  struct Found {
    Kept kept;
    eventstore::Result<void> written;
  };
  /// A checkpoint as somebody holds it: nothing where no key of this log signed it, where the log, as far as it is
  /// signed, leads to it, where that cannot be read, or where it is known. Where it cannot be written it is remembered.
  std::optional<Found> hold(const std::string& note, const std::string& witness, eventstore::Instant now);

  /// How many the log as it is does not lead to.
  std::size_t standing() const;
  bool any() const { return standing() > 0; }
  /// Of all time, by name.
  std::vector<Kept> all() const;

 private:
  Contradictions(eventstore::Disk& disk, std::string directory, const Checkpoints& checkpoints,
                 std::span<const Verifier* const> keys)
      : disk_(disk),
        directory_(std::move(directory)),
        folder_(directory_ + "/" + std::string(folder_name)),
        checkpoints_(checkpoints),
        keys_(keys) {}
  std::optional<SignedCheckpoint> read(const std::string& note) const;
  /// What is signed here and does not lead there; null: it does, or nobody knows.
  std::shared_ptr<const std::string> contradicted_by(const SignedCheckpoint& theirs) const;
  std::optional<Kept> read_kept(const std::string& path) const;
  eventstore::Result<void> write(const Kept& kept) const;

  eventstore::Disk& disk_;
  const std::string directory_;
  const std::string folder_;
  const Checkpoints& checkpoints_;
  const std::span<const Verifier* const> keys_;
  mutable std::mutex mutex_;
  std::vector<Kept> all_;
};

}  // namespace pioneer::api
