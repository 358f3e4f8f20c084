#include "api/http/forwarding.hpp"

#include <array>
#include <utility>

#include "api/http/headers.hpp"
#include "api/http/problems.hpp"

namespace pioneer::api::http {
namespace {

/// Between two looks at who writes: a takeover takes some tenths of a second.
constexpr std::chrono::milliseconds look_every{20};

/// Of the request; all that handlers read. What browsers say of the page is checked here and not there.
constexpr std::array passed_on{"Authorization",   "Cookie",           "Content-Type",    "If-Match",  "Accept",
                               "Accept-Language", "Pioneer-Position", "Pioneer-Receipt", "User-Agent"};
/// Of the answer, in small letters and as they are written.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> passed_back{{
    {"etag", "ETag"},
    {"pioneer-position", "Pioneer-Position"},
    {"pioneer-promise", "Pioneer-Promise"},
    {"set-cookie", "Set-Cookie"},
    {"retry-after", "Retry-After"},
    {"content-disposition", "Content-Disposition"},
    {"www-authenticate", "WWW-Authenticate"},
    {"allow", "Allow"},
}};
/// The types that our answers have: what an HttpResponse names must outlive it.
constexpr std::array<std::string_view, 5> content_types{"application/json", "application/problem+json",
                                                        "application/octet-stream", "text/calendar; charset=utf-8",
                                                        "text/plain; charset=utf-8"};

std::string encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
  }
  return out;
}

}  // namespace

void Forwarding::take(const IncomingPointer& incoming) {
  if (incoming->request.headers.has(forwarded_header)) {
    // Who sent it looks again who writes.
    return incoming->problem({.code = "elsewhere", .retry_after_s = 1});
  }
  if (stopping_) return incoming->problem({.code = "stopping", .retry_after_s = 1});
  const auto until = std::chrono::steady_clock::now() + options_.within;
  if (!executor_.run([this, incoming, until] { carry(incoming, until); }))
    incoming->problem({.code = "queue_full", .detail = "Please try again in a moment.", .retry_after_s = 1});
}

void Forwarding::carry(const IncomingPointer& incoming, std::chrono::steady_clock::time_point until) const {
  bool sent = false;
  while (!stopping_ && std::chrono::steady_clock::now() < until) {
    const auto owner = options_.owner();
    if (std::holds_alternative<Here>(owner)) return options_.here(incoming);
    if (const auto* const address = std::get_if<std::string>(&owner)) {
      auto reply = client_.call(call_of(*incoming, *address));
      if (reply && !may_pass(*reply)) return answer(*incoming, std::move(*reply));
      sent = sent || !reply;
    }
    options_.pause(look_every);
  }
  if (sent)
    incoming->problem(
        {.code = "outcome_unknown", .detail = "Send it again with the same Idempotency-Key.", .retry_after_s = 1});
  else
    incoming->problem({.code = stopping_ ? "stopping" : "elsewhere",
                       .detail = "No node took it, so nothing was written. Please send it again in a moment.",
                       .retry_after_s = 1});
}

/// That node does not write any more, or not yet: another one, or the same one soon, will.
bool Forwarding::may_pass(const HttpReply& reply) {
  return reply.status == 503 && (reply.body.find("\"elsewhere\"") != std::string::npos ||
                                 reply.body.find("\"taking_over\"") != std::string::npos);
}

HttpCall Forwarding::call_of(const Incoming& incoming, const std::string& owner) const {
  const auto& request = incoming.request;
  // HEAD too: the answer's body is left out where it leaves for the client.
  HttpCall call{.method = incoming.route->method == Method::post ? "POST" : "GET",
                .url = owner + request.path,
                .body = request.body};
  char mark = '?';
  for (const auto& [name, value] : request.query) {
    call.url.append(1, std::exchange(mark, '&')).append(encoded(name)).append("=").append(encoded(value));
  }
  for (const auto* const name : passed_on) {
    if (request.headers.has(name)) call.headers.emplace_back(name, request.headers.find(name));
  }
  if (!incoming.command_id.empty()) call.headers.emplace_back("Idempotency-Key", incoming.command_id);
  call.headers.emplace_back(forwarded_header, "1");
  call.reply_bytes_max = options_.reply_bytes_max;
  call.time_max = options_.answers_within;
  return call;
}

void Forwarding::answer(const Incoming& incoming, HttpReply reply) {
  HttpResponse response{.status = reply.status, .fixed = private_headers, .body = std::move(reply.body)};
  for (const auto type : content_types) {
    if (reply.content_type == type) response.content_type = type;
  }
  for (const auto& [small, name] : passed_back) {
    if (const auto value = reply.header(small); !value.empty()) response.headers.push_back({name, std::string(value)});
  }
  incoming.responder.respond(std::move(response));
}

}  // namespace pioneer::api::http
