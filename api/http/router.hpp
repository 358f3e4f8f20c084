// From a request to its handler: finds the route, reads the headers that the API gives a meaning, refuses what none may
// send.
#pragma once

#include <array>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http/incoming.hpp"
#include "api/http/routes.hpp"

namespace pioneer::api::http {

using Handler = std::function<void(IncomingPointer)>;
/// What to hold until the request is over; null: it has been answered. The body has not been read yet.
using Admission = std::function<std::shared_ptr<void>(const Incoming&)>;

class Router {
 public:
  struct Options {
    /// Makes a command's id where the client sent none (a UUID or ULID). Any thread.
    std::function<std::string()> new_command_id = {};
    /// "https://…" where browsers see us under another name than in Host; empty: Host.
    std::string own_origin = {};
    /// Stands before each answer to count and time it; no route: none matched. Absent: nobody does. Any thread.
    std::function<Responder(const Route*, Responder)> measure = {};
    /// What is not below /api or /log and no operation: the web client's files. Absent: 404.
    std::function<void(HttpRequest, Responder)> pages = {};
  };
  explicit Router(Options options);

  /// Each operation once, before the first request. Handlers run on the server's loops: they must not block.
  void on(Operation operation, Handler handler);
  /// Asked before the body of such a request is read; the handler finds what it gave in the request. Likewise.
  void before_body(Operation operation, Admission admission);
  /// Operations that nobody handles: a server with one does not start. In order of the table.
  std::vector<Operation> unhandled() const;

  /// For HttpServer::start. Any thread after the last on(); the router outlives the server.
  void serve(HttpRequest request, Responder responder) const;
  /// Once more, by this server's handler: for a request that was to go elsewhere, and need not any more.
  void carry_out(const IncomingPointer& incoming) const;
  /// Likewise, for uploads: the checks of the header, then the operation's own.
  std::expected<std::shared_ptr<void>, HttpResponse> admit(const HttpRequest& head) const;

 private:
  struct Found {
    const Route* route = nullptr;
    bool path_known = false;      ///< the path is known, with other methods
    std::string_view allow = {};  ///< then: which
    std::vector<std::string> path;
  };
  Found find(std::string_view method, std::string_view path) const;
  static bool knows_parameters(const Incoming& incoming);
  bool read_headers(Incoming& incoming) const;
  bool may_change(const Incoming& incoming) const;

  struct Segment {
    std::string_view text;
    bool parameter;
  };
  struct Pattern {
    const Route* route;
    std::vector<Segment> segments;
  };
  /// The values of its {…} where the path is one of the pattern's; nothing where a value is none.
  static std::optional<std::vector<std::string>> values(const Pattern& pattern,
                                                        const std::vector<std::string_view>& parts);
  static bool matches(const Pattern& pattern, const std::vector<std::string_view>& parts);

  Options options_;
  std::array<Handler, operation_count> handlers_;
  std::array<Admission, operation_count> admissions_;
  std::vector<std::vector<Pattern>> by_length_;  // literal before parameter
  std::vector<Pattern> with_rest_;
};

}  // namespace pioneer::api::http
