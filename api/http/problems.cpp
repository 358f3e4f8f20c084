#include "api/http/problems.hpp"

#include "api/http/headers.hpp"
#include "api/http/json.hpp"
#include "api/messages/views.pb.h"

namespace pioneer::api::http {

HttpResponse problem_response(const Problem& problem, Language language) {
  const auto& text = problem_text(problem.code);
  const auto title = language == Language::chinese ? text.zh : text.title;
  ProblemView view;
  view.set_type("/problems/" + std::string(text.code));
  view.set_title(std::string(title));
  view.set_status(text.status);
  view.set_detail(std::string(language == Language::chinese || problem.detail.empty() ? title : problem.detail));
  view.set_code(std::string(text.code));
  if (!problem.field.empty()) view.set_field(std::string(problem.field));
  HttpResponse response{.status = text.status,
                        .content_type = "application/problem+json",
                        .fixed = private_headers,
                        .body = to_json(view)};
  if (problem.retry_after_s > 0) response.headers.push_back({"Retry-After", std::to_string(problem.retry_after_s)});
  if (text.status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

HttpResponse refusal_response(const domain::Refusal& refusal, Language language) {
  return problem_response({.code = refusal.code, .detail = refusal.sentence, .field = refusal.field}, language);
}

HttpResponse error_response(const eventstore::Error& error, Language language) {
  // The error's own words may name files: they are for the operator's log, not for a client.
  if (error.retry == eventstore::Retry::can_help)
    return problem_response({.code = "not_writable", .detail = "Please try again in a moment.", .retry_after_s = 2},
                            language);
  return problem_response({.code = "internal"}, language);
}

Language language_of(std::string_view accept_language) {
  const auto chinese = accept_language.find("zh");
  const auto english = accept_language.find("en");
  return chinese < english ? Language::chinese : Language::english;
}

}  // namespace pioneer::api::http
