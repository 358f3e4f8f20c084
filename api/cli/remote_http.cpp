// One call to a running server, on a connection of its own.
#include "api/cli/http_connection.hpp"
#include "api/cli/remote.hpp"

namespace pioneer::cli::remote {
namespace {

/// A list's page is far below; a server that sends more is none of ours.
constexpr std::size_t reply_bytes_max = 256u << 20;

}  // namespace

std::expected<Reply, std::string> call(const Place& place, std::string_view method, std::string_view path,
                                       std::string_view body, std::string_view command_id) {
  auto address = HttpConnection::address_of(place.server);
  if (!address) return std::unexpected(address.error());
  std::string head = "Connection: close\r\nAccept: application/json\r\n";
  if (!place.token.empty()) head += "Authorization: Bearer " + place.token + "\r\n";
  if (!command_id.empty()) head += "Idempotency-Key: " + std::string(command_id) + "\r\n";
  if (method == "POST") {
    if (body.empty()) body = "{}";
    head += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  auto answer = HttpConnection(std::move(*address)).call(method, path, head, body, reply_bytes_max);
  if (!answer) return std::unexpected(answer.error());
  return Reply{answer->status, std::move(answer->body)};
}

}  // namespace pioneer::cli::remote
