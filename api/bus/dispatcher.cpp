#include "api/bus/dispatcher.hpp"

#include <algorithm>
#include <expected>
#include <optional>
#include <vector>

#include "api/bus/answers.hpp"
#include "api/bus/operations.hpp"
#include "api/http/headers.hpp"
#include "api/http/json.hpp"
#include "api/text/address.hpp"

namespace pioneer::api::bus {
namespace {

using Parameters = google::protobuf::RepeatedPtrField<BusParameter>;

/// Ended subscriptions that may be remembered.
constexpr std::size_t ended_max = 4096;

void refuse(BusReturn& back, const BusRequest& request, const http::Problem& problem) {
  back.send(problem_answer(request.id(), problem, http::language_of(request.language())).SerializeAsString());
}

/// What every request carries beside what it asks.
HttpRequest begun(const BusRequest& request, const BusArrival& arrival) {
  HttpRequest out;
  out.peer = arrival.key;
  if (!request.token().empty()) out.headers.add("Authorization", "Bearer " + request.token());
  if (!request.language().empty()) out.headers.add("Accept-Language", request.language());
  if (request.has_position()) out.headers.add("Pioneer-Position", std::to_string(request.position()));
  return out;
}

const std::string* value_of(const Parameters& parameters, std::string_view name) {
  const auto found = std::ranges::find_if(parameters, [name](const BusParameter& p) { return p.name() == name; });
  return found == parameters.end() || found->value().empty() ? nullptr : &found->value();
}

/// The address, with the values of the pattern's {…}; what is left of them goes into the query. The error is the name
/// of one that is missing.
std::expected<void, std::string_view> address(const http::Route& route, const Parameters& parameters,
                                              HttpRequest& into) {
  std::vector<std::string_view> used;
  for (auto rest = route.pattern; !rest.empty();) {
    const auto open = std::min(rest.find('{'), rest.size());
    into.path.append(rest.substr(0, open));
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const auto close = rest.find('}');
    const auto name = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    const auto* value = value_of(parameters, name);
    if (value == nullptr) return std::unexpected(name);
    used.push_back(name);
    if (!route.rest || !rest.empty()) {
      into.path += percent_encoded(*value);
      continue;
    }
    // The last one of such a pattern takes slashes as they are.
    for (std::size_t at = 0; at <= value->size();) {
      const auto slash = std::min(value->find('/', at), value->size());
      into.path += (at == 0 ? "" : "/") + percent_encoded(std::string_view(*value).substr(at, slash - at));
      at = slash + 1;
    }
  }
  for (const auto& parameter : parameters)
    if (std::ranges::find(used, parameter.name()) == used.end())
      into.query.emplace_back(parameter.name(), parameter.value());
  return {};
}

/// The call's message as the JSON that the operation reads. False: the client has been told what is wrong.
bool read_body(const BusRequest& request, const http::Route& route, BusReturn& back, HttpRequest& into) {
  const auto& body = request.call().body();
  if (route.method == http::Method::get) {
    if (body.empty()) return true;
    refuse(back, request, {.code = "malformed_message", .detail = "This operation takes no body.", .field = "body"});
    return false;
  }
  const auto message = new_message(route.body);
  if (!message->ParseFromString(body)) {
    const auto sentence = "The body is no " + std::string(route.body) + ".";
    refuse(back, request, {.code = "malformed_message", .detail = sentence, .field = "body"});
    return false;
  }
  if (!knows_all_of(*message)) {
    refuse(back, request, {.code = "unknown_field", .detail = "The body has a field of another version."});
    return false;
  }
  into.headers.add("Content-Type", "application/json");
  into.body = http::to_json(*message);
  return true;
}

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

}  // namespace

void Dispatcher::take(const BusArrival& arrival, std::shared_ptr<BusReturn> back) {
  BusRequest request;
  const bool read = request.ParseFromString(arrival.message) && knows_all_of(request);
  switch (arrival.flaw) {
    case BusFlaw::none:
      break;
    case BusFlaw::frames:
      return refuse(*back, request, {.code = "too_many_frames", .detail = "Send a message as one frame."});
    case BusFlaw::refused:
      return refuse(*back, request, {.code = "forbidden", .detail = "This program's key is no longer admitted."});
    case BusFlaw::skipped:
      return refuse(*back, request,
                    {.code = "busy", .detail = "Some messages were not taken: none of their answers was read."});
    case BusFlaw::busy:
      if (read && request.has_end()) break;  // makes room
      return refuse(*back, request, {.code = "busy", .detail = "Wait for answers, and read them.", .retry_after_s = 1});
  }
  if (!read) return refuse(*back, request, {.code = "malformed_message", .detail = "Send a BusRequest."});
  switch (request.what_case()) {
    case BusRequest::kCall:
      return call(request, arrival, std::move(back));
    case BusRequest::kSubscribe:
      return subscribe(request, arrival, std::move(back));
    case BusRequest::kEnd:
      return end(request, arrival, back);
    case BusRequest::WHAT_NOT_SET:
      return refuse(*back, request, {.code = "malformed_message", .detail = "It asks for nothing."});
  }
}

void Dispatcher::call(const BusRequest& request, const BusArrival& arrival, std::shared_ptr<BusReturn> back) const {
  const auto& call = request.call();
  const auto* route = operation_named(call.operation());
  if (route == nullptr)
    return refuse(*back, request,
                  {.code = "unknown_operation",
                   .detail = "No operation of this name is offered here. /api/openapi.json lists them.",
                   .field = "operation"});
  auto asked = begun(request, arrival);
  asked.method = route->method == http::Method::post ? "POST" : "GET";
  if (const auto addressed = address(*route, call.parameters(), asked); !addressed)
    return refuse(*back, request, {.code = "missing", .field = addressed.error()});
  if (!read_body(request, *route, *back, asked)) return;
  if (!call.idempotency_key().empty()) asked.headers.add("Idempotency-Key", call.idempotency_key());
  if (call.has_expected_revision()) asked.headers.add("If-Match", http::etag(call.expected_revision()));
  if (!call.receipt().empty()) asked.headers.add("Pioneer-Receipt", call.receipt());
  router_.serve(std::move(asked), Responder(std::make_shared<CallAnswer>(request.id(), *route, std::move(back))));
}

void Dispatcher::subscribe(const BusRequest& request, const BusArrival& arrival, std::shared_ptr<BusReturn> back) {
  forget_ended();
  auto& place = subscriptions_[{arrival.peer, request.id()}];
  if (const auto runs = place.lock(); runs && !runs->closed())
    return refuse(*back, request,
                  {.code = "malformed_message", .detail = "A subscription of this id runs.", .field = "id"});
  const auto& wanted = request.subscribe();
  auto asked = begun(request, arrival);
  asked.method = "GET";
  asked.path = http::route_of(http::Operation::get_events).pattern;
  const auto add = [&asked](std::string_view name, std::string value) {
    if (!value.empty()) asked.query.emplace_back(name, std::move(value));
  };
  add("organisation", wanted.organisation());
  add("stream", wanted.stream());
  add("kind", wanted.kind());
  add("types", joined(wanted.types()));
  // A listener names the last one it has; the first of a log is never a command's.
  if (wanted.has_from())
    asked.headers.add("Last-Event-ID", std::to_string(std::max<std::uint64_t>(wanted.from(), 1) - 1));
  const auto answer = std::make_shared<SubscriptionAnswer>(request.id(), http::language_of(request.language()), frames_,
                                                           std::move(back));
  place = answer->subscription();
  router_.serve(std::move(asked), Responder(answer));
}

void Dispatcher::end(const BusRequest& request, const BusArrival& arrival, const std::shared_ptr<BusReturn>& back) {
  const auto found = subscriptions_.find({arrival.peer, request.id()});
  const auto runs = found == subscriptions_.end() ? nullptr : found->second.lock();
  if (!runs || runs->closed())
    return refuse(*back, request, {.code = "not_found", .detail = "No subscription of this id runs.", .field = "id"});
  runs->close();
  subscriptions_.erase(found);
}

void Dispatcher::forget_ended() {
  if (subscriptions_.size() < ended_max) return;
  std::erase_if(subscriptions_, [](const auto& one) {
    const auto runs = one.second.lock();
    return !runs || runs->closed();
  });
}

}  // namespace pioneer::api::bus
