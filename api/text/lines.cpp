#include "api/text/lines.hpp"

#include <charconv>
#include <string>

namespace pioneer::api {

std::optional<std::string_view> take_line(std::string_view& from) {
  const auto end = from.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = from.substr(0, end);
  from.remove_prefix(end + 1);
  return line;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (const auto line = take_line(text)) lines.push_back(*line);
  if (!text.empty()) lines.push_back(text);
  return lines;
}

std::optional<std::uint64_t> decimal(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || std::to_string(number) != digits)
    return std::nullopt;
  return number;
}

}  // namespace pioneer::api
