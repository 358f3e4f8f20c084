// HTTP/1.1 over one plain socket, kept open from call to call. TLS is the reverse proxy's, as for the server. One
// thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace pioneer::cli {

class HttpConnection {
 public:
  struct Address {
    std::string host, port;
    std::string prefix;  ///< of every path; no closing slash
  };
  struct Answer {
    unsigned status = 0;
    std::string body;
    unsigned retry_after_s = 0;  ///< 0: it does not say
  };

  /// Of "http://HOST:PORT/PREFIX". The error is a sentence.
  static std::expected<Address, std::string> address_of(std::string_view url);

  explicit HttpConnection(Address address) : address_(std::move(address)) {}
  ~HttpConnection() { close(); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// One call, waited for, at most a minute for each part of it. `head`: further header lines, each with its line end.
  /// A connection that the server closed meanwhile is opened again, for GET. The error is a sentence: nobody listens,
  /// the answer broke off, or is longer than `bytes_max`.
  std::expected<Answer, std::string> call(std::string_view method, std::string_view path, std::string_view head,
                                          std::string_view body, std::size_t bytes_max);

 private:
  std::expected<void, std::string> open();
  void close();
  bool send(std::string_view bytes) const;
  /// Waits for more bytes of the answer; false where the other end closed or broke off.
  bool more();
  /// Puts what came at the end of `into`; false as in more().
  bool receive(std::size_t bytes_max, int flags, std::string& into) const;
  /// Up to the next line end, which is taken too; nothing where it broke off.
  bool line(std::string& into);
  bool take(std::size_t bytes, std::string& into);
  bool body_of(std::size_t length, bool chunked, bool until_closed, std::size_t bytes_max, std::string& into);
  std::expected<Answer, std::string> answer(std::size_t bytes_max);

  const Address address_;
  int descriptor_ = -1;
  std::string received_;  ///< and not taken
  std::size_t taken_ = 0;
};

}  // namespace pioneer::cli
