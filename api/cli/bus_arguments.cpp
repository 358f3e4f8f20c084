#include "api/cli/bus_arguments.hpp"

#include <string>

#include "api/cli/where.hpp"

namespace pioneer::cli {
namespace {

void add_place(CLI::App& command, BusPlace& bus) {
  command.add_option("--bus", bus.address, "tcp://HOST:PORT")->required()->envname("PIONEER_BUS");
  command.add_option("--server-key", bus.server_key, "the server's public key, or a file with it")
      ->required()
      ->envname("PIONEER_BUS_SERVER_KEY");
  command.add_option("--key", bus.key, "NAME of our own pair, in NAME.key_secret")
      ->required()
      ->envname("PIONEER_BUS_KEY");
}

}  // namespace

void add_bus(CLI::App& app, bool& elsewhere, std::function<Exit(const Place&)>& chosen) {
  auto& bus =
      *app.add_subcommand("bus", "Commands, queries and events as other programs have them")->require_subcommand(1);
  const auto over = [](std::string_view what) { return std::string(what) + " " + std::string(over_bus); };
  static BusCallOptions called;
  auto& c = *bus.add_subcommand("call", over("One command or query"));
  add_place(c, called.bus);
  c.add_option("OPERATION", called.operation, "its operationId in the OpenAPI document, such as place_claim")
      ->required();
  c.add_option("--body", called.body, "of a command: its message, in JSON")->capture_default_str();
  c.add_option("--set", called.parameters, "NAME=VALUE, of the operation's path or query; may be repeated");
  c.add_option("--idempotency-key", called.idempotency_key, "a UUID or ULID: sent again, it takes effect once");
  c.add_option("--position", called.position, "a query waits until this is projected");
  c.callback([&] {
    elsewhere = true;
    chosen = [](const Place& p) { return call_over_bus(p, called); };
  });
  static BusFollowOptions followed;
  auto& f = *bus.add_subcommand("follow", over("Accepted events, a line of JSON for each commit, as they come"));
  add_place(f, followed.bus);
  f.add_option("--from", followed.from, "the first position; else from now on");
  f.add_option("--organisation", followed.organisation, "it and all below: an id or a code");
  f.add_option("--stream", followed.stream, "one stream, such as product/ID");
  f.add_option("--kind", followed.kind, "streams of this kind: request, product, …");
  f.add_option("--type", followed.types, "events of this type, such as ClaimPlaced; may be repeated");
  f.add_option("--limit", followed.limit, "commits, then it ends; else it goes on");
  f.callback([&] {
    elsewhere = true;
    chosen = [](const Place& p) { return follow_over_bus(p, followed); };
  });
  static std::string name;
  auto& k = *bus.add_subcommand("key", "Make a program's key pair, NAME.key and NAME.key_secret " + std::string(alone));
  k.add_option("NAME", name, "of the two files, without their ends")->required();
  k.callback([&] {
    elsewhere = true;
    chosen = [](const Place& p) { return make_bus_key(p, name); };
  });
}

}  // namespace pioneer::cli
