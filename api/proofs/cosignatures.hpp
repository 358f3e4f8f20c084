// What witnesses signed of our checkpoints, and which checkpoint counts as witnessed: the newest that at least so many
// of them signed as the policy wants. That one stands on the disk, beside the newest checkpoint; what is short of the
// policy does not: witnesses sign again what they signed.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "api/proofs/cosignature.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::api {

/// Below /log/, beside the newest checkpoint, and in a mirror.
inline constexpr std::string_view witnessed_file = "witnessed";

/// Any thread.
class Cosignatures {
 public:
  struct Policy {
    std::vector<const Verifier*> witnesses;  ///< those who count; outlive this
    std::size_t needed = 0;                  ///< of them
  };
  struct Witnessed {
    std::size_t needed = 0;
    std::size_t have = 0;      ///< who signed the checkpoint below; where there is none, the most that signed any
    std::uint64_t size = 0;    ///< of the newest checkpoint that enough signed; 0: none
    std::uint64_t time_s = 0;  ///< when enough had signed it, by their clocks; 0: none
    bool ahead = false;        ///< a witness says that it has seen more of the log than stands here
  };

  /// Reads what was witnessed before, and believes of it what `log` and the witnesses signed. `log`: the keys of our
  /// own log. Errors: the disk's.
  static eventstore::Result<std::unique_ptr<Cosignatures>> open(eventstore::Disk& disk, std::string directory,
                                                                std::span<const Verifier* const> log, Policy policy);

  /// A cosignature that was checked, of a checkpoint of ours. Errors: the disk's; what was published then stays.
  eventstore::Result<void> add(const std::string& note, const SignedCheckpoint& checkpoint,
                               const Cosignature& cosignature);
  /// Instead of signing, this witness says that it has seen more records than it was shown. It is so until it signs.
  void says_it_is_ahead(const std::string& witness);
  /// Whether enough witnesses signed exactly this note.
  bool enough(const std::string& note) const;

  /// This note with the cosignatures that are there by now. Null stays null.
  std::shared_ptr<const std::string> with_cosignatures(const std::shared_ptr<const std::string>& note) const;
  /// The newest checkpoint that is witnessed, with its cosignatures; null: none.
  std::shared_ptr<const std::string> witnessed() const;
  /// The same, if it covers the record of this index (the log's order from 0): for a receipt. Null: none does.
  std::shared_ptr<const std::string> covering(std::uint64_t index) const;
  Witnessed status() const;

 private:
  struct Collected {
    std::string note;  ///< as the log signed it
    std::uint64_t size = 0;
    std::map<std::string, Cosignature> by_witness;
    std::shared_ptr<const std::string> shown;  ///< with the cosignatures
  };

  Cosignatures(eventstore::Disk& disk, std::string directory, Policy policy)
      : disk_(disk), directory_(std::move(directory)), policy_(std::move(policy)) {}
  std::string path() const { return directory_ + "/" + std::string(witnessed_file); }
  eventstore::Result<void> read(std::span<const Verifier* const> log);
  Collected& collected(const std::string& note, std::uint64_t size);

  eventstore::Disk& disk_;
  const std::string directory_;
  const Policy policy_;
  mutable std::mutex mutex_;
  std::deque<Collected> recent_;  ///< the newest last
  std::optional<Collected> witnessed_;
  std::set<std::string> ahead_;
};

}  // namespace pioneer::api
