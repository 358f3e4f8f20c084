// A small blocking client on plain sockets, for tests that must send what no HTTP library would.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pioneer::tests {

/// One connection to 127.0.0.1. Reads give up after 20 s, so that a lost answer fails a test rather than hangs it.
class Loopback {
 public:
  explicit Loopback(std::uint16_t port, int receive_buffer_bytes = 0);
  ~Loopback();
  Loopback(const Loopback&) = delete;
  Loopback& operator=(const Loopback&) = delete;
  Loopback(Loopback&& other) noexcept;

  bool connected() const { return socket_ >= 0; }
  bool send(std::string_view bytes);
  struct Reply {
    unsigned status = 0;  ///< 0: the connection ended before a whole answer
    std::string head;
    std::string body;
    std::string header(std::string_view name) const;
  };
  /// The next answer, by its Content-Length.
  Reply read_reply(bool without_body = false);
  /// The head of an answer without a length.
  std::string read_head();
  /// Reads until `text` has come; false: the connection ended before.
  bool read_until(std::string_view text);
  /// True when the other end has closed (after all it sent was read).
  bool read_to_end();
  const std::string& unread() const { return buffer_; }
  void finish_sending();

 private:
  bool fill();
  int socket_ = -1;
  std::string buffer_;
};

}  // namespace pioneer::tests
