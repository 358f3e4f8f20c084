// An accepted commit on its way to those who follow the log.
#pragma once

#include <optional>
#include <string_view>

#include "eventstore/commit.pb.h"
#include "eventstore/error.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::eventstore {

/// `opened` leaves are followed too, with a body that holds only its stamp, so that sequences have no hole.
struct AcceptedCommit {
  Sequence sequence;
  Hash leaf;
  CommitBody body;
};

/// Error "bad_commit_body" if the record is accepted by its header but its body is no commit.
Result<AcceptedCommit> parse_commit(const Leaf& leaf);
/// One commit by its sequence, which is below `log.end()`. Errors: the log's, and those of parse_commit.
Result<AcceptedCommit> read_commit(const Log& log, Sequence sequence);

/// The log that another one goes on from under a new name, because it had lost what was signed of it.
struct ContinuedLog {
  LogId log_id;
  std::uint64_t size = 0;  ///< records that were left of it, which stand here at their places
  Hash root;               ///< of those
};
/// What a log's first record says that it goes on from; nothing: it began by itself.
std::optional<ContinuedLog> continued_by(std::string_view first_record);
/// The same of a log. Errors: the log's.
Result<std::optional<ContinuedLog>> continued_by(const Log& log);

/// The feature level of the log's last leaf, which the next record carries too; where a log begins, if there is none.
Result<FeatureLevel> log_feature_level(const Log& log);
/// When the log's last leaf was recorded; zero: there is none.
Result<Instant> last_stamp(const Log& log);

}  // namespace pioneer::eventstore
