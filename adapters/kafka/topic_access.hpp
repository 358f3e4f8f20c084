// What a log asks of brokers, time and threads: everything that its rules do not do themselves. Real: librdkafka
// (broker_access.*). In the simulator: a topic in memory that fails as brokers do.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "eventstore/error.hpp"
#include "eventstore/types.hpp"

namespace pioneer::adapters::kafka {

/// What came of the topic next.
struct TopicMessage {
  enum class Kind {
    record,
    end,        ///< the broker shows nothing behind what was given
    not_there,  ///< the topic does not reach to where it should be read from, or no longer reaches back to it
    trouble,    ///< `why`; something may have been left out
  };
  Kind kind = Kind::record;
  std::int64_t offset = 0;
  std::int32_t broker = -1;     ///< that it came from; below 0: not known
  eventstore::ByteView record;  ///< while it is being taken
  std::string why;
};

/// Reads the topic's one partition. One thread, but for connections() and wake().
class TopicReader {
 public:
  virtual ~TopicReader() = default;
  /// Goes on from this offset; what came before and was not taken is forgotten.
  virtual eventstore::Result<void> read_from(std::int64_t offset) = 0;
  /// What has come, in order, until `take` says false; the rest is forgotten then. Waits a moment for the first.
  virtual void read(const std::function<bool(const TopicMessage&)>& take) = 0;
  /// Where the topic ended when the broker sent what came last; beyond every offset where that is not known.
  virtual std::int64_t end_shown() const = 0;
  /// Made so far. What comes over a new one may come from elsewhere.
  virtual std::uint64_t connections() const = 0;
  /// Ends the wait in read(). Any thread.
  virtual void wake() = 0;
};

/// Appends records to the topic, in order, each once. One reign's: the next one gets a new one. What is not confirmed
/// when it goes may still arrive.
class TopicProducer {
 public:
  virtual ~TopicProducer() = default;
  /// Copies them and returns at once. False: no room, and some may be on their way.
  virtual bool send(std::span<const std::string> records) = 0;
};

class TopicAccess {
 public:
  using Clock = std::chrono::steady_clock;
  /// Told what is the matter; any thread.
  using Tell = std::function<void(const std::string& why)>;

  virtual ~TopicAccess() = default;
  virtual eventstore::Result<std::unique_ptr<TopicReader>> reader(Tell trouble) = 0;
  /// `failed`: a record was not confirmed. That one was is not told.
  virtual eventstore::Result<std::unique_ptr<TopicProducer>> producer(Tell failed) = 0;

  virtual Clock::time_point now() const = 0;
  /// Waits for the condition, of which `moved` says that it may have changed, or for so long. Whether it holds.
  virtual bool wait(std::condition_variable& moved, std::unique_lock<std::mutex>& lock,
                    std::chrono::milliseconds within, const std::function<bool()>& condition) = 0;
};

}  // namespace pioneer::adapters::kafka
