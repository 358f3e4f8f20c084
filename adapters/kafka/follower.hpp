// Reads the topic from where the local copy ends, lets acceptance judge every record, and fills the copy with those
// that count. Why it compares and when: adapters/kafka/README.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "adapters/kafka/copy_writer.hpp"
#include "adapters/kafka/options.hpp"
#include "adapters/kafka/progress.hpp"
#include "adapters/kafka/topic_access.hpp"
#include "eventstore/ports/local_copy.hpp"

namespace pioneer::adapters::kafka {

/// From start() to stop() it alone appends to the copy: on a thread of its own, or where step() is called instead.
/// Copy, access and progress outlive it.
///
/// It ends by itself at a fork ("log_forked"), at a record that this build is too old for ("newer_feature_level"), or
/// when the copy cannot be written ("copy_failed"); `Progress::ended` says which and where. Brokers that are away, and
/// a full disk, are waited for.
class Follower {
 public:
  Follower(eventstore::LocalCopy& copy, Options options, TopicAccess& access, Progress& progress);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  eventstore::Result<void> start();
  /// A thread that calls step() until stop() or the end, and one that writes what that one gathers.
  void run();
  /// Takes what has come. False: it has ended.
  bool step();
  void stop();
  /// Something is asked of it in Progress. Any thread.
  void wake();

 private:
  enum class Next { go_on, compare, end };
  using Clock = TopicAccess::Clock;

  Next judge(const TopicMessage& message);
  Next judge_anchor(const TopicMessage& message);
  Next judge_record(const TopicMessage& message);
  Next not_the_same(const std::string& why);
  Next fork(std::int64_t offset, const std::string& why);
  bool fresh(const TopicMessage& message);
  bool is_gap_again(std::int64_t to);
  void compare_again();
  bool look_is_wanted() const;
  void expect_behind(const TopicMessage& message);
  bool write();
  bool write_more();
  bool written(const eventstore::Result<void>& done);
  void pause();
  void end(eventstore::Error error);
  void trouble(const std::string& what);
  void note_void(const TopicMessage& message, eventstore::ByteView record);

  eventstore::LocalCopy& copy_;
  CopyWriter writer_;
  const Options options_;
  TopicAccess& access_;
  Progress& progress_;
  std::unique_ptr<TopicReader> reader_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  // The thread's own.
  eventstore::LogState fold_;  ///< over the copy and what is gathered
  PastReign past_;             ///< before the last fence of it
  CopyPart gathered_;
  std::optional<std::int64_t> anchor_;  ///< where the copy's last record should stand; nothing: the copy is empty
  bool comparing_ = false;              ///< the anchor was asked for, and has not come
  bool suspect_ = false;                ///< something was wrong on the way: compare before going on
  bool unwritten_ = false;              ///< the copy was given more than it has made durable
  bool not_taken_ = false;              ///< the disk was full: what was gathered is read again
  bool refused_ = false;                ///< the copy took nothing when it was last given something
  bool at_end_ = false;                 ///< everything that the topic showed since the look began is judged
  std::uint64_t connections_seen_ = 0;  ///< what comes over a new one must be compared first
  std::int32_t broker_seen_ = -1;
  std::int64_t expected_ = 0;                  ///< offset of the next record
  std::map<std::int64_t, std::int64_t> gaps_;  ///< where nothing stood when it was last read: from, to
  std::int64_t judged_to_ = 0;                 ///< voids before it are counted
  std::int64_t look_end_ = -1;   ///< where the topic ended when it answered this look; < 0: it did not yet
  Clock::time_point looked_at_;  ///< when the anchor was asked for
  std::uint64_t look_ = 0;       ///< what was wanted when the anchor was asked for
  std::optional<Clock::time_point> lost_since_;  ///< the anchor is not there
  Clock::time_point lost_seen_;                  ///< it was not there then either
  bool heard_ = false;                           ///< the brokers showed something since the last write
  Clock::time_point busy_at_;
};

}  // namespace pioneer::adapters::kafka
