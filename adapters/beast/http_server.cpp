#include "adapters/beast/http_server.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "adapters/beast/loop.hpp"
#include "adapters/beast/response_head.hpp"

namespace pioneer::adapters::beast {
namespace {

using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, LoopExecutor>;

/// "HOST:PORT" or "[v6]:PORT" with a numeric host, or "localhost".
std::expected<asio::ip::tcp::endpoint, std::string> endpoint_of(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::unexpected("The address to listen on must be HOST:PORT.");
  auto host = std::string(address.substr(0, colon));
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  error_code error;
  const auto ip = asio::ip::make_address(host, error);
  if (error) return std::unexpected("The host to listen on must be an IP address or localhost, not \"" + host + "\".");
  unsigned port = 0;
  for (const char c : address.substr(colon + 1)) {
    if (c < '0' || c > '9' || port > 65'535)
      return std::unexpected("The port to listen on must be a number from 0 to 65535.");
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  if (port > 65'535 || colon + 1 == address.size())
    return std::unexpected("The port to listen on must be a number from 0 to 65535.");
  return asio::ip::tcp::endpoint(ip, static_cast<std::uint16_t>(port));
}

class BeastHttpServer final : public api::HttpServer {
 public:
  explicit BeastHttpServer(HttpServerOptions options) { served_.options = std::move(options); }
  // A thread that cannot be joined is a defect of ours, and ends the program.
  ~BeastHttpServer() override { stop_now(); }  // NOLINT(bugprone-exception-escape)

  std::expected<void, std::string> start(std::string_view address, api::HttpHandler handler, api::HttpProblem problem,
                                         api::HttpAdmission admission) override {
    auto endpoint = endpoint_of(address);
    if (!endpoint) return std::unexpected(endpoint.error());
    served_.handler = std::move(handler);
    served_.admission = std::move(admission);
    served_.problem = std::make_shared<const api::HttpProblem>(std::move(problem));
    for (unsigned i = 0; i < std::max(1U, served_.options.loops); ++i)
      loops_.push_back(std::make_unique<Loop>(served_));
    acceptor_ = std::make_unique<Acceptor>(loops_.front()->io);
    retry_ = std::make_unique<Timer>(loops_.front()->io);
    error_code error;
    acceptor_->open(endpoint->protocol(), error);
    if (!error) acceptor_->set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_->bind(*endpoint, error);
    if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      forget_loops();
      return std::unexpected("Cannot listen on " + std::string(address) + ": " + error.message() + ".");
    }
    port_ = acceptor_->local_endpoint(error).port();
    accept();
    for (auto& loop : loops_) {
      loop->date = date_line();
      loop->sweep();
      loop->thread = std::thread([this, l = loop.get()] {
        if (served_.options.on_thread) served_.options.on_thread();
        l->io.run();
      });
    }
    return {};
  }

  std::uint16_t port() const override { return port_; }

  std::size_t connections() const override { return served_.connections.load(std::memory_order_relaxed); }

  std::chrono::milliseconds longest_turn() const override {
    auto longest = Clock::duration::zero();
    for (const auto& loop : loops_) {
      const Clock::time_point turned{Clock::duration{loop->turned.load(std::memory_order_relaxed)}};
      longest = std::max(longest, Clock::now() - turned);
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(longest);
  }

  void stop() override { stop_now(); }

 private:
  void accept() {
    auto& loop = *loops_[next_++ % loops_.size()];
    acceptor_->async_accept(loop.io, [this, &loop](const error_code& error, Socket socket) {
      if (!acceptor_->is_open()) return;
      if (!error) {
        admit(loop, std::move(socket));
        accept();
        return;
      }
      // Out of descriptors, most likely: those in use must end first.
      retry_->expires_after(std::chrono::milliseconds{50});
      retry_->async_wait([this](const error_code& cancelled) {
        if (!cancelled && acceptor_->is_open()) accept();
      });
    });
  }

  void admit(Loop& loop, Socket socket) {
    if (served_.connections.fetch_add(1, std::memory_order_relaxed) < served_.options.connections_max) {
      asio::post(loop.io, [&loop, s = std::move(socket)]() mutable { serve(loop, std::move(s)); });
      return;
    }
    served_.connections.fetch_sub(1, std::memory_order_relaxed);
    std::string bytes;
    auto response = (*served_.problem)(503, "too_many_connections");
    write_head(bytes, response, Body::counted, false, date_line());
    bytes.append(response.shared ? *response.shared : response.body);
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(bytes), ignored);
    socket.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  }

  /// Runs `what` on every loop and waits for it.
  template <class What>
  void on_every_loop(What what) {
    std::mutex mutex;
    std::condition_variable done;
    std::size_t left = loops_.size();
    for (auto& loop : loops_) {
      asio::post(loop->io, [&, l = loop.get()] {
        what(*l);
        const std::lock_guard lock(mutex);
        --left;
        done.notify_one();
      });
    }
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return left == 0; });
  }

  void stop_now() {
    if (loops_.empty()) return;
    on_every_loop([this](Loop& loop) {
      if (&loop == loops_.front().get()) {
        error_code ignored;
        acceptor_->close(ignored);
        retry_->cancel();
      }
      loop.drain();
    });
    const auto until = Clock::now() + served_.options.drain_timeout;
    while (served_.connections.load(std::memory_order_relaxed) > 0 && Clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    on_every_loop([](Loop& loop) { loop.cut(); });
    for (auto& loop : loops_) loop->thread.join();
    forget_loops();
  }

  /// What hangs on the first loop goes before it.
  void forget_loops() {
    acceptor_.reset();
    retry_.reset();
    loops_.clear();
  }

  Served served_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::unique_ptr<Acceptor> acceptor_;  // on the first loop, as is next_ once started
  std::unique_ptr<Timer> retry_;
  std::size_t next_ = 0;
  std::uint16_t port_ = 0;
};

}  // namespace

std::unique_ptr<api::HttpServer> make_http_server(HttpServerOptions options) {
  return std::make_unique<BeastHttpServer>(std::move(options));
}

}  // namespace pioneer::adapters::beast
