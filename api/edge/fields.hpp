// Numbers of sealed fields: the option `seal` in the .proto files, by name. A test holds the two together.
#pragma once

#include <cstdint>

namespace pioneer::api::field {

inline constexpr std::uint32_t blob_key = 1;
/// The member id of an introduction (eventstore/commit.proto, which knows no options of the domain).
inline constexpr std::uint32_t introduction = 2;
inline constexpr std::uint32_t member_name = 10;
inline constexpr std::uint32_t member_phone = 11;
inline constexpr std::uint32_t opened_subject = 12;
inline constexpr std::uint32_t request_title = 20;
inline constexpr std::uint32_t request_description = 21;
inline constexpr std::uint32_t request_location = 22;
inline constexpr std::uint32_t beneficiary_name = 23;
inline constexpr std::uint32_t beneficiary_phone = 24;
inline constexpr std::uint32_t progress_text = 25;
inline constexpr std::uint32_t resolution_text = 26;
inline constexpr std::uint32_t dispute_reason = 27;
inline constexpr std::uint32_t request_comment = 28;
inline constexpr std::uint32_t withdrawal_reason = 29;
inline constexpr std::uint32_t claim_comment = 40;
inline constexpr std::uint32_t claim_problem = 41;
inline constexpr std::uint32_t picture_key = 42;

}  // namespace pioneer::api::field
