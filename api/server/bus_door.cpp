#include "api/server/bus_door.hpp"

#include <google/protobuf/stubs/logging.h>

#include <utility>

#include "adapters/posix/disk.hpp"
#include "adapters/zeromq/bus_keys.hpp"
#include "adapters/zeromq/bus_server.hpp"
#include "api/bus/dispatcher.hpp"

namespace pioneer::server {

namespace zeromq = adapters::zeromq;

struct BusDoor::Parts {
  Parts(const api::http::Router& router, api::BusSetting told, std::string clients)
      : setting(std::move(told)), dispatcher(router), admitted(disk, std::move(clients)) {}
  const api::BusSetting setting;
  adapters::posix::PosixDisk disk;
  api::BusKeyPair keys;
  api::bus::Dispatcher dispatcher;
  zeromq::AdmittedKeys admitted;
  std::unique_ptr<api::BusServer> server = zeromq::make_bus_server();
};

BusDoor::BusDoor(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

BusDoor::~BusDoor() { stop(); }

eventstore::Result<std::unique_ptr<BusDoor>> BusDoor::make(const std::string& directory, const api::BusSetting& setting,
                                                           const api::http::Router& router) {
  const auto clients = setting.keys.empty() ? directory + "/keys/bus-clients" : setting.keys;
  // The library complains on stderr of each message that is none: whoever sends many would fill the operator's log.
  google::protobuf::SetLogHandler(nullptr);
  auto parts = std::make_unique<Parts>(router, setting, clients);
  auto keys = zeromq::settle_bus_keys(parts->disk, directory + "/keys");
  if (!keys) return std::unexpected(keys.error());
  parts->keys = std::move(*keys);
  // A list that cannot be read admits nobody: its operator shall learn that now.
  if (const auto listed = zeromq::read_admitted(parts->disk, clients); !listed) return std::unexpected(listed.error());
  return std::unique_ptr<BusDoor>(new BusDoor(std::move(parts)));
}

eventstore::Result<void> BusDoor::start(const Tell& tell) {
  const auto& listen = parts_->setting.listen;
  const auto started = parts_->server->start(
      listen, parts_->keys, [&admitted = parts_->admitted](std::string_view key) { return admitted.has(key); },
      [&dispatcher = parts_->dispatcher](const api::BusArrival& arrival, std::shared_ptr<api::BusReturn> back) {
        dispatcher.take(arrival, std::move(back));
      });
  if (!started) return eventstore::failure("cannot_listen", started.error());
  const auto host = listen.substr(0, listen.rfind(':'));
  if (tell)
    tell("the bus listens on " + host + ":" + std::to_string(parts_->server->port()) + ", with the key " +
         parts_->keys.public_key);
  return {};
}

std::size_t BusDoor::open() const { return parts_->server->open(); }

void BusDoor::stop() { parts_->server->stop(); }

}  // namespace pioneer::server
