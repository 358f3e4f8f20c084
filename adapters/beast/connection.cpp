#include "adapters/beast/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>
#include <vector>

#include "adapters/beast/gzip.hpp"
#include "adapters/beast/response_head.hpp"

namespace pioneer::adapters::beast {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using UseAwaitable = asio::use_awaitable_t<LoopExecutor>;
constexpr asio::as_tuple_t<UseAwaitable> as_result{UseAwaitable{}};

constexpr std::size_t read_bytes = 8 * 1024;
constexpr std::size_t read_body_bytes = 64 * 1024;
/// Read and thrown away after a refusal, so that the client gets to see it rather than a reset.
constexpr std::size_t linger_bytes_max = 1024 * 1024;
constexpr std::chrono::milliseconds linger_time{2'000};
/// Answers made without a pause before other connections get their turn.
constexpr unsigned turns_max = 64;
/// Frames of a stream in one write.
constexpr std::size_t frames_a_write_max = 64;

/// Only what is read is packed. An answer to a change is small, and may hold a secret beside words of others: what
/// packs well would tell them apart by its size.
Packing packing_of(const api::HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") return Packing::none;
  return takes_gzip(request.headers.find("Accept-Encoding")) ? Packing::taken : Packing::possible;
}

}  // namespace

Connection::Connection(Loop& loop, Socket socket)
    : loop_(loop),
      socket_(std::move(socket)),
      buffer_(loop.served.options.header_bytes_max + read_body_bytes + read_bytes) {
  error_code ignored;
  const auto end = socket_.remote_endpoint(ignored);
  if (!ignored) peer_ = end.address().to_string();
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  loop_.connections.insert(this);
}

Connection::~Connection() {
  if (exchange_) exchange_->abandon();
  loop_.connections.erase(this);
  loop_.served.connections.fetch_sub(1, std::memory_order_relaxed);
}

void Connection::enter(Stage stage, std::chrono::milliseconds time) {
  stage_ = stage;
  deadline_ = time == std::chrono::milliseconds::max() ? Clock::time_point::max() : Clock::now() + time;
}

void Connection::sweep(Clock::time_point now) {
  const bool dropped = stage_ == Stage::streaming && exchange_ && exchange_->dropped();
  if (now < deadline_ && !dropped) return;
  timed_out_ = true;
  error_code ignored;
  if (stage_ == Stage::header || stage_ == Stage::body)
    socket_.cancel(ignored);
  else
    socket_.close(ignored);
}

void Connection::drain() {
  error_code ignored;
  if (stage_ == Stage::idle) socket_.close(ignored);
  if (stage_ == Stage::streaming && exchange_) exchange_->close();
}

void Connection::cut() {
  error_code ignored;
  socket_.close(ignored);
  if (exchange_) exchange_->abandon();
}

bool Connection::is_upload() const {
  return reader_->request.method == "POST" && reader_->request.path == loop_.served.options.upload_path;
}

Awaitable<bool> Connection::fill(std::size_t bytes) {
  auto [error, read] = co_await socket_.async_read_some(buffer_.prepare(bytes), as_result);
  buffer_.commit(read);
  co_return !error;
}

Awaitable<void> Connection::refuse(unsigned status, std::string_view code) {
  co_await refuse((*loop_.served.problem)(status, code));
}

Awaitable<void> Connection::refuse(api::HttpResponse response) {
  co_await write_response(response, false, false);
  co_await linger();
}

Awaitable<void> Connection::refuse_for(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    co_await refuse(431, "header_too_large");
  else if (error == http::error::body_limit)
    co_await refuse(413, "body_too_large");
  else if (error == http::error::bad_version)
    co_await refuse(505, "version_not_supported");
  else if (error == http::error::bad_content_length || error == http::error::multiple_content_length ||
           error == http::error::bad_transfer_encoding)
    co_await refuse(400, "ambiguous_length");
  else
    co_await refuse(400, "malformed");
}

Awaitable<bool> Connection::read_header() {
  const auto& o = loop_.served.options;
  if (buffer_.size() == 0) {
    enter(Stage::idle, o.idle_timeout);
    if (loop_.draining || !co_await fill(read_bytes)) co_return false;
  }
  enter(Stage::header, o.header_timeout);
  while (true) {
    error_code error;
    buffer_.consume(reader_->put(buffer_.data(), error));
    if (!error && reader_->is_header_done()) co_return true;
    if (error && error != http::error::need_more) {
      co_await refuse_for(error);
      co_return false;
    }
    if (co_await fill(read_bytes)) continue;
    if (timed_out_ && socket_.is_open()) co_await refuse(408, "too_slow");
    co_return false;
  }
}

Awaitable<bool> Connection::admit() {
  if (!loop_.served.admission || !is_upload()) co_return true;
  std::expected<std::shared_ptr<void>, api::HttpResponse> admitted;
  try {
    admitted = loop_.served.admission(reader_->request);
  } catch (...) {
    admitted = std::unexpected((*loop_.served.problem)(500, "internal"));
  }
  if (!admitted) {
    co_await refuse(std::move(admitted.error()));
    co_return false;
  }
  reader_->request.admitted = std::move(*admitted);
  co_return true;
}

Awaitable<bool> Connection::read_body() {
  const auto& o = loop_.served.options;
  const auto limit = is_upload() ? o.upload_bytes_max : o.body_bytes_max;
  if (reader_->content_length().value_or(0) > limit) {
    co_await refuse(413, "body_too_large");
    co_return false;
  }
  reader_->body_limit(limit);
  if (!reader_->is_done() && reader_->request.headers.find("Expect") == "100-continue" && buffer_.size() == 0) {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    auto [error, written] = co_await asio::async_write(socket_, asio::buffer(go_on), as_result);
    if (error) co_return false;
  }
  enter(Stage::body, o.body_timeout);
  reader_->eager(true);
  while (!reader_->is_done()) {
    error_code error = http::error::need_more;
    if (buffer_.size() > 0) buffer_.consume(reader_->put(buffer_.data(), error));
    if (!error) continue;
    if (error != http::error::need_more) {
      co_await refuse_for(error);
      co_return false;
    }
    if (co_await fill(read_body_bytes)) continue;
    if (timed_out_ && socket_.is_open()) co_await refuse(408, "too_slow");
    co_return false;
  }
  co_return true;
}

bool Connection::decode_target() {
  auto& request = reader_->request;
  std::string_view target = reader_->target;
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question == std::string_view::npos) return true;
  auto query = api::parse_query(target.substr(question + 1));
  if (!query) return false;
  request.query = std::move(*query);
  return true;
}

Awaitable<bool> Connection::read_request() {
  const auto& o = loop_.served.options;
  reader_.emplace();
  reader_->eager(false);
  reader_->header_limit(static_cast<std::uint32_t>(o.header_bytes_max));
  reader_->body_limit(std::max(o.body_bytes_max, o.upload_bytes_max));
  if (!co_await read_header()) co_return false;
  if (const auto objection = reader_->objection(); !objection.empty()) {
    co_await refuse(objection.starts_with("transfer")  ? 501U
                    : objection.starts_with("version") ? 505U
                                                       : 400U,
                    objection);
    co_return false;
  }
  if (!decode_target()) {
    co_await refuse(400, "malformed");
    co_return false;
  }
  reader_->request.peer = peer_;
  if (!co_await admit()) co_return false;
  co_return co_await read_body();
}

Awaitable<void> Connection::wait_for_exchange() {
  co_await asio::async_initiate<const UseAwaitable&, void()>(
      [this](auto handler) {
        // The guard keeps the loop running while the answer is with another thread.
        auto resume = [handler = std::move(handler), guard = asio::make_work_guard(loop_.io)]() mutable {
          const auto executor = guard.get_executor();
          asio::post(executor, [h = std::move(handler), g = std::move(guard)]() mutable { std::move(h)(); });
        };
        exchange_->park(std::move(resume));
      },
      UseAwaitable{});
}

Awaitable<bool> Connection::write_response(const api::HttpResponse& response, bool head_only, bool keep) {
  enter(Stage::writing, loop_.served.options.write_timeout);
  write_head(head_, response, Body::counted, keep, loop_.date);
  const std::string& body = response.shared ? *response.shared : response.body;
  const bool bodiless = head_only || response.status == 204 || response.status == 304;
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), bodiless ? asio::const_buffer{} : asio::buffer(body)};
  // Nearly always the socket takes all of it at once, and no wait has to be set up.
  error_code error;
  const std::size_t written = socket_.write_some(buffers, error);
  if (error && error != asio::error::would_block) co_return false;
  if (written == buffers[0].size() + buffers[1].size()) co_return true;
  const std::size_t of_head = std::min(written, buffers[0].size());
  buffers[0] += of_head;
  buffers[1] += written - of_head;
  auto [late_error, rest] = co_await asio::async_write(socket_, buffers, as_result);
  co_return !late_error;
}

void Connection::watch_for_close() {
  // A listener sends nothing more; what comes is thrown away, and its end ends the stream.
  socket_.async_read_some(asio::buffer(discard_), [this, self = shared_from_this(), exchange = exchange_](
                                                      const error_code& error, std::size_t) {
    if (error)
      exchange->abandon();
    else if (!exchange->closed())
      watch_for_close();
  });
}

Awaitable<void> Connection::write_stream(const api::HttpResponse& head) {
  const auto& o = loop_.served.options;
  enter(Stage::streaming, o.write_timeout);
  write_head(head_, head, Body::until_close, false, loop_.date);
  auto [error, written] = co_await asio::async_write(socket_, asio::buffer(head_), as_result);
  if (error) co_return;
  std::vector<asio::const_buffer> buffers;
  while (true) {
    auto [frames, over] = exchange_->take_frames(frames_a_write_max);
    if (!frames.empty()) {
      buffers.clear();
      for (const auto& frame : frames) buffers.emplace_back(asio::buffer(*frame));
      enter(Stage::streaming, o.write_timeout);
      auto [frame_error, bytes] = co_await asio::async_write(socket_, buffers, as_result);
      if (frame_error) co_return;
    }
    if (over) co_return;
    if (loop_.draining) exchange_->close();
    enter(Stage::streaming, std::chrono::milliseconds::max());
    co_await wait_for_exchange();
  }
}

Awaitable<void> Connection::linger() {
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (ignored) co_return;
  enter(Stage::writing, linger_time);
  std::size_t total = 0;
  while (total < linger_bytes_max) {
    auto [error, read] = co_await socket_.async_read_some(asio::buffer(discard_), as_result);
    if (error) co_return;
    total += read;
  }
}

Awaitable<Connection::Next> Connection::answer() {
  const bool keep = reader_->version() == 11 && reader_->keep_alive();
  const bool head_only = reader_->request.method == "HEAD";
  const auto& o = loop_.served.options;
  exchange_ =
      std::make_shared<Exchange>(StreamBounds{o.stream_frames_max, o.stream_bytes_max}, packing_of(reader_->request));
  enter(Stage::handling, std::chrono::milliseconds::max());
  try {
    loop_.served.handler(std::move(reader_->request),
                         api::Responder(std::make_shared<ExchangeAnswer>(exchange_, loop_.served.problem)));
  } catch (...) {
    exchange_->respond((*loop_.served.problem)(500, "internal"), false);
  }
  if (!exchange_->answered()) co_await wait_for_exchange();
  auto head = exchange_->take_head();
  if (!head || !socket_.is_open()) co_return Next::close;
  if (head->streaming) {
    watch_for_close();
    co_await write_stream(head->response);
    exchange_->abandon();
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.cancel(ignored);  // ends the watching read, which holds this connection
    co_return Next::close;
  }
  exchange_.reset();
  const bool stay = keep && !loop_.draining;
  if (!co_await write_response(head->response, head_only, stay) || !stay) co_return Next::close;
  co_return Next::keep;
}

Awaitable<void> Connection::run() {
  unsigned turns = 0;
  while (co_await read_request()) {
    const auto next = co_await answer();
    if (next == Next::close) break;
    if (buffer_.size() == 0) turns = 0;
    if (++turns < turns_max) continue;
    turns = 0;
    co_await asio::post(socket_.get_executor(), UseAwaitable{});
  }
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void serve(Loop& loop, Socket socket) {
  auto connection = std::make_shared<Connection>(loop, std::move(socket));
  asio::co_spawn(loop.io, [connection]() -> Awaitable<void> { co_await connection->run(); }, asio::detached);
}

void Loop::drain() {
  draining = true;
  for (auto* connection : std::vector<Connection*>(connections.begin(), connections.end())) connection->drain();
}

void Loop::cut() {
  draining = over = true;
  sweep_timer.cancel();
  for (auto* connection : std::vector<Connection*>(connections.begin(), connections.end())) connection->cut();
}

void Loop::sweep() {
  const auto& o = served.options;
  const auto shortest =
      std::min({o.header_timeout, o.body_timeout, o.idle_timeout, o.write_timeout, std::chrono::milliseconds{2'000}});
  sweep_timer.expires_after(std::max(shortest / 4, std::chrono::milliseconds{10}));
  sweep_timer.async_wait([this](const error_code& error) {
    if (error || over) return;
    date = date_line();
    const auto now = Clock::now();
    turned.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    for (auto* connection : connections) connection->sweep(now);
    sweep();
  });
}

}  // namespace pioneer::adapters::beast
