// The HTTP server on Boost.Beast's parser and Asio's coroutines: one loop a thread, requests of one connection one
// after the other (RFC 9112 §9.3.2 allows no more for changes), answers written from the buffers they were made in.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "api/ports/http.hpp"

namespace pioneer::adapters::beast {

/// Fixed while the server runs.
struct HttpServerOptions {
  unsigned loops = 2;                         ///< threads; one a core
  std::size_t header_bytes_max = 16 * 1024;   ///< request line and header fields together
  std::size_t body_bytes_max = 1024 * 1024;   ///< of any request but an upload
  std::string upload_path = "/api/v1/blobs";  ///< POST here may carry upload_bytes_max
  std::size_t upload_bytes_max = 10 * 1024 * 1024;
  std::chrono::milliseconds header_timeout{10'000};  ///< from a request's first byte to the end of its header
  std::chrono::milliseconds body_timeout{60'000};    ///< from the end of the header to the end of the body
  std::chrono::milliseconds idle_timeout{75'000};    ///< between requests, and before the first
  std::chrono::milliseconds write_timeout{30'000};   ///< one answer, or one batch of a stream's frames
  std::chrono::milliseconds drain_timeout{5'000};    ///< stop(): how long open requests may take
  std::size_t connections_max = 4096;                ///< above: 503 and closed
  std::size_t stream_frames_max = 1024;              ///< queued for one listener; above: dropped as too slow
  std::size_t stream_bytes_max = 1024 * 1024;        ///< likewise
  std::function<void()> on_thread = {};              ///< called first on each loop's thread
};

std::unique_ptr<api::HttpServer> make_http_server(HttpServerOptions options = {});

}  // namespace pioneer::adapters::beast
