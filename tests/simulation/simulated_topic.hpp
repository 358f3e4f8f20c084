// A topic in memory, and brokers that do to it whatever brokers and networks may: records that come late, twice, in
// another order or never, answers that are lost, leaders that change and show less, an end that is lost.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/kafka/topic_access.hpp"
#include "tests/simulation/seeded.hpp"

namespace pioneer::tests {

/// One thread at a time. Time is what pass() says.
class SimulatedTopic {
 public:
  /// How often which fault happened.
  struct Happened {
    std::uint64_t lost = 0, delayed = 0, duplicated = 0, reordered = 0, late = 0, unconfirmed = 0, full = 0, purged = 0,
                  leaders = 0, shown_less = 0, connections = 0, troubles = 0, left_out = 0, marks = 0, strangers = 0,
                  cuts = 0;
  };
  /// Told which records a process sends, before it is known what becomes of them.
  using Sends = std::function<void(std::span<const std::string>)>;

  explicit SimulatedTopic(std::uint64_t seed, std::chrono::microseconds produce_within);

  /// Whether anything goes wrong from here on. If not, what is under way arrives soon.
  void set_faulty(bool faulty);
  /// Readers no longer find out by comparing what the topic lost: a break on purpose.
  void hide_losses() { losses_hidden_ = true; }
  /// Time passes: what is due arrives, and producers hear of failures.
  void pass(std::int64_t us);
  std::int64_t now_us() const { return now_us_; }

  /// For one process.
  std::unique_ptr<adapters::kafka::TopicAccess> access(Sends sends);

  // The brokers' doing.
  void change_leader();
  /// Nobody can reach them, until it is said otherwise.
  void set_away(bool away) { away_ = away; }
  /// The mark that somebody's transaction leaves: an offset without a record.
  void mark();
  /// Whoever may write to it: an old record once more, or no record at all.
  void write_as_stranger();
  /// It loses its last records.
  void cut(std::size_t count);

  std::uint64_t end() const { return stored_.size(); }
  /// What stands at this offset; nothing: a mark, or nothing yet.
  std::optional<std::string> at(std::uint64_t offset) const {
    return offset < stored_.size() ? stored_[offset] : std::nullopt;
  }
  bool is_quiet() const { return flights_.empty(); }
  const Happened& happened() const { return happened_; }

 private:
  class Reader;
  class Producer;
  class Access;
  friend class Reader;
  friend class Producer;
  friend class Access;

  struct Flight {
    std::int64_t due_us;
    std::uint64_t producer;
    std::string record;
  };
  struct Failure {
    std::int64_t due_us;
    std::uint64_t producer;
  };

  void send(std::uint64_t producer, const std::string& record);
  void fly(std::int64_t due_us, std::uint64_t producer, const std::string& record);
  void abandon(std::uint64_t producer);
  void tell_failures();
  std::uint64_t visible_end() const;

  Dice dice_;
  const std::int64_t produce_within_us_;
  bool faulty_ = false;
  bool losses_hidden_ = false;
  bool away_ = false;
  std::int64_t now_us_ = 0;
  std::vector<std::optional<std::string>> stored_;  ///< by offset; nothing: a mark
  std::vector<Flight> flights_;                     ///< by the time at which they are due
  std::vector<Failure> failures_;
  std::map<std::uint64_t, Producer*> producers_;  ///< that somebody still holds
  std::uint64_t producers_made_ = 0;
  std::int32_t leader_ = 1;
  std::uint64_t leaders_ = 0;
  std::uint64_t shown_end_ = 0;  ///< by a new leader, for a moment
  std::int64_t shown_until_us_ = 0;
  Happened happened_;
};

}  // namespace pioneer::tests
