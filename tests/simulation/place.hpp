// One node of a simulated cluster: a machine, and the process on it while one runs. Whoever has the turn says which of
// its threads goes on.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/simulation/simulated_node.hpp"
#include "tests/simulation/simulated_topic.hpp"
#include "tests/simulation/strand.hpp"

namespace pioneer::tests {

class Place {
 public:
  explicit Place(std::uint64_t seed) : machine_(std::make_unique<Machine>(seed)) {}

  Machine& machine() { return *machine_; }
  /// Another machine, with nothing on it, at the same time of day. No process runs.
  void replace_machine(std::uint64_t seed);

  /// Begins a process; it is up some time later.
  void start(Sharing sharing, std::uint64_t segment_bytes);
  bool runs() const { return process_ != nullptr; }
  bool up() const { return process_ && process_->started(); }
  /// Why it did not come up.
  const std::optional<eventstore::Error>& failed() const { return failed_; }
  /// Precondition of these: it is up.
  node::Node& node() { return process_->node(); }
  SimulatedNode& process() { return *process_; }

  // A step of each of its threads; nothing, where that one is not there yet.
  void follow();
  void write();
  void decide();
  void project();
  void tick(std::uint64_t reacted_elsewhere);

  /// The process ends where it is; with the power, what was not synced goes too.
  void kill(bool power, Dice& dice);
  /// A clean stop. False: it is in the middle of something.
  bool stop();

  /// Why nothing more is read; empty: it goes on.
  std::string ended() const;
  /// Where the copy's last record stands in the topic; −1: it is empty.
  std::int64_t copied_to() const;

 private:
  void end_process();
  void lose_some(DerivedStore& store, Dice& dice);

  std::unique_ptr<Machine> machine_;
  std::unique_ptr<SimulatedNode> process_;
  std::unique_ptr<Strand> strand_;  ///< start, then the writing thread
  std::optional<eventstore::Error> failed_;
  bool between_steps_ = false;
  std::int64_t copied_to_ = -1;  ///< when no process runs
};

}  // namespace pioneer::tests
