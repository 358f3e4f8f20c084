#include "domain/common/text.hpp"

#include <algorithm>

namespace pioneer::domain {

std::size_t code_points(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_text(std::string_view utf8, std::size_t chars_max) {
  const bool blank = utf8.find_first_not_of(" \t\r\n") == std::string_view::npos;
  const bool control = std::any_of(utf8.begin(), utf8.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t' && c != '\n' && c != '\r') || u == 0x7F;
  });
  return !blank && !control && code_points(utf8) <= chars_max;
}

bool is_word(std::string_view text, std::size_t chars_max) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= chars_max && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace pioneer::domain
