// Every limit of the business, each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pioneer::domain::limits {

/// A command as the edge makes it, sealed: its commit must fit a record.
inline constexpr std::size_t command_bytes_max = 48 * 1024;
/// Characters (code points): one line on a board's card.
inline constexpr std::size_t title_chars_max = 120;
/// What Open311 clients may send.
inline constexpr std::size_t text_chars_max = 4'000;
inline constexpr std::size_t name_chars_max = 80;
inline constexpr std::size_t reason_chars_max = 500;
inline constexpr std::size_t photos_max = 6;
/// Of a product: what one looks through before deciding to come.
inline constexpr std::size_t pictures_max = 6;
/// A stadium's week; a claim's ticket stays a 32-bit number with room.
inline constexpr std::uint32_t capacity_max = 1'000'000;
inline constexpr std::uint32_t claims_per_product_max = 1'000'000;
inline constexpr std::uint32_t places_per_claim_max = 100;
inline constexpr std::size_t sessions_max = 52;
/// Check-in opens this long before the first session: the desk may stand the evening before, and no earlier.
inline constexpr std::int64_t check_in_before_us = 24 * 3'600'000'000;
/// A phone's clock may run this much ahead: what it read at the door is then taken as read now, not refused.
inline constexpr std::int64_t clock_ahead_us = 5 * 60'000'000;
/// Tickets one commit promotes; more goes on in the next one, with no place free meanwhile.
inline constexpr std::uint32_t promotion_tickets_max = 1'000;
/// Four levels, and departments or enterprises a few deep below each; what walks up stays short.
inline constexpr std::size_t organisation_depth_max = 8;
/// A Neighborhood Council of Los Angeles needs 96; a code made from such a name needs a few more.
inline constexpr std::size_t organisation_name_chars_max = 120;
/// Of registers other than the national one, whose codes are their own.
inline constexpr std::size_t organisation_code_chars_max = 120;
/// lower_snake words: kinds of product, codes of categories.
inline constexpr std::size_t word_chars_max = 40;
/// A slip that lies about for longer is more danger than help.
inline constexpr std::int64_t sign_in_valid_us_max = 31LL * 24 * 3600 * 1'000'000;
/// A phone that is used twice a year stays signed in, one that was lost does not for ever.
inline constexpr std::int64_t session_valid_us_max = 400LL * 24 * 3600 * 1'000'000;
/// Tokens, codes and sessions that end when an office is given: with it they must fit one commit.
inline constexpr std::size_t tokens_ended_at_once_max = 500;
/// Refusals of one person that are put on record within an hour: enough for a dispute, too few to fill a disk with.
inline constexpr std::uint32_t refusals_recorded_per_hour_max = 20;
/// Whose personal fields one query may open: one page of a list.
inline constexpr int subjects_opened_max = 200;
/// Entries of the log that one note of their fetching stands for: 256 bundles, so that mirroring a log adds a
/// 65,536th to it, and not as many commits as there are files.
inline constexpr std::uint64_t entries_fetched_max = 65'536;
inline constexpr int categories_max = 500;
/// Ten years in minutes: longer is a mistake in a file.
inline constexpr std::uint32_t deadline_minutes_max = 10U * 366 * 24 * 60;

}  // namespace pioneer::domain::limits
