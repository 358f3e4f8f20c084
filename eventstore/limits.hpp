// Every limit of the log, each with its reason. Limits of the business stand in domain/common/limits.hpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pioneer::eventstore::limits {

/// Frozen: what was written once is read for ever. 0 was the time before. Directories of another format are refused,
/// untouched.
inline constexpr std::uint8_t format = 1;
/// What this build can read. A log is written at the level that it was raised to, so that older programs read it until
/// then. 1: the beginning. 2: refusals on record (domain/refused).
inline constexpr std::uint16_t feature_level = 2;
/// Where every log begins.
inline constexpr std::uint16_t first_feature_level = 1;

/// An entry bundle of tlog-tiles writes an entry's length in 16 bits.
inline constexpr std::size_t record_bytes_max = 65'535;
/// A batch is one write and one sync; 8 MiB bounds memory, and the work lost with a torn one.
inline constexpr std::size_t batch_bytes_max = 8u << 20;
/// Commits in one batch: bounds the answers that wait for one sync.
inline constexpr std::size_t batch_records_max = 8'192;
/// Streams one commit may write: an organisation's merge needs 2. More is refused as `command_too_large`.
inline constexpr std::size_t streams_per_commit_max = 16;
/// "organisation/" and 26 characters, with room.
inline constexpr std::size_t stream_name_bytes_max = 64;
/// Segment files: large enough that making one is rare, small enough to copy and archive.
inline constexpr std::size_t segment_bytes = 64u << 20;
/// Commands waiting to be decided; beyond it a command is refused as `busy`.
inline constexpr std::size_t command_queue_max = 8'192;
/// In a log that nodes share: how long commands wait for a reign to begin before they are refused, so that a takeover
/// is a pause to nobody, and brokers that are away do not hold everybody.
inline constexpr std::int64_t reign_wait_us_max = 5'000'000;
/// The pause before a takeover that follows one that failed, doubled each time: the first, and the longest.
inline constexpr std::int64_t reign_pause_us_min = 20'000;
inline constexpr std::int64_t reign_pause_us_max = 2'000'000;
/// Idle time after which an empty batch protects the last one.
inline constexpr std::chrono::milliseconds tail_protection_after{100};
/// The log's clock: no write while the last stamp is further ahead of the clock than this.
inline constexpr std::int64_t clock_ahead_us_max = 5'000'000;
/// A jump of the clock against CLOCK_BOOTTIME larger than this stops writing until it is confirmed.
inline constexpr std::int64_t clock_jump_us_max = 60'000'000;

}  // namespace pioneer::eventstore::limits
