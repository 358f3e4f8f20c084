#include "api/bus/answers.hpp"

#include "api/bus/operations.hpp"
#include "api/http/headers.hpp"

namespace pioneer::api::bus {
namespace {

const std::string& text_of(const HttpResponse& response) { return response.shared ? *response.shared : response.body; }

void read_headers(const HttpResponse& response, BusAnswer& into) {
  for (const auto& [name, value] : response.headers) {
    const auto number = http::whole_number(value);
    if (name == "Pioneer-Position" && number) into.set_position(*number);
    if (name == "Retry-After" && number) into.set_retry_after_s(static_cast<std::uint32_t>(*number));
    if (name == "Pioneer-Promise") into.set_promise(value);
    if (name != "ETag" || response.status >= 400) continue;
    const auto revision = http::quoted_revision(value);
    if (revision && *revision >= 0) into.mutable_view()->set_revision(static_cast<std::uint64_t>(*revision));
  }
}

}  // namespace

BusAnswer problem_answer(std::uint64_t id, const http::Problem& problem, http::Language language) {
  static const auto& any = http::route_of(http::Operation::get_health);  // a problem is the same for each
  return answer_of(id, any, http::problem_response(problem, language));
}

BusAnswer answer_of(std::uint64_t id, const http::Route& route, const HttpResponse& response) {
  BusAnswer answer;
  answer.set_id(id);
  read_headers(response, answer);
  const auto& text = text_of(response);
  if (response.status >= 400) {
    if (!read_answer(text, *answer.mutable_problem())) {
      answer.mutable_problem()->set_code("internal");
      answer.mutable_problem()->set_status(response.status);
    }
    return answer;
  }
  auto& view = *answer.mutable_view();
  view.set_status(response.status);
  if (route.view.empty() || response.content_type != "application/json") {
    view.set_content_type(std::string(response.content_type));
    view.set_content(text);
    return answer;
  }
  const auto message = new_message(route.view);
  if (!read_answer(text, *message)) return problem_answer(id, {.code = "internal"});
  view.set_message(std::string(route.view));
  message->SerializeToString(view.mutable_content());
  return answer;
}

CallAnswer::~CallAnswer() {
  if (!answered_.exchange(true)) say(problem_answer(id_, {.code = "internal"}));
}

void CallAnswer::respond(HttpResponse response) {
  if (!answered_.exchange(true)) say(answer_of(id_, route_, response));
}

std::shared_ptr<EventStream> CallAnswer::stream(HttpResponse) {
  respond(http::problem_response({.code = "internal"}));
  return nullptr;
}

void CallAnswer::say(const BusAnswer& answer) {
  back_->send(answer.SerializeAsString());
  back_.reset();  // no longer open, though somebody may still hold this
}

}  // namespace pioneer::api::bus
