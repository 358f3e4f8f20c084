// Bytes as text. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pioneer::api {

/// RFC 4648 §4, padded.
std::string base64(std::string_view bytes);
/// RFC 4648 §5, without padding: for addresses.
std::string base64url(std::string_view bytes);
/// Strict: no padding, no stray bits, no other characters.
std::optional<std::string> from_base64url(std::string_view text);
/// Lower-case hexadecimal digits.
std::string hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

}  // namespace pioneer::api
