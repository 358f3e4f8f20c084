// Which node should write the log just now: the member of a consumer group to whom the topic's partition is assigned.
// A hint for liveness and nothing more: that only one node's records count, the fence decides.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "adapters/kafka/client.hpp"

namespace pioneer::adapters::kafka {

/// A member of the group from open() until it is destroyed, with a thread of its own.
class Ownership {
 public:
  /// The shortest session that brokers grant unless they are told otherwise (`group.min.session.timeout.ms`).
  static constexpr std::chrono::milliseconds session_usual{6'000};

  /// `told`: whether it is this node, on the thread of this object, each time it changes; at first it is not. A node
  /// that is not heard of for `session` loses it. Nobody is asked yet: brokers that are away are no error. Errors:
  /// "kafka_setting".
  static eventstore::Result<std::unique_ptr<Ownership>> open(const Options& options, std::chrono::milliseconds session,
                                                             std::function<void(bool ours)> told);
  /// From here on it is leaving the group, so that another member takes over at once. Any thread; waits for nobody.
  void leave();
  /// When it has left. Brokers that do not answer are not waited for: they give this node up after its session.
  ~Ownership();
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;

 private:
  Ownership(std::function<void(bool)> told, const Options& options)
      : told_(std::move(told)), tell_(options.tell), limit_(options.limit) {}
  static void rebalance(rd_kafka_t* client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions,
                        void* of);
  void follow();
  void close();

  std::function<void(bool)> told_;
  std::function<void(const std::string&)> tell_;
  std::shared_ptr<const WaitLimit> limit_;
  std::string said_;       ///< last; the thread's
  bool assigned_ = false;  ///< something, or nothing, by the group; the thread's
  bool left_ = false;      ///< the brokers said so, or there was nothing to leave; the thread's
  Owned<rd_kafka_t> client_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace pioneer::adapters::kafka
