// A witness: remembers the newest checkpoint of each log that it knows, and signs only what goes on from there. What it
// signed once, no log can contradict unnoticed. Protocol: https://c2sp.org/tlog-witness, whose bodies and statuses
// these are; HTTP itself is elsewhere.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/proofs/signed_note.hpp"
#include "eventstore/ports/clock.hpp"
#include "eventstore/ports/disk.hpp"
#include "eventstore/tree_proofs.hpp"

namespace pioneer::api {

class Signer;

/// Hashes in a proof that somebody sends; a tree of 2^63 leaves has no longer ones.
inline constexpr std::size_t proof_hashes_max = 63;
/// What add-checkpoint is sent: a line, the proof, a note.
inline constexpr std::size_t add_checkpoint_bytes_max = note_bytes_max + (proof_hashes_max + 1) * 64;
inline constexpr std::string_view tree_size_type = "text/x.tlog.size";
inline constexpr std::string_view plain_text_type = "text/plain; charset=utf-8";

/// What is sent to a witness.
struct AddCheckpoint {
  std::uint64_t old_size = 0;
  std::vector<eventstore::Hash> proof;
  std::string note;
};
/// Error: "malformed", with what is wrong with it.
eventstore::Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);
std::string add_checkpoint_body(std::uint64_t old_size, std::span<const eventstore::Hash> proof, std::string_view note);

struct WitnessAnswer {
  unsigned status = 200;
  std::string body;  ///< 200: our signature's line; 409: the size that we know; else a sentence
  std::string_view type = plain_text_type;
};

/// Any thread; one request of a log after the other. Of each log, in DIRECTORY/logs/<SHA-256 of its origin, hex>:
/// `checkpoint`, the newest that was signed, with our signature; `evidence/`, signed checkpoints that contradict it.
class Witness {
 public:
  /// What an operator should know, a sentence each: a log that contradicts itself, a disk that fails.
  using Tell = std::function<void(const std::string&)>;
  struct Parts {
    eventstore::Disk& disk;
    const eventstore::Clock& clock;
    const Signer& signer;
    const Verifier& own;  ///< the signer's: what stands on the disk is believed only with our signature
  };

  /// `logs` are the keys of the logs that it knows; several of one name are keys of one log. All outlive it. Errors:
  /// "bad_witness_state" where a file is not what we wrote, and the disk's.
  static eventstore::Result<std::unique_ptr<Witness>> open(const Parts& parts, std::string directory,
                                                           std::span<const Verifier* const> logs, Tell tell);

  /// POST add-checkpoint. What it signs is on the disk before this returns.
  WitnessAnswer add_checkpoint(std::string_view body);
  /// GET <SHA-256 of the origin, hex>/checkpoint: the newest that was signed, with both signatures; 404 before.
  WitnessAnswer newest(std::string_view origin_hash) const;
  std::size_t logs() const { return logs_.size(); }

 private:
  struct Log {
    std::string origin;
    std::string directory;
    std::vector<const Verifier*> keys;
    mutable std::mutex mutex;
    eventstore::TreeHead head;
    std::uint64_t time_s = 0;  ///< of our last signature
    std::string note;          ///< with both signatures; empty before the first
  };
  /// A checkpoint whose signature by its log was checked.
  struct Shown {
    const AddCheckpoint& request;
    const SignedNote& note;
    eventstore::TreeHead head;
  };

  Witness(const Parts& parts, std::string directory, Tell tell)
      : disk_(parts.disk),
        clock_(parts.clock),
        signer_(parts.signer),
        own_(parts.own),
        directory_(std::move(directory)),
        tell_(std::move(tell)) {}
  eventstore::Result<void> make_directories(std::initializer_list<std::string> paths);
  eventstore::Result<void> read(Log& log);
  WitnessAnswer take(Log& log, const Shown& shown);
  WitnessAnswer sign(Log& log, const Shown& shown);
  void keep_evidence(const Log& log, const Shown& shown);
  Log* find(std::string_view origin);

  eventstore::Disk& disk_;
  const eventstore::Clock& clock_;
  const Signer& signer_;
  const Verifier& own_;
  const std::string directory_;
  const Tell tell_;
  std::map<std::string, std::unique_ptr<Log>, std::less<>> logs_;  ///< by the hash of their origin; fixed
};

/// The name of a log's folder, and of its checkpoint's address: SHA-256 of the origin, in lower-case hexadecimal.
std::string origin_hash(std::string_view origin);

}  // namespace pioneer::api
