#include "api/text/base64.hpp"

#include <algorithm>

#include "api/text/bytes.hpp"

namespace pioneer::api {

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string_view::npos) return std::nullopt;
  // The other alphabet differs in two characters, and has no padding.
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  std::string other(text);
  std::ranges::replace(other, '+', '-');
  std::ranges::replace(other, '/', '_');
  return from_base64url(other);
}

}  // namespace pioneer::api
