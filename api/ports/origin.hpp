// How browsers reach a server. Pure; any thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace pioneer::api {

/// What is wanted where a text is none.
inline constexpr std::string_view origin_wanted = "http://HOST[:PORT] or https://HOST[:PORT], without a path";

/// An origin as browsers send it (RFC 6454): http or https, a host name or address, and a port of 1 to 65535 if any;
/// nothing behind it. Links are made by putting a path behind it.
inline bool is_origin(std::string_view text) {
  const std::string_view scheme = text.starts_with("https://") ? "https://" : "http://";
  if (!text.starts_with(scheme)) return false;
  text.remove_prefix(scheme.size());
  const auto closing = text.starts_with('[') ? text.find(']') : 0;  // an IPv6 address
  if (closing == text.npos) return false;
  const auto colon = text.find(':', closing);
  const auto host = text.substr(0, colon);
  const bool named = !host.empty() && std::ranges::all_of(host, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           (closing != 0 && (c == ':' || c == '[' || c == ']'));
  });
  if (!named || (closing != 0 && closing + 1 != host.size())) return false;
  if (colon == text.npos) return true;
  std::uint16_t port = 0;
  const auto digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && end == digits.data() + digits.size() && port != 0;
}

}  // namespace pioneer::api
