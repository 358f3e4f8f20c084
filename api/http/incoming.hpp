// A request on its way through a handler: routed, its headers read, and the ways to answer it.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/headers.hpp"
#include "api/http/problems.hpp"
#include "api/http/routes.hpp"
#include "api/ports/http.hpp"
#include "domain/common/refusal.hpp"
#include "eventstore/error.hpp"

namespace pioneer::api::http {

/// Where an answer stands in the log: `ETag` and `Pioneer-Position`.
struct Standing {
  std::optional<std::uint64_t> revision = {};
  std::optional<std::uint64_t> position = {};
};

/// One thread at a time; handed over by its shared pointer. Answer once, by one of the functions below.
class Incoming {
 public:
  Incoming(const Route& matched, HttpRequest sent, Responder answer)
      : route(&matched), request(std::move(sent)), responder(std::move(answer)) {}

  const Route* route;
  HttpRequest request;
  Responder responder;
  std::vector<std::string> path;  ///< decoded values of the pattern's {…}, in order
  Credentials credentials;
  std::string command_id;                      ///< Idempotency-Key, or a new one; empty for queries
  std::int64_t expected_revision = -1;         ///< If-Match; −1: any
  std::optional<std::uint64_t> wait_for = {};  ///< Pioneer-Position that a query waits for
  Language language = Language::english;
  ReceiptWish receipt = {};     ///< Pioneer-Receipt
  std::string set_cookie = {};  ///< goes with the view
  std::string promise = {};     ///< goes with the answer

  /// Reads the body; false: the client has been told what is wrong with it. An empty body counts as {}.
  [[nodiscard]] bool read_body(google::protobuf::Message& into) const;

  /// The route's success status, with the view.
  void view(const google::protobuf::Message& view, Standing standing = {}) const;
  /// The same with JSON that is written already.
  void json(std::string body, Standing standing = {}) const;
  /// One immutable buffer for many answers.
  void json(std::shared_ptr<const std::string> body, Standing standing = {}) const;
  void problem(const Problem& problem) const;
  /// `position`: where the refusal stands in the log, if it does.
  void refuse(const domain::Refusal& refusal, std::optional<std::uint64_t> position = {}) const;
  void fail(const eventstore::Error& error) const;

 private:
  HttpResponse success(Standing standing) const;
};

using IncomingPointer = std::shared_ptr<Incoming>;

}  // namespace pioneer::api::http
