// Checkpoints that this log's key signed and that the log does not lead to: proof that it lost what it had signed, or
// signed something else. Each stands in two files for good, what somebody holds and what was signed here when that was
// seen, so that both can be shown to anybody, and a restart forgets nothing.
//
// Where nodes share a log, one signs a moment after another what both have read: a checkpoint of more records than are
// signed here proves nothing yet. It waits for its judgement until as many are signed here; or until the log was read
// to its end and is still shorter.
#pragma once

#include <functional>
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
  /// Reads what others wrote, to the end that the log has by now: how many records it then holds. Absent: nobody else
  /// writes this log. Blocks; any thread.
  using ReadToEnd = std::function<eventstore::Result<std::uint64_t>()>;

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
                                                                  std::span<const Verifier* const> keys,
                                                                  ReadToEnd read_to_end = {});

  struct Found {
    Kept kept;
    eventstore::Result<void> written;
  };
  /// A checkpoint as somebody holds it: nothing where no key of this log signed it, where the log, as far as it is
  /// signed, leads to it, where that cannot be read, where it waits, or where it is known. Where it cannot be written
  /// it is remembered. May read the log to its end.
  std::optional<Found> hold(const std::string& note, const std::string& witness, eventstore::Instant now);
  /// Whether one waits that nobody can judge yet.
  bool waits() const;
  /// After a checkpoint was signed: judges what waited for it, and anew what is kept, for a log that was put right
  /// leads there again. Those that are contradictions by now. One thread.
  std::vector<Found> judge();

  /// How many the log as it is does not lead to.
  std::size_t standing() const;
  bool any() const { return standing() > 0; }
  /// Of all time, by name.
  std::vector<Kept> all() const;

 private:
  Contradictions(eventstore::Disk& disk, std::string directory, const Checkpoints& checkpoints,
                 std::span<const Verifier* const> keys, ReadToEnd read_to_end)
      : disk_(disk),
        directory_(std::move(directory)),
        folder_(directory_ + "/" + std::string(folder_name)),
        checkpoints_(checkpoints),
        keys_(keys),
        read_to_end_(std::move(read_to_end)) {}
  std::optional<SignedCheckpoint> read(const std::string& note) const;
  enum class Judgement { leads_there, contradicts, not_yet };
  struct Judged {
    Judgement judgement = Judgement::not_yet;
    std::shared_ptr<const std::string> ours;  ///< what was signed here when it was judged; null: nothing yet
  };
  /// By what is signed here alone.
  Judged judge_by_root(const SignedCheckpoint& theirs) const;
  /// Also where it is longer than that.
  Judged judge_at_end(const SignedCheckpoint& theirs) const;
  std::optional<Found> keep(const Kept& kept);
  bool knows(const std::string& file) const;
  std::optional<Kept> read_kept(const std::string& path) const;
  eventstore::Result<void> write(const Kept& kept) const;

  eventstore::Disk& disk_;
  const std::string directory_;
  const std::string folder_;
  const Checkpoints& checkpoints_;
  const std::span<const Verifier* const> keys_;
  const ReadToEnd read_to_end_;
  std::uint64_t judged_at_ = 0;  ///< judge()'s: what was covered then
  mutable std::mutex mutex_;
  std::vector<Kept> all_;
  std::vector<Kept> waiting_;  ///< `kept_max` at most: who holds such a one shows it again
};

}  // namespace pioneer::api
