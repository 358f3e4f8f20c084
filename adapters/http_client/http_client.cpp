#include "adapters/http_client/http_client.hpp"

#include <array>
#include <charconv>
#include <optional>

#include "adapters/http_client/wire.hpp"
#include "api/ports/http.hpp"

namespace pioneer::adapters {
namespace {

using api::HttpCall;
using api::HttpReply;
using http_client::Patience;
using http_client::Server;
using http_client::Wire;

constexpr std::size_t head_bytes_max = 64 * 1024;
constexpr std::string_view broken = "The server's answer broke off. Try again.";

struct Address {
  Server server;
  std::string host_field;  ///< as the header Host has it
  std::string path;
};

std::optional<Address> address_of(std::string_view url) {
  Address address;
  address.server.tls = url.starts_with("https://");
  if (!address.server.tls && !url.starts_with("http://")) return std::nullopt;
  url.remove_prefix(address.server.tls ? 8 : 7);
  const auto slash = url.find('/');
  const auto authority = url.substr(0, slash);
  address.path = slash == url.npos ? "/" : std::string(url.substr(slash));
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
  auto host = authority.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  address.server.host = std::string(host);
  address.server.port =
      colon == authority.npos ? (address.server.tls ? "443" : "80") : std::string(authority.substr(colon + 1));
  address.host_field = std::string(authority);
  const bool plain = url.find_first_of(" \t\r\n#") == url.npos && authority.find('@') == authority.npos;
  if (!plain || address.server.host.empty() || address.server.port.empty()) return std::nullopt;
  return address;
}

std::string head_of(const HttpCall& call, const Address& address) {
  std::string head =
      call.method + " " + address.path + " HTTP/1.1\r\nHost: " + address.host_field + "\r\nConnection: close\r\n";
  for (const auto& [name, value] : call.headers) head += name + ": " + value + "\r\n";
  if (call.method != "GET") head += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  return head + "\r\n";
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// The lines behind the first: RFC 9112, section 5.
std::vector<std::pair<std::string, std::string>> fields_of(std::string_view head) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (auto line_end = head.find("\r\n"); line_end != head.npos; line_end = head.find("\r\n")) {
    head.remove_prefix(line_end + 2);
    const auto line = head.substr(0, head.find("\r\n"));
    const auto colon = line.find(':');
    if (colon == line.npos) continue;
    fields.emplace_back(lower(line.substr(0, colon)), api::without_blanks(line.substr(colon + 1)));
  }
  return fields;
}

/// RFC 9112, section 7.1.
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
    if (size > rest.size() || rest.size() - size < 2) return false;
    whole.append(rest.substr(0, size));
    rest.remove_prefix(size + 2);
  }
  body = std::move(whole);
  return true;
}

/// An answer as it comes.
class Coming {
 public:
  /// The error is a sentence.
  std::expected<void, std::string> add(std::string_view bytes) {
    bytes_ += bytes;
    if (head_end_) return {};
    const auto end = bytes_.find("\r\n\r\n");
    if (end == bytes_.npos) {
      if (bytes_.size() > head_bytes_max) return std::unexpected("The server's answer begins with too much.");
      return {};
    }
    return read_head(end);
  }
  /// Nothing more comes that counts.
  bool whole() const {
    if (!head_end_) return false;
    if (chunked_) {
      // The last chunk; what looks like it may stand in another one.
      if (!bytes_.ends_with("0\r\n\r\n")) return false;
      auto body = bytes_.substr(*head_end_ + 4);
      return unchunk(body);
    }
    return length_ && bytes_.size() >= *head_end_ + 4 + *length_;
  }
  std::size_t size() const { return bytes_.size(); }
  std::expected<HttpReply, std::string> take() {
    if (!head_end_) return std::unexpected(std::string(broken));
    reply_.body = bytes_.substr(*head_end_ + 4);
    if (chunked_ ? !unchunk(reply_.body) : length_ && reply_.body.size() < *length_)
      return std::unexpected(std::string(broken));
    if (length_ && !chunked_) reply_.body.resize(*length_);
    return std::move(reply_);
  }

 private:
  std::expected<void, std::string> read_head(std::size_t end) {
    const auto head = std::string_view(bytes_).substr(0, end);
    if (!head.starts_with("HTTP/1.") || head.size() < 12 ||
        std::from_chars(head.data() + 9, head.data() + 12, reply_.status).ec != std::errc())
      return std::unexpected("What answers there is no HTTP server.");
    head_end_ = end;
    reply_.headers = fields_of(head);
    reply_.content_type = reply_.header("content-type");
    chunked_ = lower(reply_.header("transfer-encoding")) == "chunked";
    const auto length = reply_.header("content-length");
    std::size_t number = 0;
    const auto [stop, error] = std::from_chars(length.data(), length.data() + length.size(), number);
    if (!length.empty() && error == std::errc() && stop == length.data() + length.size()) length_ = number;
    return {};
  }

  std::string bytes_;
  std::optional<std::size_t> head_end_;
  std::optional<std::size_t> length_;
  bool chunked_ = false;
  HttpReply reply_;
};

class SocketClient final : public api::HttpClient {
 public:
  std::expected<HttpReply, std::string> call(const HttpCall& call, const std::stop_token& stop) override {
    const auto address = address_of(call.url);
    if (!address) return std::unexpected("The server's address begins with http://, as in http://127.0.0.1:8080.");
    const Patience patience{std::chrono::steady_clock::now() + call.time_max, stop};
    const auto wire = Wire::connect(address->server, patience);
    if (!wire) return std::unexpected(wire.error());
    if (auto sent = (*wire)->send(head_of(call, *address) + call.body); !sent) return std::unexpected(sent.error());
    Coming coming;
    std::array<char, 64 * 1024> buffer;
    while (!coming.whole()) {
      const auto got = (*wire)->receive(buffer);
      if (!got) return std::unexpected(got.error());
      if (*got == 0) break;
      if (coming.size() + *got > call.reply_bytes_max) return std::unexpected("The server's answer does not end.");
      if (auto added = coming.add({buffer.data(), *got}); !added) return std::unexpected(added.error());
    }
    return coming.take();
  }
};

}  // namespace

std::unique_ptr<api::HttpClient> make_http_client() { return std::make_unique<SocketClient>(); }

}  // namespace pioneer::adapters
