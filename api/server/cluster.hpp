// This node among the nodes of one log: whether it should write the log, which one does, and what each says of itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/kafka/ownership.hpp"
#include "adapters/kafka/table_topic.hpp"
#include "api/http/forwarding.hpp"
#include "api/messages/cluster_views.pb.h"
#include "api/ports/settings.hpp"
#include "api/server/deployment.hpp"
#include "api/server/log_topic.hpp"

namespace pioneer::server {

class Cluster {
 public:
  /// A sentence for an operator; from any thread.
  using Tell = std::function<void(const std::string&)>;
  /// A node that is heard of so often, and whenever it begins or ends to write.
  static constexpr std::chrono::milliseconds says_every{1'000};

  /// The deployment, which outlives it, is on Kafka and not started yet; it does not write before the group says so.
  /// Errors: those of the table, "no_system_key", and "other_log_key" where this node would make itself a key to sign
  /// the log by, and another node signs it by another.
  static eventstore::Result<std::unique_ptr<Cluster>> join(Deployment& deployment, const api::KafkaSetting& setting,
                                                           Tell tell, WaitLimit limit = {});
  ~Cluster() { leave(); }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Returns when this node or another one writes, or after `within`.
  void wait_for_a_writer(std::chrono::milliseconds within);
  /// Where commands are carried out just now. Any thread.
  api::http::Forwarding::Owner owner() const;
  /// From here on the others hear of this node: it is served under this address, and signs by this key. Once.
  void announce(std::string address, std::string log_key);
  /// Another node takes over; commands that come here go to it. Where this node writes, it goes on until then: returns
  /// when the other writes, or where there is none that could.
  void yield();
  /// The others hear that this one is gone. Last.
  void leave();

 private:
  Cluster(Deployment& deployment, api::KafkaSetting setting, Tell tell, WaitLimit limit)
      : deployment_(deployment), setting_(std::move(setting)), tell_(std::move(tell)), limit_(std::move(limit)) {}
  eventstore::Result<void> check_log_key() const;
  void heard(std::string_view address, std::optional<std::string_view> value);
  void say_how_it_goes();
  eventstore::Result<void> stand_for_writing();
  void stand_if_able();
  void stand_down();
  bool others_are_there() const;
  std::string mac_of(std::string_view address, std::string_view note) const;
  api::NodeView of_this_node() const;

  Deployment& deployment_;
  const api::KafkaSetting setting_;
  const Tell tell_;
  const WaitLimit limit_;
  std::unique_ptr<adapters::kafka::TableTopic> table_;
  std::mutex standing_;  ///< over ownership_
  std::unique_ptr<adapters::kafka::Ownership> ownership_;
  bool yielded_ = false;
  std::chrono::steady_clock::time_point able_at_ = std::chrono::steady_clock::now();  ///< when it last could write
  std::string address_;
  std::string log_key_;
  api::Secret secret_;  ///< of all nodes and nobody else: by it their notes are known
  std::thread saying_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  struct Heard {
    api::NodeView said;
    std::chrono::steady_clock::time_point heard_at;
  };
  std::map<std::string, Heard, std::less<>> nodes_;  ///< by address
  bool leaving_ = false;
};

}  // namespace pioneer::server
