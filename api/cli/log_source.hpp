// The whole log as projections read it again.
#pragma once

#include "eventstore/ports/log.hpp"
#include "projections/engine/engine.hpp"

namespace pioneer::cli {

/// One thread. `log` outlives it.
class LogSource final : public projections::CommitSource {
 public:
  explicit LogSource(const eventstore::Log& log) : reader_(log.reader(eventstore::Sequence{0})) {}
  eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override;

 private:
  std::unique_ptr<eventstore::LogReader> reader_;
};

}  // namespace pioneer::cli
