// What a running server publishes of its log, fetched over one connection, which waits and asks again where that can
// help. One thread.
#pragma once

#include <string>

#include "api/cli/commands.hpp"
#include "api/cli/http_connection.hpp"
#include "eventstore/error.hpp"

namespace pioneer::cli {

class LogFetch {
 public:
  /// With the place's token, if it has one.
  LogFetch(const Place& place, const HttpConnection::Address& address);
  /// The file of this name below /log/. Errors: "server_unreachable", "wrong_file" where it is longer than `bytes_max`,
  /// the problem's code where the server told one, else "unexpected_answer".
  eventstore::Result<std::string> file(const std::string& name, std::size_t bytes_max);

 private:
  HttpConnection connection_;
  std::string head_;
};

}  // namespace pioneer::cli
