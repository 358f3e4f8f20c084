// A cell of a CSV file that we write (RFC 4180), harmless to whoever opens it in a spreadsheet.
#pragma once

#include <string>
#include <string_view>

namespace pioneer::cli {

/// Quoted where it must be. A cell that a spreadsheet would compute — it begins with = + - @, one of their full-width
/// forms, a tab or a line end (OWASP, "CSV Injection") — gets an apostrophe before it; so does one that begins with an
/// apostrophe, so that taking away one leading apostrophe gives every cell back.
std::string csv_cell(std::string_view text);

}  // namespace pioneer::cli
