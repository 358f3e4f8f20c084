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
/// A stadium's week; a claim's ticket stays a 32-bit number with room.
inline constexpr std::uint32_t capacity_max = 1'000'000;
inline constexpr std::uint32_t claims_per_product_max = 1'000'000;
inline constexpr std::uint32_t places_per_claim_max = 100;
inline constexpr std::size_t sessions_max = 52;
/// Tickets one commit promotes; more goes on in the next one, with no place free meanwhile.
inline constexpr std::uint32_t promotion_tickets_max = 1'000;
inline constexpr std::size_t organisation_depth_max = 8;

}  // namespace pioneer::domain::limits
