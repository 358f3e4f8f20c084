#include "api/http/cursor.hpp"

#include <cstdint>

#include "api/text/bytes.hpp"

namespace pioneer::api::http {
namespace {

/// FNV-1a over list and key: against mix-ups, not against forgers; a forged cursor reads nothing that its caller may
/// not.
std::string check_of(std::string_view list, std::string_view key) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&hash](std::string_view bytes) {
    for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
  };
  add(list);
  add(std::string_view("\0", 1));
  add(key);
  std::string out;
  for (int i = 0; i < 4; ++i, hash >>= 8) out.push_back(static_cast<char>(hash & 0xFF));
  return out;
}

}  // namespace

std::string cursor_of(std::string_view list, std::string_view key) {
  return base64url(check_of(list, key).append(key));
}

std::optional<std::string> key_of_cursor(std::string_view list, std::string_view cursor) {
  auto bytes = from_base64url(cursor);
  if (!bytes || bytes->size() < 4) return std::nullopt;
  const auto key = std::string_view(*bytes).substr(4);
  if (check_of(list, key) != std::string_view(*bytes).substr(0, 4)) return std::nullopt;
  return std::string(key);
}

}  // namespace pioneer::api::http
