// HTTP/1.1 over one plain socket, one call a connection. TLS is the reverse proxy's, as for the server.
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <memory>

#include "api/cli/remote.hpp"

namespace pioneer::cli::remote {
namespace {

/// A list's page is far below; a server that sends more is none of ours.
constexpr std::size_t reply_bytes_max = 256u << 20;
constexpr int seconds_max = 60;

struct Address {
  std::string host, port, prefix;
};

std::expected<Address, std::string> address_of(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme))
    return std::unexpected("The server's address begins with http://, as in http://127.0.0.1:8080.");
  url.remove_prefix(scheme.size());
  Address address;
  const auto slash = url.find('/');
  std::string_view authority = url.substr(0, slash);
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

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Until the other end closes; nothing if it broke off.
  bool read_all(std::string& into) const {
    std::array<char, 64 * 1024> buffer;
    while (true) {
      const auto got = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
      if (got < 0 || into.size() > reply_bytes_max) return false;
      if (got == 0) return true;
      into.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int descriptor_;
};

std::expected<std::unique_ptr<Socket>, std::string> connect_to(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found) != 0) {
    return std::unexpected("There is no host " + address.host + ". Check the address.");
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    const int descriptor = ::socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, each->ai_protocol);
    if (descriptor < 0) continue;
    auto socket = std::make_unique<Socket>(descriptor);
    const timeval limit{seconds_max, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (::connect(descriptor, each->ai_addr, each->ai_addrlen) == 0) return socket;
  }
  return std::unexpected("Nobody answers at " + address.host + ":" + address.port + ". Is the server running?");
}

bool header_says(std::string_view head, std::string_view name, std::string_view value) {
  std::string lower;
  for (const char c : head) lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  return lower.find("\r\n" + std::string(name) + ": " + std::string(value)) != lower.npos;
}

bool unchunk(std::string& body) {
  std::string whole;
  std::string_view rest(body);
  while (true) {
    std::size_t size = 0;
    const auto line = rest.find("\r\n");
    if (line == rest.npos) return false;
    if (std::from_chars(rest.data(), rest.data() + line, size, 16).ec != std::errc()) return false;
    rest.remove_prefix(line + 2);
    if (size == 0) break;
    if (rest.size() < size + 2) return false;
    whole.append(rest.substr(0, size));
    rest.remove_prefix(size + 2);
  }
  body = std::move(whole);
  return true;
}

std::expected<Reply, std::string> parse(std::string answer) {
  const std::string broken = "The server's answer broke off. Try again.";
  const auto head_end = answer.find("\r\n\r\n");
  if (head_end == answer.npos || !answer.starts_with("HTTP/1.") || answer.size() < 12) return std::unexpected(broken);
  Reply reply;
  if (std::from_chars(answer.data() + 9, answer.data() + 12, reply.status).ec != std::errc())
    return std::unexpected(broken);
  const std::string_view head(answer.data(), head_end);
  reply.body = answer.substr(head_end + 4);
  if (header_says(head, "transfer-encoding", "chunked") && !unchunk(reply.body)) return std::unexpected(broken);
  return reply;
}

}  // namespace

std::expected<Reply, std::string> call(const Place& place, std::string_view method, std::string_view path,
                                       std::string_view body, std::string_view command_id) {
  const auto address = address_of(place.server);
  if (!address) return std::unexpected(address.error());
  const auto socket = connect_to(*address);
  if (!socket) return std::unexpected(socket.error());
  std::string request = std::string(method) + " " + address->prefix + std::string(path) +
                        " HTTP/1.1\r\nHost: " + address->host + ":" + address->port +
                        "\r\nConnection: close\r\nAccept: application/json\r\n";
  if (!place.token.empty()) request += "Authorization: Bearer " + place.token + "\r\n";
  if (!command_id.empty()) request += "Idempotency-Key: " + std::string(command_id) + "\r\n";
  if (method == "POST") {
    if (body.empty()) body = "{}";
    request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  request += "\r\n" + std::string(body);
  std::string answer;
  if (!(*socket)->send(request) || !(*socket)->read_all(answer)) {
    return std::unexpected("The connection to the server broke. Try again.");
  }
  return parse(std::move(answer));
}

}  // namespace pioneer::cli::remote
