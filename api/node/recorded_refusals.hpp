// Refusals that stand in the log, because somebody asked for a receipt of them (domain/refused). The Writer's deciding
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "domain/commands.hpp"
#include "domain/common/id.hpp"
#include "domain/common/limits.hpp"
#include "domain/common/refusal.hpp"
#include "domain/refused/refused.pb.h"
#include "eventstore/commit.pb.h"
#include "eventstore/types.hpp"

namespace pioneer::node {

/// A rule of the business said no: not a missing right, a value out of bounds, or a revision that is no more.
bool is_of_a_rule(const std::optional<domain::Refusal>& refusal);

/// `about`: the stream that the command was about.
domain::CommandRefused refusal_event(const domain::Command& command, const domain::Refusal& refusal,
                                     const std::string& about);
/// In the stream that the command names for it, under the command's own marks; but for the policy. Precondition: the
/// command has `record_refusal`.
eventstore::CommitBody refusal_commit(const domain::Command& command, const domain::CommandRefused& event);

/// How many of each person were put on record lately. In memory only: a restart begins anew, which gives nobody more
/// than a few.
class RecordedRefusals {
 public:
  /// Counts one more; false: it is beyond what one person has in this hour.
  bool take(const domain::Id& member, eventstore::Instant now);

 private:
  std::int64_t hour_ = 0;
  /// Of this hour. Each entry cost a commit, so there are few.
  std::unordered_map<domain::Id, std::uint32_t, domain::IdHash> counts_;
};

}  // namespace pioneer::node
