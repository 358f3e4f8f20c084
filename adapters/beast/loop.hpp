// One event loop: a thread, its connections, and the clockwork that ends those which take too long.
// Everything here belongs to the loop's thread unless it says otherwise. Private to this folder.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>

#include "adapters/beast/exchange.hpp"
#include "adapters/beast/http_server.hpp"
#include "api/ports/http.hpp"

namespace pioneer::adapters::beast {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using LoopExecutor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, LoopExecutor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, LoopExecutor>;

/// What all loops of a server share; unchanging but for the counter.
struct Served {
  HttpServerOptions options;
  api::HttpHandler handler;
  api::HttpAdmission admission;  ///< absent: every upload is read
  std::shared_ptr<const api::HttpProblem> problem;
  std::atomic<std::size_t> connections{0};  ///< open now; any thread
};

class Connection;

struct Loop {
  explicit Loop(Served& shared) : served(shared) {}

  Served& served;
  asio::io_context io{1};
  Timer sweep_timer{io};
  std::unordered_set<Connection*> connections;
  bool draining = false;                                                    ///< no new requests
  bool over = false;                                                        ///< no sweep any more
  std::string date;                                                         ///< "Date: …\r\n", renewed by the sweep
  std::atomic<Clock::rep> turned{Clock::now().time_since_epoch().count()};  ///< when it swept last; any thread
  std::thread thread;

  /// Renews the date and ends what is over its time, four times in the shortest time-out; goes on until drained.
  void sweep();
  /// Closes idle connections and streams; others end with their present answer.
  void drain();
  /// Ends everything now.
  void cut();
};

/// Takes the socket over and serves it until it closes.
void serve(Loop& loop, Socket socket);

}  // namespace pioneer::adapters::beast
