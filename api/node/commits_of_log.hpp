// The log from some sequence on, as projections read it again.
#pragma once

#include <functional>
#include <memory>

#include "eventstore/ports/log.hpp"
#include "projections/engine/engine.hpp"

namespace pioneer::node {

/// One thread. The log outlives it.
class CommitsOfLog final : public projections::CommitSource {
 public:
  /// `stopping`, if given, is asked before each piece: once it says yes, `next` gives the error "stopping".
  CommitsOfLog(const eventstore::Log& log, eventstore::Sequence from, std::function<bool()> stopping = {});
  eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override;

 private:
  std::unique_ptr<eventstore::LogReader> reader_;
  std::function<bool()> stopping_;
};

}  // namespace pioneer::node
