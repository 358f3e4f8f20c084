// HTTP as the API sees it: plain values, an answer that may be given later and from any thread, a stream of events.
// The server behind it is an adapter; tests and the simulator call handlers directly.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pioneer::api {

/// Header fields of a request: all in one block of memory, names compared without case. A plain value.
class HttpHeaders {
 public:
  void add(std::string_view name, std::string_view value);
  /// The first value of this name; empty where there is none.
  std::string_view find(std::string_view name) const;
  bool has(std::string_view name) const;
  std::size_t count(std::string_view name) const;

 private:
  struct Span {
    std::uint32_t name_at, name_size, value_at, value_size;
  };
  std::string_view name_of(const Span& s) const { return std::string_view(block_).substr(s.name_at, s.name_size); }
  std::string block_;
  std::vector<Span> spans_;
};

using HttpQuery = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = {};  ///< as sent: "GET"
  std::string path = {};    ///< as sent, still percent-encoded (a segment may hold an encoded slash), without the query
  HttpQuery query = {};     ///< decoded, in the order sent
  HttpHeaders headers = {};
  std::string body = {};
  std::string peer = {};                ///< address of the other end of the connection; never logged with a name
  std::shared_ptr<void> admitted = {};  ///< what an HttpAdmission gave; goes with the request

  /// The first value of this query parameter; empty where there is none.
  std::string_view parameter(std::string_view name) const;
};

struct HttpHeader {
  std::string_view name;  ///< static text
  std::string value;      ///< a value with a line break is dropped by the server
};

struct HttpResponse {
  unsigned status = 200;
  std::string_view content_type = {};  ///< static text; empty: no such header
  std::string_view fixed = {};         ///< static text: whole header lines, each with its line end
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  std::shared_ptr<const std::string> shared = {};  ///< instead of `body`: one immutable buffer for many answers
};

/// A frame of a stream of events: made once, sent to many.
using HttpFrame = std::shared_ptr<const std::string>;

/// The open answer to one listener. Any thread.
class EventStream {
 public:
  virtual ~EventStream() = default;
  /// Queues the frame. False: the listener is gone, or its queue was full and it was dropped; forget it.
  virtual bool push(HttpFrame frame) = 0;
  virtual bool closed() const = 0;
  /// Bytes queued and not yet taken for writing: who sends old events waits for little of it.
  virtual std::size_t queued_bytes() const = 0;
  /// Ends the stream after what is queued.
  virtual void close() = 0;
};

/// Where one answer goes. Implemented by the server.
class Answer {
 public:
  virtual ~Answer() = default;
  virtual void respond(HttpResponse response) = 0;
  virtual std::shared_ptr<EventStream> stream(HttpResponse head) = 0;
};

/// The right to answer one request: later, from any thread, once (what comes second is dropped).
/// A copy shares it. When the last copy goes unanswered the client gets a 500.
class Responder {
 public:
  explicit Responder(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {}
  void respond(HttpResponse response) const { answer_->respond(std::move(response)); }
  /// Answers with the head now and frames later; the head's body is ignored.
  std::shared_ptr<EventStream> stream(HttpResponse head) const { return answer_->stream(std::move(head)); }

 private:
  std::shared_ptr<Answer> answer_;
};

/// Called on a server's loop: must return soon, must not block.
using HttpHandler = std::function<void(HttpRequest request, Responder responder)>;

/// Asked about an upload when its header is read and nothing of its body: what to hold until the request is over, null
/// for nothing, or the answer that refuses it. Called on a server's loop: must return soon, must not block.
using HttpAdmission = std::function<std::expected<std::shared_ptr<void>, HttpResponse>(const HttpRequest& head)>;

/// Makes the answer to what never became a request: status and a stable code ("malformed", "header_too_large" …).
using HttpProblem = std::function<HttpResponse(unsigned status, std::string_view code)>;

/// A server. start and stop from one thread, port from any.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
  /// `address` is HOST:PORT ("127.0.0.1:8080", "[::1]:0"; port 0: any free one). Without `admission` all uploads are
  /// read. The error is a sentence.
  virtual std::expected<void, std::string> start(std::string_view address, HttpHandler handler, HttpProblem problem,
                                                 HttpAdmission admission = {}) = 0;
  /// The port that is listened on; 0 before start.
  virtual std::uint16_t port() const = 0;
  /// Open now. Any thread.
  virtual std::size_t connections() const = 0;
  /// Since each loop turned last, of the one that did longest ago: it turns at least every few seconds, unless a
  /// handler blocks it. Zero while it does not serve. Any thread, but none during start() and stop().
  virtual std::chrono::milliseconds longest_turn() const = 0;
  /// Accepts no more, lets open requests end (for a limited time), closes streams, joins its threads.
  virtual void stop() = 0;
};

/// Without the spaces and tabs that may stand around a value (RFC 9110 §5.6.3).
std::string_view without_blanks(std::string_view text);
/// Whether an Accept-Encoding (RFC 9110 §12.5.3) wants this coding; nothing where it does not name it.
std::optional<bool> accepts_coding(std::string_view accept_encoding, std::string_view coding);
/// Splits and decodes "a=1&b=%20+": '+' is a space. Nothing where an escape is broken or a byte is zero.
std::expected<HttpQuery, std::string> parse_query(std::string_view text);
/// Decodes %XX; with `plus`, '+' is a space. Fails on a broken escape or a zero byte.
std::expected<std::string, std::string> percent_decoded(std::string_view text, bool plus = false);

}  // namespace pioneer::api
