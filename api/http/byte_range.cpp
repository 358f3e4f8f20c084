#include "api/http/byte_range.hpp"

#include <algorithm>

#include "api/http/headers.hpp"

namespace pioneer::api::http {

std::optional<ByteRange> byte_range(std::string_view header, std::uint64_t file_size) {
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit)) return std::nullopt;
  header.remove_prefix(unit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto before = header.substr(0, dash), after = header.substr(dash + 1);
  const auto first = whole_number(before), last = whole_number(after);
  if ((!before.empty() && !first) || (!after.empty() && !last)) return std::nullopt;
  if (!first) {
    if (!last || *last == 0 || file_size == 0) return std::nullopt;
    const auto size = std::min(*last, file_size);
    return ByteRange{file_size - size, size};
  }
  if (*first >= file_size || (last && *last < *first)) return std::nullopt;
  const auto end = last ? std::min(*last, file_size - 1) : file_size - 1;
  return ByteRange{*first, end - *first + 1};
}

}  // namespace pioneer::api::http
