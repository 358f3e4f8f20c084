// All of an auditor's own rules over all of a log: a second implementation of what decisions must keep, which shares
// with them only how events are written.
#pragma once

#include <functional>
#include <memory>

#include "api/audit/rules/request_rules.hpp"
#include "eventstore/error.hpp"
#include "projections/engine/engine.hpp"

namespace pioneer::api::rules {

struct InvariantReport {
  Breaches breaches;
  std::uint64_t commits = 0;
  std::uint64_t products = 0;
  std::uint64_t requests = 0;
  std::uint64_t offices = 0;       ///< roles that were ever granted
  std::uint64_t running_late = 0;  ///< clocks due before the log's last entry that nobody has let pass yet
};

struct InvariantOptions {
  std::uint64_t entries = 0;  ///< of the log
  /// Products and requests are looked at in parts, one for each so many entries, each with a reading of the whole log:
  /// so memory does not grow with it. A part takes up to 200 MiB.
  std::uint64_t entries_per_part = 750'000;
};

/// `source` begins at the log's beginning, each time. Errors: the source's, "unknown_event". One thread.
eventstore::Result<InvariantReport> check_invariants(
    const std::function<std::unique_ptr<projections::CommitSource>()>& source, const InvariantOptions& options);

}  // namespace pioneer::api::rules
