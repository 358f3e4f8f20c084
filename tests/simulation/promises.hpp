// What every node promises, whatever engine its log stands on: each function adds a sentence for what was not kept.
#pragma once

#include <string>
#include <vector>

#include "api/audit/rerun/rerun.hpp"
#include "tests/simulation/audit.hpp"
#include "tests/simulation/simulated_node.hpp"
#include "tests/simulation/workload.hpp"

namespace pioneer::tests {

using Commits = std::vector<eventstore::AcceptedCommit>;
using Wrong = std::vector<std::string>;

/// The whole log.
Commits read_log(const eventstore::Log& log, Wrong& wrong);
/// By an auditor's two ways: rules recounted, and every decision made again.
api::rerun::Report check_decisions(const Commits& commits, Wrong& wrong);
/// What clients were told, against the log.
void check_answers(const Audit& audit, const Workload& workload, Wrong& wrong);
/// Every key that the log relies on is there, and those of erased persons are erased.
void check_keys(const Audit& audit, adapters::FileKeyring& keyring, Wrong& wrong);
/// A replay comes to the digests of the live read models.
void check_read_models(const Commits& commits, node::Node& node, Wrong& wrong);

}  // namespace pioneer::tests
