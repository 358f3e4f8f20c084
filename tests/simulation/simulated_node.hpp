// A whole node on one thread over a simulated disk: opened as api/server opens a data directory, ended as machines and
// processes end.
#pragma once

#include <memory>
#include <optional>

#include "adapters/kafka/kafka_log.hpp"
#include "adapters/keyring/file_keyring.hpp"
#include "adapters/segments/segment_log.hpp"
#include "adapters/sodium/sodium.hpp"
#include "api/node/node.hpp"
#include "api/people/people_store.hpp"
#include "tests/simulation/derived_store.hpp"
#include "tests/simulation/key_table.hpp"
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

/// What nodes that share a log have in common, and this one's way to its topic.
struct Sharing {
  eventstore::LogId log_id;
  adapters::kafka::Options options;
  KeyTable& keys;
  std::unique_ptr<adapters::kafka::TopicAccess> access;
};

/// One process: from its start to its end.
class SimulatedNode {
 public:
  static eventstore::Result<std::unique_ptr<SimulatedNode>> open(Machine& machine, std::uint64_t segment_bytes);

  /// One of a cluster. start() reads the topic to its end: on a strand, while somebody calls topic()->follow().
  SimulatedNode(Machine& machine, Sharing sharing);
  eventstore::Result<void> start(std::uint64_t segment_bytes);
  /// Null before it is there.
  adapters::kafka::KafkaLog* topic() { return topic_.get(); }
  bool started() const { return node_ != nullptr; }
  /// Null before it is there, as before.
  adapters::segments::SegmentLog* files() { return log_.get(); }

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
  /// The same of one of a cluster, whose last steps are made.
  eventstore::Result<void> stop();

 private:
  explicit SimulatedNode(Machine& machine);
  eventstore::Result<void> open_directory();
  eventstore::Result<void> open_files(std::uint64_t segment_bytes);
  eventstore::Result<void> open_topic();
  eventstore::Result<void> open_keyring();
  eventstore::Result<void> open_shared_keyring();
  eventstore::Result<void> open_node();

  // In the order in which they are made; what uses another stands behind it.
  Machine& machine_;
  SimulatedExecutor background_;
  std::unique_ptr<eventstore::File> lock_;
  std::unique_ptr<adapters::SodiumCryptography> cryptography_;
  std::optional<Sharing> sharing_;
  std::unique_ptr<adapters::segments::SegmentLog> log_;
  std::unique_ptr<adapters::kafka::KafkaLog> topic_;
  std::optional<KeyTableReader> shared_keys_;
  std::unique_ptr<adapters::FileKeyring> keyring_;
  std::unique_ptr<api::Opener> opener_;
  std::unique_ptr<api::PeopleStore> people_;
  std::unique_ptr<api::Edge> edge_;
  std::unique_ptr<node::Node> node_;
  std::size_t keys_erasing_at_start_ = 0;
};

}  // namespace pioneer::tests
