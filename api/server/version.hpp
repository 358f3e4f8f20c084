// What this build calls itself.
#pragma once

#include <string_view>

namespace pioneer::server {
inline constexpr std::string_view version = PIONEER_VERSION;
}  // namespace pioneer::server
