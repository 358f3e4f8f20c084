// How signing goes since this process began: when the newest checkpoint was signed, and when the log grew for longer
// than it should without one. In memory: the next start begins anew.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "eventstore/error.hpp"
#include "eventstore/ports/clock.hpp"

namespace pioneer::api {

/// The log had grown, and no checkpoint covered that for longer than `CheckpointWatch::late_after_us`.
struct CheckpointGap {
  eventstore::Instant began;
  std::optional<eventstore::Instant> ended;  ///< nothing: it lasts
  std::uint64_t from_size = 0;               ///< what was covered meanwhile
  std::uint64_t to_size = 0;                 ///< what the next one covered; while it lasts, the log's length at last
  std::string reason;                        ///< code of the last failure; empty: it only took long
};

/// begin() and end() are the signing thread's; seen() any thread's.
class CheckpointWatch {
 public:
  /// One is signed each second while something happens: five have been left out.
  static constexpr std::int64_t late_after_us = 5'000'000;
  /// Gaps that are remembered one by one; all are counted.
  static constexpr std::size_t gaps_max = 100;

  struct Seen {
    eventstore::Instant since;
    std::optional<eventstore::Instant> signed_at;  ///< of the newest; nothing: none since then
    std::uint32_t signed_count = 0;
    std::uint32_t failed_count = 0;
    std::uint32_t late_count = 0;
    std::deque<CheckpointGap> gaps;  ///< the newest first
  };

  /// `covered`: how many commits the newest checkpoint covers already. The clock outlives this.
  CheckpointWatch(const eventstore::Clock& clock, std::uint64_t covered);

  /// A turn begins; the log has `length` commits.
  void begin(std::uint64_t length);
  /// It is over: the newest checkpoint covers `covered` commits now, or `failure` (not null) says why not more.
  void end(std::uint64_t covered, const eventstore::Error* failure);
  Seen seen() const;

 private:
  struct Moment {
    eventstore::Instant wall;  ///< to tell
    eventstore::Instant boot;  ///< to measure by: it never jumps
  };
  Moment now() const { return {clock_.now(), clock_.since_boot()}; }
  void look(const Moment& at);

  const eventstore::Clock& clock_;
  mutable std::mutex mutex_;
  Seen seen_;
  std::uint64_t covered_;
  std::uint64_t length_ = 0;
  std::optional<Moment> behind_since_;  ///< when the log was first seen to be longer than what is covered
  std::string reason_;
  bool late_ = false;  ///< the newest gap lasts
};

}  // namespace pioneer::api
