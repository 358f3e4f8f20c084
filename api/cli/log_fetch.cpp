#include "api/cli/log_fetch.hpp"

#include <algorithm>

#include "adapters/posix/threads.hpp"
#include "api/cli/console.hpp"
#include "api/http/json.hpp"
#include "api/messages/views.pb.h"

namespace pioneer::cli {
namespace {

using eventstore::failure;

constexpr unsigned attempts_max = 5;
/// Between two of them: longer each time, or as long as the server says.
constexpr unsigned first_pause_s = 1, longest_pause_s = 60;
/// A refusal tells more than a small file may have.
constexpr std::size_t problem_bytes_max = 64u << 10;

std::unexpected<eventstore::Error> refused(const std::string& name,
                                           const std::expected<HttpConnection::Answer, std::string>& answer) {
  if (!answer) return failure("server_unreachable", answer.error(), eventstore::Retry::can_help);
  if (answer->status == 200) return failure("wrong_file", "What was sent as " + name + " is longer than any such file");
  api::ProblemView problem;
  const bool told = api::http::from_json(answer->body, problem).has_value();
  std::string text = told ? (problem.detail().empty() ? problem.title() : problem.detail())
                          : "The server answered with status " + std::to_string(answer->status) + ".";
  if (answer->status == 401 || answer->status == 403)
    text += " Entries go to auditors of the whole log: give one's --token, or mirror --hashes-only.";
  const std::string code = answer->status == 404 ? "not_found" : told ? problem.code() : "unexpected_answer";
  return failure(code, name + ": " + text);
}

}  // namespace

LogFetch::LogFetch(const Place& place, const HttpConnection::Address& address) : connection_(address) {
  if (!place.token.empty()) head_ = "Authorization: Bearer " + place.token + "\r\n";
}

eventstore::Result<std::string> LogFetch::file(const std::string& name, std::size_t bytes_max) {
  auto pause_s = first_pause_s;
  for (unsigned attempt = 1;; ++attempt) {
    const auto asked = std::max(bytes_max, problem_bytes_max);
    auto answer = connection_.call("GET", "/log/" + name, head_, {}, asked);
    if (answer && answer->status == 200 && answer->body.size() <= bytes_max) return std::move(answer->body);
    const bool passing = !answer || answer->status == 429 || answer->status >= 502;
    if (!passing || attempt == attempts_max) return refused(name, answer);
    if (attempt == 1)
      complain((answer ? "The server cannot answer now (status " + std::to_string(answer->status) + ")."
                       : ended(answer.error())) +
               " It is asked again, up to " + std::to_string(attempts_max - 1) + " times.");
    adapters::posix::pause_s(std::min(std::max(pause_s, answer ? answer->retry_after_s : 0), longest_pause_s));
    pause_s *= 2;
  }
}

}  // namespace pioneer::cli
