// One simulated run: a machine, its clients, and everything that goes wrong, all from one seed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/audit/rerun/rerun.hpp"
#include "tests/simulation/audit.hpp"
#include "tests/simulation/simulated_node.hpp"
#include "tests/simulation/workload.hpp"

namespace pioneer::tests {

/// How often what happened. Every one of them must, over the seeds, or the run proves less than it says.
struct Happened {
  std::uint64_t starts = 0, failed_starts = 0, power_cuts = 0, power_cuts_at_start = 0, failed_syncs = 0,
                failed_writes = 0, full_disks = 0, kills = 0, clean_stops = 0, torn_tails_dropped = 0, stores_lost = 0,
                stores_set_back = 0, erasures_resumed = 0, several_segments = 0, promotions = 0, erasures = 0,
                reactions = 0;
  Workload::Counts answers;
};

class Run {
 public:
  explicit Run(std::uint64_t seed);
  /// On a disk whose syncs below this directory are broken: a run that must find something wrong.
  Run(std::uint64_t seed, std::string directory, SimulatedDisk::Syncs how);
  /// Plays all lives of the node, and the last one in peace.
  void play();

  /// What must not be; empty: every promise was kept.
  const std::vector<std::string>& wrong() const { return wrong_; }
  const Happened& happened() const { return happened_; }
  /// Of the log's tree at the end, and of everything that the clients were told.
  const eventstore::Hash& root() const { return root_; }
  eventstore::Hash heard() const { return eventstore::sha256(eventstore::bytes_of(workload_.heard())); }
  std::uint64_t leaves() const { return leaves_.size(); }
  /// All of the log, as it stood at the last check.
  const std::vector<eventstore::AcceptedCommit>& commits() const { return commits_; }
  /// How its decisions came out when they were made again.
  const api::rerun::Report& rerun() const { return rerun_; }

 private:
  bool start(bool in_peace);
  void live(bool in_peace);
  void turn();
  void end();
  void end_in_peace();
  void lose_power();
  void arm(std::uint64_t calls_at_most);
  void lose_some(DerivedStore& store);
  void note_failed_call();

  void check();
  void check_log(const std::vector<eventstore::AcceptedCommit>& commits);
  void check_files(bool closed);
  void say(std::string wrong) { wrong_.push_back(std::move(wrong)); }

  Dice dice_;
  Machine machine_;
  Workload workload_;
  std::uint64_t segment_bytes_;
  std::unique_ptr<SimulatedNode> node_;
  bool armed_ = false;
  std::vector<std::string> wrong_;
  Happened happened_;
  std::vector<eventstore::AcceptedCommit> commits_;
  api::rerun::Report rerun_;
  std::vector<eventstore::Hash> leaves_;  ///< as they stood at the last check
  std::set<domain::Id> ended_keys_;       ///< seen erased once
  eventstore::Hash root_;
};

}  // namespace pioneer::tests
