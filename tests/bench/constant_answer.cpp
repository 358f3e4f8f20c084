// The limit of HTTP on this machine: Boost.Beast as its examples use it, answering every request with the same 300
// bytes of JSON. One loop a thread, each with its own listening socket.
//
//   bench_constant_answer PORT THREADS   serves 127.0.0.1 until it is ended by a signal
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

const std::string answer_body = "{\"state\":\"" + std::string(288, 'x') + "\"}";

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(tcp::socket socket) : socket_(std::move(socket)) { socket_.set_option(tcp::no_delay(true)); }

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->write();
    });
  }

 private:
  void write() {
    response_ = {http::status::ok, request_.version()};
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(request_.keep_alive());
    response_.body() = answer_body;
    response_.prepare_payload();
    http::async_write(socket_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->read();
    });
  }

  tcp::socket socket_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

class Listener {
 public:
  Listener(asio::io_context& loop, unsigned short port) : acceptor_(loop) {
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    const int on = 1;  // the kernel deals connections out among the loops
    ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    acceptor_.bind(endpoint);
    acceptor_.listen();
    accept();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (!error) std::make_shared<Connection>(std::move(socket))->read();
      accept();
    });
  }

  tcp::acceptor acceptor_;
};

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::fputs("usage: bench_constant_answer PORT THREADS\n", stderr);
    return 2;
  }
  const auto port = static_cast<unsigned short>(std::stoi(words[1]));
  std::vector<std::jthread> loops;
  for (int number = 0; number < std::stoi(words[2]); ++number) {
    loops.emplace_back([port] {
      asio::io_context loop(1);
      const Listener listener(loop, port);
      loop.run();
    });
  }
  return 0;
}
