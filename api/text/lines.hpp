// Lines of a text that came from anywhere, and the numbers in them. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pioneer::api {

/// Up to the next line break; `from` goes on behind it. Nothing where there is none.
std::optional<std::string_view> take_line(std::string_view& from);

/// The lines of a text; the last one may lack its line break.
std::vector<std::string_view> lines_of(std::string_view text);

/// A number in digits, in the one way that it is written: no sign, no leading zero, nothing behind it.
std::optional<std::uint64_t> decimal(std::string_view digits);

}  // namespace pioneer::api
