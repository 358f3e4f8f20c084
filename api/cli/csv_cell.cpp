#include "api/cli/csv_cell.hpp"

#include <algorithm>
#include <array>

namespace pioneer::cli {
namespace {

constexpr std::array<std::string_view, 12> computed{"=",  "+",      "-",      "@",      "\t",     "\r",
                                                    "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20", "'"};

}  // namespace

std::string csv_cell(std::string_view text) {
  std::string cell(text);
  if (std::ranges::any_of(computed, [text](std::string_view start) { return text.starts_with(start); }))
    cell.insert(0, 1, '\'');
  if (cell.find_first_of(",\"\r\n") == cell.npos) return cell;
  for (std::size_t at = cell.find('"'); at != cell.npos; at = cell.find('"', at + 2)) cell.insert(at, 1, '"');
  return "\"" + cell + "\"";
}

}  // namespace pioneer::cli
