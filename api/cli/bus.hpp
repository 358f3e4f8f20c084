// `pioneer bus` and `pioneer keys bus`: another program's end of the bus, and which programs a server admits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/cli/commands.hpp"

namespace pioneer::cli {

/// Where the bus is, and who comes. The person is the one of `Place::token`.
struct BusPlace {
  std::string address;     ///< tcp://HOST:PORT
  std::string server_key;  ///< its public key, or a file with it
  std::string key;         ///< NAME of our own pair's files, NAME.key_secret
};

struct BusCallOptions {
  BusPlace bus;
  std::string operation;
  std::string body = "{}";              ///< JSON
  std::vector<std::string> parameters;  ///< NAME=VALUE
  std::string idempotency_key;
  std::string position;  ///< a query waits for it
};
Exit call_over_bus(const Place& place, const BusCallOptions& options);

struct BusFollowOptions {
  BusPlace bus;
  std::string from;  ///< a position; empty: from now on
  std::string organisation;
  std::string stream;
  std::string kind;
  std::vector<std::string> types;
  std::uint64_t limit = 0;  ///< commits; 0: until it is ended
};
Exit follow_over_bus(const Place& place, const BusFollowOptions& options);

/// NAME.key and NAME.key_secret.
Exit make_bus_key(const Place& place, const std::string& name);

struct BusClientOptions {
  std::string key;   ///< a public key, a file with one, or the name in the list
  std::string name;  ///< of a new one in the list
};
Exit show_bus_key(const Place& place);
Exit list_bus_clients(const Place& place);
Exit allow_bus_client(const Place& place, const BusClientOptions& options);
Exit remove_bus_client(const Place& place, const BusClientOptions& options);

}  // namespace pioneer::cli
