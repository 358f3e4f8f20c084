// A table that all nodes share: a compacted topic with one partition, in which the newest record of each key counts.
// What it is for and what it promises: adapters/kafka/README.md.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "adapters/kafka/client.hpp"
#include "adapters/kafka/table_writer.hpp"
#include "adapters/kafka/topic.hpp"

namespace pioneer::adapters::kafka {

struct TableOptions {
  /// Where it is; `topic` is the table's.
  Options kafka;
  /// Of a table that is made.
  int copies = 1;
  TableTimes times = {};
  /// Hears each record in the topic's order, on the reader's thread; no value: the entry was removed. A key may come
  /// several times, also with what it had before: after a loss of the topic all is told from the beginning.
  std::function<void(std::string_view key, std::optional<std::string_view> value)> told;
  /// Before what was told counts as read, on the same thread: whoever must make it durable does it here. `next`: where
  /// to read on, for another time. An error that can pass is tried again; another ends the reading. May be empty.
  std::function<eventstore::Result<void>(std::int64_t next)> settle = {};
  /// Where the reading begins: a `next` of another time, for whoever kept what was told before it. Nothing: at the
  /// topic's beginning.
  std::optional<std::int64_t> from = {};
  /// The topic does not reach to where the reading was: all that it holds is told from its beginning on. On the same
  /// thread. May be empty.
  std::function<void()> anew = {};
  /// When nothing came for a moment, on the same thread; may put. May be empty.
  std::function<void()> idle = {};
};

/// Any thread. A thread of its own reads from open() to stop().
class TableTopic {
 public:
  /// A key that callers may not use: what is put under it when the table was quiet, so that the brokers compact it.
  static constexpr std::string_view beat_key = "(beat)";

  /// Makes the topic where it is missing, checks its settings where it is there. Errors: "broker_unreachable",
  /// "topic_settings", "kafka_setting".
  static eventstore::Result<std::unique_ptr<TableTopic>> open(TableOptions options);
  ~TableTopic();
  TableTopic(const TableTopic&) = delete;
  TableTopic& operator=(const TableTopic&) = delete;

  /// On return the entries are on all in-sync replicas, in this order; `told` hears them later, or heard them.
  /// Waits at most `append_within` for each 4,096 of them. Errors: "broker_unreachable": nothing was sent;
  /// "outcome_unknown": some may be there, and may come later. Trying again can help for both.
  eventstore::Result<void> put(std::span<const TableEntry> entries) { return writer_.put(entries); }

  /// Everything that stood in the topic when this was called has been told and settled. Not on the reader's thread.
  /// Errors: "broker_unreachable" when for `within` nothing came that was missing, or why the reading ended.
  eventstore::Result<void> read_to_end(std::chrono::milliseconds within);
  /// The same, and no longer than that, whatever comes.
  eventstore::Result<void> read_to_end_by(std::chrono::steady_clock::time_point until);

  /// What the brokers, or `settle`, said last; empty: all is well.
  std::string trouble() const;
  Durability durability() const { return durability_; }

  /// Reads no more. Not while another thread is in put().
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  TableTopic(TableOptions options, Durability durability);
  eventstore::Result<void> start();
  void run();
  std::int64_t beginning();
  void read_from_here();
  bool hear(const rd_kafka_message_t& message);
  bool settle();
  void pause();
  void beat_if_quiet();
  void trouble(const std::string& what);
  eventstore::Result<std::int64_t> end_now(Clock::time_point until);
  eventstore::Result<void> wait_for(std::int64_t end, std::chrono::milliseconds within, Clock::time_point until);

  const TableOptions options_;
  const Durability durability_;
  TableWriter writer_;
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_t> asking_;  ///< its questions stand behind nobody's fetch that waits for records
  Owned<rd_kafka_topic_t> topic_;
  Owned<rd_kafka_queue_t> queue_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  // The thread's own.
  std::optional<std::int64_t> position_;  ///< of the next record; nothing: the topic's beginning
  bool unsettled_ = false;                ///< something was told since settle() said yes
  bool last_is_beat_ = true;
  Clock::time_point heard_at_;
  Clock::time_point idle_at_;

  mutable std::mutex mutex_;
  std::condition_variable moved_;
  std::int64_t settled_to_ = 0;
  std::optional<eventstore::Error> ended_;
  std::string trouble_;
};

}  // namespace pioneer::adapters::kafka
