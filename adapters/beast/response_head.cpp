#include "adapters/beast/response_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace pioneer::adapters::beast {
namespace {

std::string_view reason(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

void append_number(std::string& out, std::size_t n) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
  out.append(digits.data(), end);
}

bool printable(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\t'; });
}

}  // namespace

void write_head(std::string& out, const api::HttpResponse& response, Body body, bool keep_alive,
                std::string_view date) {
  out.assign("HTTP/1.1 ");
  append_number(out, response.status);
  out.append(" ").append(reason(response.status)).append("\r\n").append(date);
  if (!response.content_type.empty()) out.append("Content-Type: ").append(response.content_type).append("\r\n");
  const bool bodiless = response.status == 204 || response.status == 304;
  if (body == Body::counted && !bodiless) {
    out.append("Content-Length: ");
    append_number(out, response.shared ? response.shared->size() : response.body.size());
    out.append("\r\n");
  }
  if (!keep_alive) out.append("Connection: close\r\n");
  out.append(response.fixed);
  for (const auto& h : response.headers)
    if (printable(h.value)) out.append(h.name).append(": ").append(h.value).append("\r\n");
  out.append("\r\n");
}

std::string date_line() {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm t{};
  gmtime_r(&now, &t);
  std::array<char, 64> line;
  const int size =
      std::snprintf(line.data(), line.size(), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", days[t.tm_wday],
                    t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
  return {line.data(), static_cast<std::size_t>(size)};
}

}  // namespace pioneer::adapters::beast
