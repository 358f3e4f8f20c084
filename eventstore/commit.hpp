// An accepted commit on its way to those who follow the log.
#pragma once

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

/// The feature level of the log's last leaf, which the next record carries too; where a log begins, if there is none.
Result<FeatureLevel> log_feature_level(const Log& log);
/// When the log's last leaf was recorded; zero: there is none.
Result<Instant> last_stamp(const Log& log);

}  // namespace pioneer::eventstore
