#include "api/http/router.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "api/http/forwarding.hpp"
#include "eventstore/check.hpp"

namespace pioneer::api::http {
namespace {

constexpr std::string_view base = "/api/v1";

/// What stands here has one name, and is no page.
bool is_of_interface(std::string_view path) { return path.starts_with("/api/") || path.starts_with("/log/"); }

/// "/a/b" → a, b. An empty segment (a double or closing slash) is a segment, and no route has one.
void split(std::string_view path, std::vector<std::string_view>& into) {
  into.clear();
  path.remove_prefix(1);
  while (true) {
    const auto slash = path.find('/');
    into.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

/// Keeps the answer of what refuses a request before there is anybody to send it to.
class KeptAnswer final : public Answer {
 public:
  void respond(HttpResponse response) override { kept = std::move(response); }
  std::shared_ptr<EventStream> stream(HttpResponse head) override {
    kept = std::move(head);
    return nullptr;
  }
  HttpResponse kept;
};

}  // namespace

Router::Router(Options options) : options_(std::move(options)) {
  std::vector<std::string_view> parts;
  for (const auto& route : routes()) {
    split(route.pattern, parts);
    Pattern pattern{&route, {}};
    for (const auto part : parts) pattern.segments.push_back({part, part.starts_with('{')});
    if (route.rest) {
      with_rest_.push_back(std::move(pattern));
      continue;
    }
    if (by_length_.size() <= parts.size()) by_length_.resize(parts.size() + 1);
    by_length_[parts.size()].push_back(std::move(pattern));
  }
  const auto literal_first = [](const Pattern& a, const Pattern& b) {
    for (std::size_t i = 0; i < std::min(a.segments.size(), b.segments.size()); ++i)
      if (a.segments[i].parameter != b.segments[i].parameter) return b.segments[i].parameter;
    return false;
  };
  for (auto& patterns : by_length_) std::stable_sort(patterns.begin(), patterns.end(), literal_first);
  std::stable_sort(with_rest_.begin(), with_rest_.end(), literal_first);
}

void Router::on(Operation operation, Handler handler) {
  auto& place = handlers_[static_cast<std::size_t>(operation)];
  CHECK(!place);
  place = std::move(handler);
}

void Router::before_body(Operation operation, Admission admission) {
  admissions_[static_cast<std::size_t>(operation)] = std::move(admission);
}

std::vector<Operation> Router::unhandled() const {
  std::vector<Operation> out;
  for (std::size_t i = 0; i < handlers_.size(); ++i)
    if (!handlers_[i]) out.push_back(static_cast<Operation>(i));
  return out;
}

bool Router::matches(const Pattern& pattern, const std::vector<std::string_view>& parts) {
  if (parts.size() < pattern.segments.size()) return false;
  return std::equal(
      pattern.segments.begin(), pattern.segments.end(), parts.begin(),
      [](const Segment& s, std::string_view part) { return s.parameter ? !part.empty() : s.text == part; });
}

std::optional<std::vector<std::string>> Router::values(const Pattern& pattern,
                                                       const std::vector<std::string_view>& parts) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
    if (!pattern.segments[i].parameter) continue;
    auto value = percent_decoded(parts[i]);
    if (!value) return std::nullopt;  // no id has such a name
    found.push_back(std::move(*value));
  }
  for (auto i = pattern.segments.size(); i < parts.size(); ++i) {
    auto value = percent_decoded(parts[i]);
    if (!value) return std::nullopt;
    found.back().append("/").append(*value);
  }
  return found;
}

Router::Found Router::find(std::string_view method, std::string_view path) const {
  Found found;
  if (!path.starts_with('/')) return found;
  static thread_local std::vector<std::string_view> parts;
  split(path, parts);
  const auto wanted = method == "POST" ? Method::post : Method::get;
  const bool known_method = method == "POST" || method == "GET" || method == "HEAD";
  const auto look = [&](const Pattern& pattern) {
    if (!matches(pattern, parts)) return false;
    const bool get = pattern.route->method == Method::get;
    if (!found.path_known)
      found.allow = get ? "GET, HEAD" : "POST";
    else if ((found.allow == "POST") == get)
      found.allow = "GET, HEAD, POST";
    found.path_known = true;
    if (!known_method || pattern.route->method != wanted) return false;
    auto path_values = values(pattern, parts);
    found = path_values ? Found{pattern.route, true, found.allow, std::move(*path_values)} : Found{};
    return true;
  };
  if (parts.size() < by_length_.size() && std::ranges::any_of(by_length_[parts.size()], look)) return found;
  if (!found.path_known) std::ranges::any_of(with_rest_, look);
  return found;
}

bool Router::knows_parameters(const Incoming& incoming) {
  const auto& known = incoming.route->query;
  for (const auto& [name, value] : incoming.request.query) {
    if (std::ranges::any_of(known, [&](const Parameter& p) { return p.name == name; })) continue;
    std::string all;
    for (const auto& parameter : known) all.append(all.empty() ? "" : ", ").append(parameter.name);
    const auto sentence = all.empty() ? std::string("This address takes no parameters.") : "It takes " + all + ".";
    incoming.problem({.code = "unknown_parameter", .detail = sentence, .field = name});
    return false;
  }
  return true;
}

bool Router::read_headers(Incoming& incoming) const {
  const auto& h = incoming.request.headers;
  incoming.credentials = credentials_of(h);
  const auto refuse = [&](std::string_view code, std::string_view detail, std::string_view header) {
    incoming.problem({.code = code, .detail = detail, .field = header});
    return false;
  };
  if (h.has("Pioneer-Position")) {
    incoming.wait_for = whole_number(h.find("Pioneer-Position"));
    if (!incoming.wait_for) return refuse("malformed_position", "A position is a whole number.", "Pioneer-Position");
  }
  if (incoming.route->method == Method::get) return true;
  if (h.has("Idempotency-Key")) {
    auto key = idempotency_key(h.find("Idempotency-Key"));
    if (!key) return refuse("malformed_idempotency_key", "Send a UUID or a ULID, or leave it out.", "Idempotency-Key");
    incoming.command_id = std::move(*key);
  } else if (options_.new_command_id) {
    incoming.command_id = options_.new_command_id();
  }
  if (h.has("Pioneer-Receipt")) {
    const auto wish = receipt_wish(h.find("Pioneer-Receipt"));
    if (!wish)
      return refuse("unknown_receipt", "It takes refusal, promise, or both, separated by a comma.", "Pioneer-Receipt");
    incoming.receipt = *wish;
  }
  if (h.has("If-Match") && h.find("If-Match") != "*") {
    const auto revision = quoted_revision(h.find("If-Match"));
    if (!revision) return refuse("malformed_if_match", "Send the ETag as you got it.", "If-Match");
    incoming.expected_revision = *revision;
  }
  return true;
}

bool Router::may_change(const Incoming& incoming) const {
  const auto& h = incoming.request.headers;
  // A page of another site must not sign its visitors in either: so without a bearer token the page counts, if any.
  const auto kind = incoming.credentials.kind;
  const bool from_a_page = h.has("Origin") || h.has("Sec-Fetch-Site");
  // Another node has looked at the page. No page can send this header to another site than its own.
  const bool looked_at = h.has(forwarded_header) && !from_a_page;
  const bool asked =
      (!looked_at && kind == Credentials::Kind::session) || (kind == Credentials::Kind::none && from_a_page);
  if (asked && !origin_is_ours(h, options_.own_origin)) {
    incoming.problem({.code = "origin_refused", .detail = "A change by cookie must come from our own pages."});
    return false;
  }
  const bool bytes = incoming.route->body.empty();
  if (bytes || incoming.request.body.empty()) return true;
  if (media_type(h.find("Content-Type")) == "application/json") return true;
  incoming.problem({.code = "unsupported_media_type", .detail = "Send application/json.", .field = "Content-Type"});
  return false;
}

std::expected<std::shared_ptr<void>, HttpResponse> Router::admit(const HttpRequest& head) const {
  const auto found = find(head.method, head.path);
  if (found.route == nullptr) return nullptr;
  const auto& admission = admissions_[static_cast<std::size_t>(found.route->operation)];
  if (!admission) return nullptr;
  const auto answer = std::make_shared<KeptAnswer>();
  Incoming incoming(*found.route, head, Responder(answer));
  incoming.path = found.path;
  incoming.language = language_of(head.headers.find("Accept-Language"));
  if (knows_parameters(incoming) && read_headers(incoming) && may_change(incoming))
    if (auto admitted = admission(incoming)) return admitted;
  if (options_.measure) options_.measure(found.route, Responder(std::make_shared<KeptAnswer>())).respond(answer->kept);
  return std::unexpected(std::move(answer->kept));
}

void Router::serve(HttpRequest request, Responder responder) const {
  auto found = find(request.method, request.path);
  if (!found.path_known && request.path.starts_with(base) && request.path.size() > base.size()) {
    // What operators ask answers under both. Nothing of ours has two names besides: a proxy's rules go by paths.
    const auto rest = std::string_view(request.path).substr(base.size());
    if (!is_of_interface(rest)) found = find(request.method, rest);
  }
  if (options_.measure) responder = options_.measure(found.route, std::move(responder));
  const auto language = language_of(request.headers.find("Accept-Language"));
  if (found.route == nullptr) {
    if (found.path_known) {
      auto response = problem_response({.code = "method_not_allowed"}, language);
      response.headers.push_back({"Allow", std::string(found.allow)});
      responder.respond(std::move(response));
    } else if (options_.pages && !is_of_interface(request.path)) {
      options_.pages(std::move(request), std::move(responder));
    } else {
      responder.respond(problem_response({.code = "not_found", .detail = "There is no such address."}, language));
    }
    return;
  }
  auto incoming = std::make_shared<Incoming>(*found.route, std::move(request), std::move(responder));
  incoming->path = std::move(found.path);
  incoming->language = language;
  if (!knows_parameters(*incoming) || !read_headers(*incoming)) return;
  if (incoming->route->method == Method::post && !may_change(*incoming)) return;
  carry_out(incoming);
}

void Router::carry_out(const IncomingPointer& incoming) const {
  const auto& handler = handlers_[static_cast<std::size_t>(incoming->route->operation)];
  if (!handler) return incoming->problem({.code = "not_implemented"});
  try {
    handler(incoming);
  } catch (const std::exception&) {
    incoming->problem({.code = "internal"});  // dropped if it has been answered
  }
}

}  // namespace pioneer::api::http
