#include "tests/api/http/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace pioneer::tests {

Loopback::Loopback(std::uint16_t port, int receive_buffer_bytes) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return;
  if (receive_buffer_bytes > 0)
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  const timeval limit{20, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    ::close(socket_);
    socket_ = -1;
  }
}

Loopback::Loopback(Loopback&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}

Loopback::~Loopback() {
  if (socket_ >= 0) ::close(socket_);
}

bool Loopback::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Loopback::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool Loopback::fill() {
  std::array<char, 16 * 1024> bytes;
  const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

bool Loopback::read_until(std::string_view text) {
  while (buffer_.find(text) == std::string::npos)
    if (!fill()) return false;
  return true;
}

std::string Loopback::read_head() {
  if (!read_until("\r\n\r\n")) return {};
  const auto end = buffer_.find("\r\n\r\n") + 4;
  auto head = buffer_.substr(0, end);
  buffer_.erase(0, end);
  return head;
}

Loopback::Reply Loopback::read_reply(bool without_body) {
  Reply reply;
  reply.head = read_head();
  if (reply.head.size() < 12) return reply;
  const auto status = static_cast<unsigned>(std::atoi(reply.head.c_str() + 9));
  const auto length = without_body ? 0 : static_cast<std::size_t>(std::atoll(reply.header("Content-Length").c_str()));
  while (buffer_.size() < length)
    if (!fill()) return reply;
  reply.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  reply.status = status;
  return reply;
}

std::string Loopback::Reply::header(std::string_view name) const {
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const auto end = head.find("\r\n", at + 2);
    const auto line = std::string_view(head).substr(at + 2, end - at - 2);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        ::strncasecmp(line.data(), name.data(), name.size()) == 0) {
      auto value = line.substr(name.size() + 1);
      while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
      return std::string(value);
    }
    at = end;
  }
  return {};
}

bool Loopback::read_to_end() {
  while (true) {
    std::array<char, 16 * 1024> bytes;
    const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got == 0) return true;
    if (got < 0) return errno == ECONNRESET;
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace pioneer::tests
