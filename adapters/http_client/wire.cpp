#include "adapters/http_client/wire.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace pioneer::adapters::http_client {
namespace {

using Clock = std::chrono::steady_clock;
using Answer = std::expected<void, std::string>;

/// Between two looks at whether the call is still wanted.
constexpr std::chrono::milliseconds look_every{100};

constexpr std::string_view broke_off = "The connection broke off.";

/// Owns a socket that never blocks.
class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  int get() const { return descriptor_; }

  /// Waits for POLLIN or POLLOUT.
  Answer wait(short what, const Patience& patience) const {
    while (true) {
      if (patience.stop.stop_requested()) return std::unexpected("The call was given up.");
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(patience.until - Clock::now());
      if (left.count() <= 0) return std::unexpected("It took too long.");
      pollfd one{descriptor_, what, 0};
      if (::poll(&one, 1, static_cast<int>(std::min(left, look_every).count())) > 0) return {};
    }
  }

 private:
  int descriptor_;
};

class PlainWire final : public Wire {
 public:
  PlainWire(Socket socket, const Patience& patience) : socket_(std::move(socket)), patience_(patience) {}
  Answer send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      if (errno != EAGAIN && errno != EINTR) return std::unexpected(std::string(broke_off));
      if (auto ready = socket_.wait(POLLOUT, patience_); !ready) return ready;
    }
    return {};
  }
  std::expected<std::size_t, std::string> receive(std::span<char> into) override {
    while (true) {
      // Also where bytes never end: the time counts.
      if (auto ready = socket_.wait(POLLIN, patience_); !ready) return std::unexpected(ready.error());
      const auto got = ::recv(socket_.get(), into.data(), into.size(), 0);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EAGAIN && errno != EINTR) return std::unexpected(std::string(broke_off));
    }
  }

 private:
  Socket socket_;
  const Patience patience_;
};

SSL_CTX* context() {
  static SSL_CTX* const made = [] {
    SSL_CTX* one = SSL_CTX_new(TLS_client_method());
    if (one == nullptr) return one;
    SSL_CTX_set_min_proto_version(one, TLS1_2_VERSION);
    SSL_CTX_set_default_verify_paths(one);
    SSL_CTX_set_verify(one, SSL_VERIFY_PEER, nullptr);
    return one;
  }();
  return made;
}

class TlsWire final : public Wire {
 public:
  TlsWire(Socket socket, const Patience& patience) : socket_(std::move(socket)), patience_(patience) {}
  ~TlsWire() override { SSL_free(tls_); }
  TlsWire(const TlsWire&) = delete;
  TlsWire& operator=(const TlsWire&) = delete;

  Answer begin(const std::string& host) {
    tls_ = context() == nullptr ? nullptr : SSL_new(context());
    if (tls_ == nullptr || SSL_set1_host(tls_, host.c_str()) != 1 ||
        SSL_set_tlsext_host_name(tls_, host.c_str()) != 1 || SSL_set_fd(tls_, socket_.get()) != 1) {
      return std::unexpected("TLS could not be begun.");
    }
    while (true) {
      const int done = SSL_connect(tls_);
      if (done == 1) return {};
      if (auto ready = wait_for(done); !ready) {
        const auto verified = SSL_get_verify_result(tls_);
        if (verified == X509_V_OK) return ready;
        return std::unexpected("The certificate of " + host +
                               " is not good: " + X509_verify_cert_error_string(verified) + ".");
      }
    }
  }
  Answer send(std::string_view bytes) override {
    while (!bytes.empty()) {
      std::size_t sent = 0;
      const int done = SSL_write_ex(tls_, bytes.data(), bytes.size(), &sent);
      if (done == 1) {
        bytes.remove_prefix(sent);
      } else if (auto ready = wait_for(done); !ready) {
        return ready;
      }
    }
    return {};
  }
  std::expected<std::size_t, std::string> receive(std::span<char> into) override {
    while (true) {
      if (Clock::now() > patience_.until) return std::unexpected("It took too long.");
      std::size_t got = 0;
      const int done = SSL_read_ex(tls_, into.data(), into.size(), &got);
      if (done == 1) return got;
      if (SSL_get_error(tls_, done) == SSL_ERROR_ZERO_RETURN) return 0;
      if (auto ready = wait_for(done); !ready) return std::unexpected(ready.error());
    }
  }

 private:
  Answer wait_for(int done) const {
    switch (SSL_get_error(tls_, done)) {
      case SSL_ERROR_WANT_READ:
        return socket_.wait(POLLIN, patience_);
      case SSL_ERROR_WANT_WRITE:
        return socket_.wait(POLLOUT, patience_);
      default:
        ERR_clear_error();
        return std::unexpected(std::string(broke_off));
    }
  }

  Socket socket_;
  const Patience patience_;
  SSL* tls_ = nullptr;
};

std::expected<Socket, std::string> connected(const addrinfo& to, const Patience& patience) {
  Socket socket(::socket(to.ai_family, to.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return std::unexpected("There are no sockets left.");
  if (::connect(socket.get(), to.ai_addr, to.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return std::unexpected(std::string(broke_off));
  if (auto ready = socket.wait(POLLOUT, patience); !ready) return std::unexpected(ready.error());
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
    return std::unexpected(std::string(broke_off));
  return socket;
}

}  // namespace

std::expected<std::unique_ptr<Wire>, std::string> Wire::connect(const Server& server, const Patience& patience) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(server.host.c_str(), server.port.c_str(), &hints, &found) != 0)
    return std::unexpected("There is no host " + server.host + ". Check the address.");
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    auto socket = connected(*each, patience);
    if (!socket) continue;
    if (!server.tls) return std::make_unique<PlainWire>(std::move(*socket), patience);
    auto wire = std::make_unique<TlsWire>(std::move(*socket), patience);
    if (auto begun = wire->begin(server.host); !begun) return std::unexpected(begun.error());
    return wire;
  }
  return std::unexpected("Nobody answers at " + server.host + ":" + server.port + ". Is the server running?");
}

}  // namespace pioneer::adapters::http_client
