// Which programs the bus of a deployment admits: a list of public keys, which a running server reads again by itself.
#include "adapters/zeromq/bus_keys.hpp"

#include <algorithm>

#include "adapters/posix/disk.hpp"
#include "api/cli/bus.hpp"
#include "api/cli/json.hpp"

namespace pioneer::cli {
namespace {

namespace zeromq = adapters::zeromq;

std::string list_of(const Place& place) { return place.data + "/keys/bus-clients"; }

bool is_of(const zeromq::AdmittedKey& one, const std::string& key, const std::string& name) {
  return one.key == key || (!one.name.empty() && one.name == name);
}

}  // namespace

Exit make_bus_key(const Place& place, const std::string& name) {
  adapters::posix::PosixDisk disk;
  const auto keys = zeromq::make_bus_keys();
  if (const auto written = zeromq::write_bus_keys(disk, name, keys); !written) return fail(written.error());
  if (place.json) {
    say(JsonObject().text("key", keys.public_key).str());
    return Exit::done;
  }
  say("Wrote " + name + ".key, to be admitted (pioneer keys bus allow), and " + name + ".key_secret, to be kept.");
  say("key  " + keys.public_key);
  return Exit::done;
}

Exit show_bus_key(const Place& place) {
  adapters::posix::PosixDisk disk;
  const auto keys = zeromq::settle_bus_keys(disk, place.data + "/keys");
  if (!keys) return fail(keys.error());
  say(place.json ? JsonObject().text("key", keys->public_key).str() : keys->public_key);
  return Exit::done;
}

Exit list_bus_clients(const Place& place) {
  adapters::posix::PosixDisk disk;
  const auto keys = zeromq::read_admitted(disk, list_of(place));
  if (!keys) return fail(keys.error());
  JsonArray items;
  for (const auto& [key, name] : *keys) {
    if (!place.json) say(key + "  " + name);
    items.add(JsonObject().text("key", key).text("name", name).str());
  }
  if (place.json) say(JsonObject().raw("items", items.str()).str());
  return Exit::done;
}

Exit allow_bus_client(const Place& place, const BusClientOptions& options) {
  adapters::posix::PosixDisk disk;
  if (options.name.find_first_of("\r\n") != std::string::npos) return fail(Exit::usage, "A name is one line.");
  const auto key = zeromq::public_key_of(disk, options.key);
  if (!key) return fail(key.error());
  auto keys = zeromq::read_admitted(disk, list_of(place));
  if (!keys) return fail(keys.error());
  if (std::ranges::find(*keys, *key, &zeromq::AdmittedKey::key) != keys->end()) {
    say("It was admitted already.");
    return Exit::done;
  }
  if (keys->size() == zeromq::admitted_max) return fail(Exit::no, "The list is full. Remove who comes no more.");
  keys->push_back({*key, options.name});
  if (const auto written = zeromq::write_admitted(disk, list_of(place), *keys); !written) return fail(written.error());
  say("Admitted " + *key + (options.name.empty() ? "" : " (" + options.name + ")") +
      ". A running server knows it in a second.");
  return Exit::done;
}

Exit remove_bus_client(const Place& place, const BusClientOptions& options) {
  adapters::posix::PosixDisk disk;
  const auto named = zeromq::public_key_of(disk, options.key);
  auto keys = zeromq::read_admitted(disk, list_of(place));
  if (!keys) return fail(keys.error());
  const auto removed =
      std::erase_if(*keys, [&](const auto& one) { return is_of(one, named ? *named : std::string(), options.key); });
  if (removed == 0) return fail(Exit::no, "No such program is admitted. `pioneer keys bus list` lists all.");
  if (const auto written = zeromq::write_admitted(disk, list_of(place), *keys); !written) return fail(written.error());
  say("Removed. A running server refuses it in a second.");
  return Exit::done;
}

}  // namespace pioneer::cli
