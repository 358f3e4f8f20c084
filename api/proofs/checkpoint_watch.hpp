// How signing goes: when the newest checkpoint was signed, and when the log had grown for longer than it should without
// one, also while no process ran. What was counted begins anew with each start; the gaps are kept.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "eventstore/error.hpp"
#include "eventstore/ports/clock.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::api {

/// The log had grown, and no checkpoint covered that for longer than `CheckpointWatch::late_after_us`.
struct CheckpointGap {
  eventstore::Instant began;
  std::optional<eventstore::Instant> ended;  ///< nothing: it lasts
  std::uint64_t from_size = 0;               ///< what was covered meanwhile
  std::uint64_t to_size = 0;                 ///< what the next one covered; while it lasts, the log's length at last
  /// Code of the last failure; "not_running": no process ran; "record_lost" and "record_unreadable": what was left out
  /// until then is not known any more; empty: it only took long.
  std::string reason;
};

/// Of all time: what a start goes on from.
struct CheckpointGaps {
  /// Gaps that are kept one by one; all are counted.
  static constexpr std::size_t kept_max = 100;

  std::uint32_t late_count = 0;
  std::deque<CheckpointGap> newest_first;

  /// Where they are kept, beside the checkpoints.
  static constexpr std::string_view file_name = "incidents";

  /// Of a log whose record of them is gone, or is none (`reason`): what is known is until when nothing is known.
  static CheckpointGaps unknown(eventstore::Instant log_began, eventstore::Instant now, std::uint64_t covered,
                                std::string reason);
  /// An empty record, where there is none: with the first checkpoint, so that one that is missing later is missed.
  static eventstore::Result<void> begin(eventstore::Disk& disk, const std::string& directory);
  /// Instead of the one that stands there. Errors: the disk's.
  eventstore::Result<void> keep(eventstore::Disk& disk, const std::string& directory) const;
  /// As they are kept there. Errors: "no_record" where they are not, "bad_record" where what stands there is none; the
  /// disk's.
  static eventstore::Result<CheckpointGaps> kept(eventstore::Disk& disk, const std::string& directory);

  /// A line that counts, and a line for each.
  std::string text() const;
  /// Nothing where it is no such text.
  static std::optional<CheckpointGaps> read(std::string_view text);
};

/// begin() and end() are the signing thread's; seen() any thread's.
class CheckpointWatch {
 public:
  /// One is signed each second while something happens: five have been left out.
  static constexpr std::int64_t late_after_us = 5'000'000;
  struct Seen {
    eventstore::Instant since;                     ///< when this process began
    std::optional<eventstore::Instant> signed_at;  ///< of the newest; nothing: none since then
    std::uint32_t signed_count = 0;                ///< since then
    std::uint32_t failed_count = 0;                ///< since then
    CheckpointGaps gaps;                           ///< of all time
  };

  /// Where this process begins.
  struct Start {
    std::uint64_t covered = 0;  ///< commits that the newest checkpoint covers already
    /// When the first commit was recorded that it does not cover; nothing: there is none, or no checkpoint was ever.
    std::optional<eventstore::Instant> uncovered_since = {};
    CheckpointGaps gaps = {};  ///< that were kept
  };
  /// Takes the gaps whenever they became others, to keep them; called by the signing thread.
  using Keep = std::function<void(const CheckpointGaps& gaps)>;
  /// The clock outlives this.
  CheckpointWatch(const eventstore::Clock& clock, Start start, Keep keep = {});

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
  /// Whether the gaps became others.
  bool look(const Moment& at);

  const eventstore::Clock& clock_;
  const Keep keep_;
  mutable std::mutex mutex_;
  Seen seen_;
  std::uint64_t covered_;
  std::uint64_t length_ = 0;
  std::optional<Moment> behind_since_;  ///< when the log was first seen to be longer than what is covered
  std::string reason_;
  bool late_ = false;  ///< the newest gap lasts
};

}  // namespace pioneer::api
