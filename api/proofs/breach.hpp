// Whether a promise was broken: what others can be shown, and what they need not believe. README.md says precisely what
// proves a breach, and what does not. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/proofs/promise.hpp"
#include "api/proofs/receipt.hpp"

namespace pioneer::api {

/// A tree that the log signed, and when others saw it.
struct SeenCheckpoint {
  SignedCheckpoint checkpoint;
  /// Of each cosigner whose key was given: what time it signed with; seconds since 1970.
  std::vector<std::pair<std::string, std::int64_t>> cosigned;
};

/// A record that stands in such a tree.
struct SeenRecord {
  SeenCheckpoint in;
  std::uint64_t index = 0;
  eventstore::Hash leaf;
  std::int64_t recorded_us = 0;
};

using Evidence = std::variant<SeenCheckpoint, SeenRecord, Promise>;

/// A receipt, a checkpoint or another promise, checked by these keys (those named `origin` are the log's, the rest
/// cosigners'). Errors: what the file's own check says.
eventstore::Result<Evidence> read_evidence(std::string_view file, std::string_view origin,
                                           std::span<const Verifier* const> keys);

struct Judgement {
  enum class Kind {
    breach,  ///< signed statements that cannot all be true if the promise was kept
    kept,    ///< the record stands where it was promised, and was seen there in time
    there,   ///< it stands where it was promised; since when is not shown
    open,    ///< nothing of it is shown
  } kind = Kind::open;
  std::string why;  ///< a sentence
};

/// All pieces together: a promise of one may tell when the checkpoint of another was made.
Judgement judge(const Promise& promise, const std::vector<Evidence>& evidence);

}  // namespace pioneer::api
