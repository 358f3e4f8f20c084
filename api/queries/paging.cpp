#include "api/queries/paging.hpp"

namespace pioneer::queries {

domain::Refusal refusal_of(const eventstore::Error& error) {
  return domain::refuse(error.code == "bad_cursor" ? bad_cursor : not_readable).error();
}

std::optional<std::string> bytes_of_cursor(std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string bytes;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digits.find(text[i]);
    const auto low = digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

}  // namespace pioneer::queries
