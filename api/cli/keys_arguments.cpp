#include "api/cli/keys_arguments.hpp"

#include "api/cli/bus.hpp"

namespace pioneer::cli {
namespace {

void add_bus_keys(CLI::App& keys, std::function<Exit(const Place&)>& chosen) {
  auto& bus = *keys.add_subcommand("bus", "Which programs the bus admits (--data only)")->require_subcommand(1);
  bus.add_subcommand("show", "The server's public key; made where there is none")->callback([&chosen] {
    chosen = show_bus_key;
  });
  bus.add_subcommand("list", "Who is admitted")->callback([&chosen] { chosen = list_bus_clients; });
  static BusClientOptions allowed;
  auto& a = *bus.add_subcommand("allow", "Admit a program; a running server knows it in a second");
  a.add_option("KEY", allowed.key, "its public key, or the file NAME.key")->required();
  a.add_option("--name", allowed.name, "what it is, for the list");
  a.callback([&chosen] { chosen = [](const Place& p) { return allow_bus_client(p, allowed); }; });
  static BusClientOptions removed;
  auto& r = *bus.add_subcommand("remove", "Admit it no more; a running server refuses it in a second");
  r.add_option("KEY", removed.key, "its public key, a file with it, or its name in the list")->required();
  r.callback([&chosen] { chosen = [](const Place& p) { return remove_bus_client(p, removed); }; });
}

}  // namespace

void add_keys(CLI::App& app, std::function<Exit(const Place&)>& chosen) {
  auto& keys =
      *app.add_subcommand("keys", "The log's signing key, and the keyring (--data only)")->require_subcommand(1);
  static KeysOptions options;
  auto& show = *keys.add_subcommand("show", "How many keys there are, and the log's verifier key");
  show.add_flag("--verifier", options.verifier, "the verifier key only");
  show.add_flag("--history", options.history, "all verifier keys that signed, from when to when");
  show.add_option("--name", options.name,
                  "the log's name in its verifier key; counts only the first time, when the key is made");
  show.callback([&chosen] { chosen = [](const Place& p) { return show_keys(p, options); }; });
  static RotateOptions rotated;
  auto& rotate = *keys.add_subcommand(
      "rotate", "A new signing key, while no server runs: both sign until --end, the log's name stays");
  rotate.add_flag("--end", rotated.end, "forget the key that was before");
  rotate.callback([&chosen] { chosen = [](const Place& p) { return rotate_key(p, rotated); }; });
  add_bus_keys(keys, chosen);
}

}  // namespace pioneer::cli
