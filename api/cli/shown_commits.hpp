// The log's commits from its beginning or some place, with a bar that shows how far they are read.
#pragma once

#include "api/cli/console.hpp"
#include "api/node/commits_of_log.hpp"

namespace pioneer::cli {

/// One thread reads.
class ShownCommits final : public projections::CommitSource {
 public:
  /// `end`: as far as will be read, for the bar.
  ShownCommits(const eventstore::Log& log, eventstore::Sequence end,
               eventstore::Sequence from = eventstore::Sequence{0})
      : source_(log, from), progress_("commits read", end.value) {}

  eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override {
    auto commits = source_.next();
    if (commits && !commits->empty()) progress_.at(commits->back().sequence.value + 1);
    return commits;
  }

 private:
  node::CommitsOfLog source_;
  Progress progress_;
};

}  // namespace pioneer::cli
