// The reference client of the bus: what any program can do over it, from the command line.
#include "api/cli/bus.hpp"

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

#include "adapters/posix/disk.hpp"
#include "adapters/zeromq/bus_client.hpp"
#include "adapters/zeromq/bus_keys.hpp"
#include "api/bus/operations.hpp"
#include "api/cli/json.hpp"
#include "api/http/headers.hpp"
#include "api/http/json.hpp"
#include "api/messages/bus.pb.h"

namespace pioneer::cli {
namespace {

namespace zeromq = adapters::zeromq;
using Connected = std::expected<std::unique_ptr<api::BusClient>, Exit>;

/// A handshake takes a few milliseconds, a refused one as long as one cares to wait.
constexpr std::uint32_t connect_ms = 5'000;
/// An answer: a command may wait for a busy disk.
constexpr std::uint32_t answer_ms = 60'000;
/// A server that has nothing to say says so every 15 seconds.
constexpr std::uint32_t silence_ms = 45'000;
/// A server that restarts is waited for.
constexpr std::uint32_t restart_ms = 120'000;

Connected connect(const BusPlace& bus) {
  adapters::posix::PosixDisk disk;
  const auto server_key = zeromq::public_key_of(disk, bus.server_key);
  if (!server_key) return std::unexpected(fail(server_key.error()));
  const auto keys = zeromq::read_bus_keys(disk, bus.key);
  if (!keys) return std::unexpected(fail(keys.error()));
  auto client = zeromq::connect_bus(bus.address, *server_key, *keys);
  if (!client) return std::unexpected(fail(Exit::usage, client.error()));
  return std::move(*client);
}

bool send(const BusPlace& bus, api::BusClient& client, const api::BusRequest& request,
          std::uint32_t wait_ms = connect_ms) {
  if (client.send(request.SerializeAsString(), wait_ms)) return true;
  complain("Nobody lets us in at " + bus.address +
           ": no server listens there, it has another key, or it does not admit ours (pioneer keys bus allow).");
  return false;
}

Exit fail_as(const api::ProblemView& problem) {
  const bool unreachable = problem.status() >= 500 || problem.status() == 429;
  const auto field = problem.field().empty() ? "" : " (" + problem.field() + ")";
  return fail(unreachable ? Exit::could_not_run : Exit::no,
              ended(problem.detail()) + " [" + problem.code() + "]" + field);
}

/// Nothing: it is no number.
bool read_position(const std::string& text, const std::function<void(std::uint64_t)>& into) {
  if (text.empty()) return true;
  const auto number = api::http::whole_number(text);
  if (number) into(*number);
  return number.has_value();
}

/// The call as its operation wants it. The error is a sentence.
std::expected<api::BusRequest, std::string> request_of(const Place& place, const BusCallOptions& options) {
  api::BusRequest request;
  request.set_id(1);
  request.set_token(place.token);
  auto& call = *request.mutable_call();
  call.set_operation(options.operation);
  call.set_idempotency_key(options.idempotency_key);
  const auto* route = api::bus::operation_named(options.operation);
  if (route == nullptr)
    return std::unexpected("There is no operation " + options.operation +
                           " on the bus. The OpenAPI document names them.");
  if (route->method == api::http::Method::post) {
    const auto message = api::bus::new_message(route->body);
    if (const auto read = api::http::from_json(options.body, *message); !read)
      return std::unexpected("The body is no " + std::string(route->body) + ": " + read.error().sentence +
                             (read.error().field.empty() ? "" : " (" + read.error().field + ")"));
    message->SerializeToString(call.mutable_body());
  }
  for (const auto& parameter : options.parameters) {
    const auto equals = parameter.find('=');
    if (equals == std::string::npos || equals == 0)
      return std::unexpected("--set takes NAME=VALUE; found " + parameter + ".");
    auto& one = *call.add_parameters();
    one.set_name(parameter.substr(0, equals));
    one.set_value(parameter.substr(equals + 1));
  }
  if (!read_position(options.position, [&](std::uint64_t position) { request.set_position(position); }))
    return std::unexpected("A position is a whole number.");
  return request;
}

Exit show(const Place& place, const api::http::Route& route, const api::BusView& view) {
  if (view.message().empty()) {
    std::fwrite(view.content().data(), 1, view.content().size(), stdout);
    return Exit::done;
  }
  // The answer is its operation's, whatever it says that it is.
  const auto message = api::bus::new_message(route.view);
  if (view.message() != route.view || !message->ParseFromString(view.content()))
    return fail(Exit::could_not_run, "The server's answer is of another version. Use its own pioneer.");
  say_json(place, api::http::to_json(*message));
  return Exit::done;
}

/// What is asked for is the same each time, but for where it begins.
class Following {
 public:
  Following(const Place& place, const BusFollowOptions& options, api::BusClient& client)
      : options_(options), client_(client) {
    request_.set_id(1);
    request_.set_token(place.token);
    auto& wanted = *request_.mutable_subscribe();
    wanted.set_organisation(options.organisation);
    wanted.set_stream(options.stream);
    wanted.set_kind(options.kind);
    for (const auto& type : options.types) wanted.add_types(type);
  }

  Exit run() {
    if (!read_position(options_.from, [this](std::uint64_t from) { request_.mutable_subscribe()->set_from(from); }))
      return fail(Exit::usage, "--from is a position, a whole number.");
    if (!send(options_.bus, client_, request_)) return Exit::could_not_run;
    while (true) {
      const auto message = client_.receive(silence_ms);
      if (!message) {  // the connection is made anew by itself; the subscription is not
        if (!subscribe_again()) return Exit::could_not_run;
        continue;
      }
      api::BusAnswer answer;
      if (!answer.ParseFromString(*message))
        return fail(Exit::could_not_run, "The server's answer is of another version. Use its own pioneer.");
      if (const auto exit = take(answer)) return *exit;
    }
  }

 private:
  bool subscribe_again() {
    request_.set_id(request_.id() + 1);
    return send(options_.bus, client_, request_, restart_ms);
  }

  std::optional<Exit> take(const api::BusAnswer& answer) {
    if (answer.id() != request_.id()) return std::nullopt;  // of a subscription before
    if (answer.has_position()) request_.mutable_subscribe()->set_from(answer.position() + 1);
    if (answer.has_events()) {
      say(api::http::to_json(answer.events()));
      std::fflush(stdout);
      if (++told_ == options_.limit) return Exit::done;
    }
    const bool slow = answer.has_problem() && answer.problem().code() == "slow";
    if (answer.has_ended() || slow) {
      if (!subscribe_again()) return Exit::could_not_run;
    } else if (answer.has_problem()) {
      return fail_as(answer.problem());
    }
    return std::nullopt;
  }

  const BusFollowOptions& options_;
  api::BusClient& client_;
  api::BusRequest request_;
  std::uint64_t told_ = 0;
};

}  // namespace

Exit call_over_bus(const Place& place, const BusCallOptions& options) {
  const auto request = request_of(place, options);
  if (!request) return fail(Exit::usage, request.error());
  auto client = connect(options.bus);
  if (!client) return client.error();
  if (!send(options.bus, **client, *request)) return Exit::could_not_run;
  const auto message = (*client)->receive(answer_ms);
  if (!message) return fail(Exit::could_not_run, message.error());
  api::BusAnswer answer;
  if (!answer.ParseFromString(*message))
    return fail(Exit::could_not_run, "The server's answer is of another version. Use its own pioneer.");
  return answer.has_view() ? show(place, *api::bus::operation_named(options.operation), answer.view())
                           : fail_as(answer.problem());
}

Exit follow_over_bus(const Place& place, const BusFollowOptions& options) {
  auto client = connect(options.bus);
  if (!client) return client.error();
  return Following(place, options, **client).run();
}

}  // namespace pioneer::cli
