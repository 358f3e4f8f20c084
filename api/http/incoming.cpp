#include "api/http/incoming.hpp"

#include <utility>

#include "api/http/json.hpp"

namespace pioneer::api::http {

bool Incoming::read_body(google::protobuf::Message& into) const {
  if (request.body.empty()) {
    into.Clear();
    return true;
  }
  const auto read = from_json(request.body, into);
  if (read) return true;
  problem({.code = read.error().code, .detail = read.error().sentence, .field = read.error().field});
  return false;
}

HttpResponse Incoming::success(Standing standing) const {
  HttpResponse response{.status = route->status,
                        .content_type = "application/json",
                        .fixed = route->personal ? private_headers : public_headers};
  if (standing.revision) response.headers.push_back({"ETag", etag(*standing.revision)});
  if (standing.position) response.headers.push_back({"Pioneer-Position", std::to_string(*standing.position)});
  if (!promise.empty()) response.headers.push_back({"Pioneer-Promise", promise});
  if (!set_cookie.empty()) response.headers.push_back({"Set-Cookie", set_cookie});
  return response;
}

void Incoming::view(const google::protobuf::Message& view, Standing standing) const { json(to_json(view), standing); }

void Incoming::json(std::string body, Standing standing) const {
  auto response = success(standing);
  response.body = std::move(body);
  responder.respond(std::move(response));
}

void Incoming::json(std::shared_ptr<const std::string> body, Standing standing) const {
  auto response = success(standing);
  response.shared = std::move(body);
  responder.respond(std::move(response));
}

void Incoming::problem(const Problem& problem) const { responder.respond(problem_response(problem, language)); }

void Incoming::refuse(const domain::Refusal& refusal, std::optional<std::uint64_t> position) const {
  auto response = refusal_response(refusal, language);
  if (position) response.headers.push_back({"Pioneer-Position", std::to_string(*position)});
  if (position && !promise.empty()) response.headers.push_back({"Pioneer-Promise", promise});
  responder.respond(std::move(response));
}

void Incoming::fail(const eventstore::Error& error) const { responder.respond(error_response(error, language)); }

}  // namespace pioneer::api::http
