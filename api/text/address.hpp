// What stands in an address. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace pioneer::api {

/// Escapes all that is not unreserved (RFC 3986 §2.3): one segment of a path, or one value of a query.
std::string percent_encoded(std::string_view text);

}  // namespace pioneer::api
