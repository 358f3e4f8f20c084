// A whole node on one thread over a simulated disk: opened as api/server opens a data directory, ended as machines and
// processes end.
#pragma once

#include <memory>
#include <optional>

#include "adapters/keyring/file_keyring.hpp"
#include "adapters/segments/segment_log.hpp"
#include "adapters/sodium/sodium.hpp"
#include "api/node/node.hpp"
#include "api/people/people_store.hpp"
#include "tests/simulation/derived_store.hpp"
#include "tests/simulation/seeded.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::tests {

/// What a node leaves behind and finds again: its machine.
struct Machine {
  explicit Machine(std::uint64_t seed) : random(seed) {}
  SimulatedDisk disk;
  DerivedStore store;
  DerivedStore people_rows;
  SeededRandom random;
  HandClock clock;

  static constexpr const char* log_directory = "/data/log";
  static constexpr const char* keyring_path = "/data/keys/keyring";
};

/// One process: from its start to its end.
class SimulatedNode {
 public:
  static eventstore::Result<std::unique_ptr<SimulatedNode>> open(Machine& machine, std::uint64_t segment_bytes);

  node::Node& node() { return *node_; }
  adapters::segments::SegmentLog& log() { return *log_; }
  adapters::FileKeyring& keyring() { return *keyring_; }
  api::PeopleStore& people() { return *people_; }
  const api::Opener& opener() const { return *opener_; }
  /// Work beside the Writer's: the next segment file.
  void run_background() { background_.run_waiting(); }
  /// Erasures that the last process began and did not end.
  std::size_t keys_erasing_at_start() const { return keys_erasing_at_start_; }

  /// Steps until nothing is left to do.
  void settle();
  /// A clean stop.
  eventstore::Result<void> close();

 private:
  explicit SimulatedNode(Machine& machine) : machine_(machine) {}
  eventstore::Result<void> open_log(std::uint64_t segment_bytes);
  eventstore::Result<void> open_node();

  // In the order in which they are made; what uses another stands behind it.
  Machine& machine_;
  SimulatedExecutor background_;
  std::unique_ptr<eventstore::File> lock_;
  std::unique_ptr<adapters::SodiumCryptography> cryptography_;
  std::unique_ptr<adapters::segments::SegmentLog> log_;
  std::unique_ptr<adapters::FileKeyring> keyring_;
  std::unique_ptr<api::Opener> opener_;
  std::unique_ptr<api::PeopleStore> people_;
  std::unique_ptr<api::Edge> edge_;
  std::unique_ptr<node::Node> node_;
  std::size_t keys_erasing_at_start_ = 0;
};

}  // namespace pioneer::tests
