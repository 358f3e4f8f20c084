// One client's connection: read a request, hand it over, write the answer, again. Private to this folder.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "adapters/beast/loop.hpp"
#include "adapters/beast/request_reader.hpp"

namespace pioneer::adapters::beast {

template <class T>
using Awaitable = asio::awaitable<T, LoopExecutor>;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, Socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Awaitable<void> run();

  void sweep(Clock::time_point now);
  void drain();
  void cut();

 private:
  enum class Stage { idle, header, body, handling, writing, streaming };
  enum class Next { keep, close };

  void enter(Stage stage, std::chrono::milliseconds time);
  Awaitable<bool> fill(std::size_t bytes);
  /// A whole request in reader_; false: the connection ends (a refusal has been written).
  Awaitable<bool> read_request();
  Awaitable<bool> read_header();
  /// Whether the body may be read; false: the refusal has been written.
  Awaitable<bool> admit();
  Awaitable<bool> read_body();
  Awaitable<void> refuse(unsigned status, std::string_view code);
  Awaitable<void> refuse(api::HttpResponse response);
  Awaitable<void> refuse_for(const boost::beast::error_code& error);
  Awaitable<Next> answer();
  Awaitable<bool> write_response(const api::HttpResponse& response, bool head_only, bool keep);
  Awaitable<void> write_stream(const api::HttpResponse& head);
  Awaitable<void> wait_for_exchange();
  Awaitable<void> linger();
  void watch_for_close();
  bool decode_target();
  bool is_upload() const;

  Loop& loop_;
  Socket socket_;
  std::string peer_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestReader> reader_;
  std::shared_ptr<Exchange> exchange_;
  std::string head_;  // of the answer being written; its memory is kept
  char discard_[512];
  Stage stage_ = Stage::idle;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool timed_out_ = false;
};

}  // namespace pioneer::adapters::beast
