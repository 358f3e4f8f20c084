// Reads the topic from where the local copy ends, lets acceptance judge every record, and fills the copy with those
// that count. Why it compares and when: adapters/kafka/README.md.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/kafka/client.hpp"
#include "adapters/kafka/progress.hpp"
#include "eventstore/ports/local_copy.hpp"

namespace pioneer::adapters::kafka {

/// One thread of its own from start() to stop(): in between it alone appends to the copy. Copy and progress outlive
/// it.
///
/// It ends by itself at a fork ("log_forked"), at a record that this build is too old for ("newer_feature_level"), or
/// when the copy cannot be written ("copy_failed"); `Progress::ended` says which and where. Brokers that are away, and
/// a full disk, are waited for.
class Follower {
 public:
  Follower(eventstore::LocalCopy& copy, Options options, Progress& progress);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  eventstore::Result<void> start();
  void stop();
  /// Something is asked of it in Progress. Any thread.
  void wake();

 private:
  enum class Next { go_on, compare, end };
  using Clock = std::chrono::steady_clock;

  void run();
  Next judge(const rd_kafka_message_t& message);
  Next judge_error(const rd_kafka_message_t& message);
  Next judge_anchor(const rd_kafka_message_t& message);
  Next judge_record(const rd_kafka_message_t& message);
  Next not_the_same(const std::string& why);
  Next fork(std::int64_t offset, const std::string& why);
  bool fresh(const rd_kafka_message_t& message);
  Messages take_messages_soon();
  void compare_again();
  bool look_is_wanted() const;
  std::int64_t end_shown() const;
  void expect_behind(const rd_kafka_message_t& message);
  bool write();
  bool write_more();
  bool written(const eventstore::Result<void>& done);
  void pause();
  void end(eventstore::Error error);
  void trouble(const std::string& what);
  void note_void(const rd_kafka_message_t& message, eventstore::ByteView record);

  eventstore::LocalCopy& copy_;
  const Options options_;
  Progress& progress_;
  std::atomic<std::uint64_t> sockets_{0};  ///< opened so far: what comes over a new one must be compared first

  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_topic_t> topic_;
  Owned<rd_kafka_queue_t> queue_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  // The thread's own.
  eventstore::LogState fold_;             ///< over the copy and what is gathered
  std::vector<std::string> records_;      ///< gathered: accepted, not yet in the copy
  std::vector<eventstore::Hash> hashes_;  ///< theirs
  std::vector<std::uint64_t> offsets_;    ///< theirs
  std::size_t bytes_ = 0;                 ///< theirs
  std::optional<std::int64_t> anchor_;    ///< where the copy's last record should stand; nothing: the copy is empty
  bool comparing_ = false;                ///< the anchor was asked for, and has not come
  bool suspect_ = false;                  ///< something was wrong on the way: compare before going on
  bool unwritten_ = false;                ///< the copy was given more than it has made durable
  bool not_taken_ = false;                ///< the disk was full: what was gathered is read again
  bool filling_ = false;                  ///< records came at the last look
  bool at_end_ = false;                   ///< everything that the topic showed since the look began is judged
  std::uint64_t sockets_seen_ = 0;
  std::int32_t broker_seen_ = -1;
  std::int64_t expected_ = 0;    ///< offset of the next record
  std::int64_t gap_ = -1;        ///< behind a gap that was read twice
  std::int64_t judged_to_ = 0;   ///< voids before it are counted
  std::int64_t look_end_ = -1;   ///< where the topic ended when it answered this look; < 0: it did not yet
  Clock::time_point looked_at_;  ///< when the anchor was asked for
  std::uint64_t look_ = 0;       ///< what was wanted when the anchor was asked for
  std::optional<Clock::time_point> lost_since_;  ///< the anchor is not there
  Clock::time_point lost_seen_;                  ///< it was not there then either
  bool heard_ = false;                           ///< the brokers showed something since the last write
  Clock::time_point busy_at_;
};

}  // namespace pioneer::adapters::kafka
