// The transparency log: follows the log, keeps the hashes of its tree and signs what it has come to, so that anybody
// can check that nothing was changed, taken out or put in later. Formats: C2SP tlog-checkpoint and tlog-tiles
// (https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-tiles).
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/signer.hpp"
#include "eventstore/ports/disk.hpp"
#include "eventstore/ports/log.hpp"
#include "eventstore/tree_files.hpp"

namespace pioneer::api {

/// How a record stands in the log that a checkpoint signed.
struct Inclusion {
  std::vector<eventstore::Hash> path;  ///< siblings, leaf to root
  eventstore::Hash leaf;
  std::shared_ptr<const std::string> checkpoint;
  std::uint64_t size = 0;  ///< of that checkpoint
};

/// follow() is one thread's; the others any thread's.
class Checkpoints {
 public:
  /// Where they stand in a data directory.
  static constexpr std::string_view directory_name = "checkpoints";

  /// All three outlive this. Everything stands in `directory`: the hashes, and the newest checkpoint. Errors:
  /// "log_behind_checkpoint" and "history_differs" where the log is not the one that was signed, "bad_checkpoint" where
  /// the file is none, and the disk's.
  static eventstore::Result<std::unique_ptr<Checkpoints>> open(const eventstore::Log& log, eventstore::Disk& disk,
                                                               const Signer& signer, std::string directory);

  /// Whether the log is the one that was signed last, without going on: for whoever would write to it. Errors: as
  /// open().
  static eventstore::Result<void> check(const eventstore::Log& log, eventstore::Disk& disk, std::string directory);

  /// Takes in what the log holds by now and, where that is more than the newest checkpoint tells, signs a new one: on
  /// the disk before anybody sees it, so that no crash makes us sign two histories. After a failure the next call
  /// begins again at the newest checkpoint. Returns how many leaves that covers.
  eventstore::Result<std::uint64_t> follow();

  /// How often the hashes were damaged or gone since open(), that included, and made anew from the log. Any thread.
  std::uint32_t rebuilt() const { return rebuilt_.load(); }
  /// The signed note; null before the first.
  std::shared_ptr<const std::string> newest() const;
  /// That the record of this sequence is below the newest checkpoint; nothing while none covers it. A few reads,
  /// however long the log is. `under`: an older checkpoint of ours, such as Cosignatures::covering() gives. The hashes
  /// are led to the signed root before they are given away. Errors: "tree_damaged", and the disk's.
  eventstore::Result<std::optional<Inclusion>> inclusion(
      eventstore::Sequence sequence, const std::shared_ptr<const std::string>& under = nullptr) const;
  /// The proof that the tree of the first `second` leaves goes on from that of the first `first`; a checkpoint covers
  /// both. Errors: "not_yet" while none does, the tree's and the disk's.
  eventstore::Result<std::vector<eventstore::Hash>> consistency(std::uint64_t first, std::uint64_t second) const;
  /// The root of the first `size` leaves, which a checkpoint covers. Errors: as consistency().
  eventstore::Result<eventstore::Hash> root_at(std::uint64_t size) const;
  /// The tile's hashes; nothing where no such tile is, or not yet. Errors: "tree_damaged", and the disk's.
  eventstore::Result<std::optional<std::string>> tile(unsigned level, const eventstore::TileName& tile) const;
  /// Leaves that newest() covers.
  std::uint64_t covered() const;
  /// The bundle of those records, as tlog-tiles lays them out; nothing where newest() does not cover them all. Reads
  /// the log: at most 16 MiB. Errors: the log's.
  eventstore::Result<std::optional<std::string>> bundle(const eventstore::TileName& bundle) const;

 private:
  struct Signed {
    std::uint64_t size = 0;
    std::string root;  ///< base64
  };
  /// What is shown to others, all of one moment.
  struct Shown {
    std::shared_ptr<const std::string> note;  ///< null before the first
    Signed signed_text;
  };

  Checkpoints(const eventstore::Log& log, eventstore::Disk& disk, const Signer* signer, std::string directory)
      : log_(log), disk_(disk), signer_(signer), directory_(std::move(directory)) {}
  std::string path() const { return directory_ + "/checkpoint"; }
  eventstore::Result<void> read_newest();
  /// The hashes up to the newest checkpoint; made anew where they are damaged or gone.
  eventstore::Result<std::shared_ptr<eventstore::TreeFiles>> open_tree();
  eventstore::Result<void> agrees(const eventstore::TreeFiles& tree) const;
  eventstore::Result<void> take_in(eventstore::TreeFiles& tree, std::uint64_t end) const;
  eventstore::Result<void> sign(const eventstore::TreeFiles& tree);
  std::shared_ptr<eventstore::TreeFiles> tree() const;
  /// Of the log from there on: the one that stands there, if a bundle before it was asked for.
  std::unique_ptr<eventstore::LogReader> reader_at(std::uint64_t first) const;
  void keep_reader(std::uint64_t next, std::unique_ptr<eventstore::LogReader> reader) const;

  const eventstore::Log& log_;
  eventstore::Disk& disk_;
  const Signer* const signer_;  ///< null: only to check
  const std::string directory_;
  Signed signed_;  ///< follow()'s
  std::atomic<std::uint32_t> rebuilt_{0};

  mutable std::mutex mutex_;
  std::shared_ptr<eventstore::TreeFiles> tree_;  ///< null where a failure left none
  Shown newest_;

  struct Waiting {
    std::uint64_t next = 0;
    std::unique_ptr<eventstore::LogReader> reader;
  };
  mutable std::mutex waiting_mutex_;
  mutable std::vector<Waiting> waiting_;  ///< the oldest first
};

/// What a checkpoint says, its signatures aside.
struct CheckpointText {
  std::string origin;
  std::uint64_t size = 0;
  std::string root;  ///< base64 of 32 bytes
};
/// The first three lines of a note; nothing where they are not exactly as tlog-checkpoint wants them.
std::optional<CheckpointText> parse_checkpoint(std::string_view note);

}  // namespace pioneer::api
