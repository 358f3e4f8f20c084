// Where a list goes on: opaque to clients, bound to the list it came from. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pioneer::api::http {

/// `list` says what was listed (its route and filters): a cursor of another list is refused instead of giving odd
/// pages. `key` is where to go on, any bytes.
std::string cursor_of(std::string_view list, std::string_view key);
std::optional<std::string> key_of_cursor(std::string_view list, std::string_view cursor);

}  // namespace pioneer::api::http
