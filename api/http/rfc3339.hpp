// Times as text: RFC 3339. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pioneer::api::http {

struct UnixTime {
  std::int64_t seconds = 0;  ///< since 1970-01-01T00:00:00Z
  std::int32_t nanos = 0;    ///< 0 to 999,999,999, towards the future
};

/// "2026-03-01T08:00:00Z", with 3, 6 or 9 digits of a fraction where it has one. Years 1 to 9999.
void append_rfc3339(std::string& out, UnixTime time);
std::string rfc3339_of_us(std::int64_t us);

/// Any offset; at most 9 digits of a fraction; a leap second counts as the second before. Nothing if it is no such
/// time.
std::optional<UnixTime> parse_rfc3339(std::string_view text);

}  // namespace pioneer::api::http
