// Asks another server over HTTP. Real: adapters/http_client.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pioneer::api {

struct HttpCall {
  std::string method = "GET";
  std::string url;  ///< http://HOST[:PORT]/PATH, or https://…
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::size_t reply_bytes_max = 1u << 20;  ///< of head and body together; more is an error
  /// Of the whole call, however the other end behaves. Only the look-up of a name takes the system's own time.
  std::chrono::milliseconds time_max{10'000};
};

struct HttpReply {
  unsigned status = 0;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< names in small letters

  /// The first value of this name, which is in small letters; empty where there is none.
  std::string_view header(std::string_view name) const {
    for (const auto& [one, value] : headers)
      if (one == name) return value;
    return {};
  }
};

/// Any thread; each call waits.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// One call on a connection of its own; redirections are not followed. Ends early when `stop` is asked for. The error
  /// is a sentence: the address is none, nobody answers, it broke off, it took too long, it was too much.
  virtual std::expected<HttpReply, std::string> call(const HttpCall& call, const std::stop_token& stop = {}) = 0;
};

}  // namespace pioneer::api
