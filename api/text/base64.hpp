// Base64 read back, strictly: what has more than one way to be written is refused. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pioneer::api {

/// RFC 4648 §4: padded, no stray bits, no other characters. Written by base64() of bytes.hpp.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace pioneer::api
