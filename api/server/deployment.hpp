// A data directory, opened: the adapters over its files, wired to a node. What pioneerd serves, and what `pioneer
// --data` works on. One process at a time: the directory is locked.
//
//   DIR/lock  DIR/log/*.segment  DIR/db/ (derived: may be deleted)  DIR/people/ (derived, personal)  DIR/keys/
//   DIR/blobs/
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "adapters/kafka/wait_limit.hpp"
#include "api/node/node.hpp"
#include "api/ports/blobs.hpp"
#include "api/ports/settings.hpp"
#include "api/server/signed_before.hpp"
#include "eventstore/limits.hpp"

namespace pioneer::server {

struct DeploymentOptions {
  std::string directory;
  std::string master_key;      ///< file; empty: DIR/keys/master
  std::string blobs;           ///< directory of uploads; empty: DIR/blobs
  bool share_uploads = false;  ///< where the log is on Kafka, they go through a topic to all nodes' directories
  api::KafkaSetting kafka;     ///< where the log is; no brokers: in the directory, and nobody else's
  /// How long its brokers are waited for, once somebody wants all this to end. Null: nobody says.
  std::shared_ptr<const adapters::kafka::WaitLimit> wait_limit = {};
  bool make = false;                    ///< in an empty directory, make a new log; else that is an error, "no_log"
  bool read_only = false;               ///< no fence, no epoch: queries only
  std::size_t cache_bytes = 16u << 20;  ///< the database's blocks
  std::size_t write_buffer_bytes = 16u << 20;
  std::size_t segment_bytes = 0;  ///< of a new log; 0: the default
  /// Commands are refused while less is free: enough for a segment in the making and for what the stores have yet to
  /// write. 0: nobody looks.
  std::uint64_t headroom_bytes = 0;
  /// What others know that this log signed, if that is newer than what stands here. Asked once, before the log is
  /// written to: what leads elsewhere is refused. Absent: nobody is asked.
  AskElsewhere known_elsewhere = {};
  /// Told what an operator should know of the start, a sentence each.
  std::function<void(const std::string&)> tell = {};
  std::size_t command_queue_max = eventstore::limits::command_queue_max;
  eventstore::Clock* clock = nullptr;  ///< driven, for the demo and tests; null: the machine's. Outlives the deployment
};

class Deployment {
 public:
  /// Recovers, projects what was not, takes the log over; a log on Kafka is read to its end first, and taken over once
  /// this is started. Errors: "directory_in_use", "format_too_new", "no_log", "log_behind_stores", "log_is_copy",
  /// "log_behind_checkpoint", "history_differs" (all of them before the log is written to), and those of log, topic,
  /// keyring and stores.
  static eventstore::Result<std::unique_ptr<Deployment>> open(const DeploymentOptions& options);
  /// Stops if it runs.
  ~Deployment();
  Deployment(const Deployment&) = delete;
  Deployment& operator=(const Deployment&) = delete;

  node::Node& node();
  eventstore::Clock& clock();
  api::Keyring& keyring();
  api::People& people();
  api::Blobs& blobs();
  api::Cryptography& cryptography();
  eventstore::KeyValueStore& store();
  const std::string& directory() const;
  /// Whether other nodes have the log too.
  bool shared() const { return engine() == "kafka"; }
  /// The same of the directory, though it may have been opened to read only.
  bool is_copy() const;
  /// How many records the log has, once all is read that others have written to it by now. Any thread. Errors:
  /// "broker_unreachable" after `within`, and those of the topic.
  eventstore::Result<std::uint64_t> read_to_end(std::chrono::milliseconds within);
  /// "embedded" or "kafka"; "disk", "single" or "replicated": as /readyz tells them.
  std::string_view engine() const;
  std::string_view durability() const;

  /// The node's threads run from here on.
  void start();
  /// Every command taken is answered and projected, everything is flushed, the last batch protected.
  void stop();

  /// Sends one command and waits for what became of it. While started; not from a node's thread.
  node::Outcome execute(domain::Command command);

 private:
  struct Wiring;
  explicit Deployment(std::unique_ptr<Wiring> wiring);
  std::unique_ptr<Wiring> wiring_;
};

}  // namespace pioneer::server
