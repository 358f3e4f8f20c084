// The head of an answer as bytes. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/ports/http.hpp"

namespace pioneer::adapters::beast {

enum class Body { counted, until_close };

/// Replaces `out`. `date` is a whole line with its end. A header whose value holds a control character is left out: it
/// could start another header.
void write_head(std::string& out, const api::HttpResponse& response, Body body, bool keep_alive, std::string_view date);

/// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" of now (RFC 9110 §5.6.7).
std::string date_line();

}  // namespace pioneer::adapters::beast
