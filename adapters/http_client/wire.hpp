// One connection to a server, whose every step ends with the time that the whole call has. Private to this folder; one
// thread.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace pioneer::adapters::http_client {

/// Until when, and whether it is still wanted.
struct Patience {
  std::chrono::steady_clock::time_point until;
  const std::stop_token& stop;
};

struct Server {
  std::string host;
  std::string port;
  bool tls = false;
};

class Wire {
 public:
  virtual ~Wire() = default;
  /// The error is a sentence.
  static std::expected<std::unique_ptr<Wire>, std::string> connect(const Server& server, const Patience& patience);
  virtual std::expected<void, std::string> send(std::string_view bytes) = 0;
  /// How many bytes came; 0: the other end closed.
  virtual std::expected<std::size_t, std::string> receive(std::span<char> into) = 0;
};

}  // namespace pioneer::adapters::http_client
