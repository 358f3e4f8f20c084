// Commits in memory, as whoever recomputes from a log reads them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "projections/engine/engine.hpp"

namespace pioneer::tests {

/// A commit at a time. What it refers to must outlive it.
inline std::unique_ptr<projections::CommitSource> listed(std::span<const eventstore::AcceptedCommit> commits) {
  class Source final : public projections::CommitSource {
   public:
    explicit Source(std::span<const eventstore::AcceptedCommit> all) : commits_(all) {}
    eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override {
      if (given_ == commits_.size()) return std::vector<eventstore::AcceptedCommit>{};
      return std::vector{commits_[given_++]};
    }

   private:
    const std::span<const eventstore::AcceptedCommit> commits_;
    std::size_t given_ = 0;
  };
  return std::make_unique<Source>(commits);
}

}  // namespace pioneer::tests
