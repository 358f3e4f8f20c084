#include "api/cli/http_connection.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace pioneer::cli {
namespace {

constexpr int seconds_max = 60;
constexpr std::size_t line_bytes_max = 16u << 10;
constexpr std::size_t received_at_once = 256u << 10;
/// Less of a body is received together with what comes behind it.
constexpr std::size_t received_in_place = 32u << 10;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

template <class Number>
bool number_in(std::string_view text, Number& number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc{} && end == text.data() + text.size();
}

const char* const broken = "The connection to the server broke. Try again.";

}  // namespace

std::expected<HttpConnection::Address, std::string> HttpConnection::address_of(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme))
    return std::unexpected("The server's address begins with http://, as in http://127.0.0.1:8080.");
  url.remove_prefix(scheme.size());
  Address address;
  const auto slash = url.find('/');
  const std::string_view authority = url.substr(0, slash);
  if (slash != url.npos) address.prefix = url.substr(slash);
  while (address.prefix.ends_with('/')) address.prefix.pop_back();
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
  address.host = authority.substr(0, colon);
  address.port = colon == authority.npos ? "80" : std::string(authority.substr(colon + 1));
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  if (address.host.empty() || address.port.empty()) return std::unexpected("The server's address names no host.");
  return address;
}

std::expected<void, std::string> HttpConnection::open() {
  received_.clear();
  taken_ = 0;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address_.host.c_str(), address_.port.c_str(), &hints, &found) != 0)
    return std::unexpected("There is no host " + address_.host + ". Check the address.");
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    descriptor_ = ::socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, each->ai_protocol);
    if (descriptor_ < 0) continue;
    const timeval limit{seconds_max, 0};
    const int at_once = 1;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    if (::connect(descriptor_, each->ai_addr, each->ai_addrlen) == 0) return {};
    close();
  }
  return std::unexpected("Nobody answers at " + address_.host + ":" + address_.port + ". Is the server running?");
}

void HttpConnection::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

bool HttpConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpConnection::more() {
  received_.erase(0, std::exchange(taken_, 0));
  return receive(received_at_once, 0, received_);
}

bool HttpConnection::receive(std::size_t bytes_max, int flags, std::string& into) const {
  const auto before = into.size();
  into.resize_and_overwrite(before + bytes_max, [&](char* at, std::size_t) {
    const auto got = ::recv(descriptor_, at + before, bytes_max, flags);
    return before + static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  });
  return into.size() > before;
}

bool HttpConnection::line(std::string& into) {
  for (;;) {
    const auto end = received_.find("\r\n", taken_);
    if (end != received_.npos) {
      into = received_.substr(taken_, end - taken_);
      taken_ = end + 2;
      return true;
    }
    if (received_.size() - taken_ > line_bytes_max || !more()) return false;
  }
}

bool HttpConnection::take(std::size_t bytes, std::string& into) {
  while (bytes > 0) {
    if (taken_ == received_.size() && bytes >= received_in_place) {
      const auto before = into.size();
      if (!receive(bytes, MSG_WAITALL, into)) return false;
      bytes -= into.size() - before;
      continue;
    }
    if (taken_ == received_.size() && !more()) return false;
    const auto part = std::min(bytes, received_.size() - taken_);
    into.append(received_, taken_, part);
    taken_ += part;
    bytes -= part;
  }
  return true;
}

bool HttpConnection::body_of(std::size_t length, bool chunked, bool until_closed, std::size_t bytes_max,
                             std::string& into) {
  if (until_closed) {
    do {
      into.append(received_, std::exchange(taken_, received_.size()), std::string::npos);
    } while (into.size() <= bytes_max && more());
    return into.size() <= bytes_max;
  }
  if (!chunked) {
    if (length > bytes_max) return false;
    into.reserve(length);
    return take(length, into);
  }
  std::string head;
  for (;;) {
    std::size_t part = 0;
    if (!line(head) || !number_in(std::string_view(head).substr(0, head.find(';')), part, 16)) return false;
    if (part == 0) break;
    if (part > bytes_max - into.size() || !take(part, into) || !line(head)) return false;
  }
  while (line(head))
    if (head.empty()) return true;
  return false;
}

std::expected<HttpConnection::Answer, std::string> HttpConnection::answer(std::size_t bytes_max) {
  Answer answer;
  std::string head;
  if (!line(head) || !head.starts_with("HTTP/1.") || head.size() < 12 ||
      !number_in(std::string_view(head).substr(9, 3), answer.status))
    return std::unexpected(broken);
  bool closes = head.starts_with("HTTP/1.0");
  bool chunked = false;
  std::optional<std::size_t> length;
  while (line(head) && !head.empty()) {
    const auto colon = head.find(':');
    const auto name = lower(std::string_view(head).substr(0, colon));
    auto value = colon == head.npos ? std::string_view{} : std::string_view(head).substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    std::size_t number = 0;
    if (name == "content-length" && number_in(value, number)) length = number;
    if (name == "transfer-encoding") chunked = lower(value) == "chunked";
    if (name == "connection" && lower(value) == "close") closes = true;
    if (name == "retry-after") number_in(value, answer.retry_after_s);
  }
  if (!head.empty()) return std::unexpected(broken);
  const bool has_body = answer.status >= 200 && answer.status != 204 && answer.status != 304;
  const bool until_closed = has_body && !chunked && !length;
  if (has_body && !body_of(length.value_or(0), chunked, until_closed, bytes_max, answer.body)) {
    close();
    return std::unexpected(broken);
  }
  if (closes || until_closed) close();
  return answer;
}

std::expected<HttpConnection::Answer, std::string> HttpConnection::call(std::string_view method, std::string_view path,
                                                                        std::string_view head, std::string_view body,
                                                                        std::size_t bytes_max) {
  std::string request = std::string(method) + " " + address_.prefix + std::string(path) +
                        " HTTP/1.1\r\nHost: " + address_.host + ":" + address_.port + "\r\n" + std::string(head) +
                        "\r\n" + std::string(body);
  const bool reused = descriptor_ >= 0;
  if (!reused) {
    if (auto opened = open(); !opened) return std::unexpected(opened.error());
  }
  if (!send(request) || (taken_ == received_.size() && !more())) {
    close();
    // An idle connection may be closed by the server at any time; nothing of this call was answered then.
    if (reused && method == "GET") return call(method, path, head, body, bytes_max);
    return std::unexpected(broken);
  }
  auto answered = answer(bytes_max);
  if (!answered) close();
  return answered;
}

}  // namespace pioneer::cli
