// From a message of the bus to the router of the HTTP API, and back: the same operations with the same handlers,
// permissions and problems, in protobuf's clothes. There is no list of commands here: the table of routes is it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "api/bus/subscription.hpp"
#include "api/http/router.hpp"
#include "api/messages/bus.pb.h"
#include "api/ports/bus.hpp"

namespace pioneer::api::bus {

/// The router outlives it. One thread calls; answers leave from any.
class Dispatcher {
 public:
  explicit Dispatcher(const http::Router& router) : router_(router) {}
  /// For BusServer::start.
  void take(const BusArrival& arrival, std::shared_ptr<BusReturn> back);

 private:
  void call(const BusRequest& request, const BusArrival& arrival, std::shared_ptr<BusReturn> back) const;
  void subscribe(const BusRequest& request, const BusArrival& arrival, std::shared_ptr<BusReturn> back);
  void end(const BusRequest& request, const BusArrival& arrival, const std::shared_ptr<BusReturn>& back);
  void forget_ended();

  const http::Router& router_;
  const std::shared_ptr<FrameReader> frames_ = std::make_shared<FrameReader>();
  /// By connection and the client's id. What has ended is forgotten when more come.
  std::map<std::pair<std::string, std::uint64_t>, std::weak_ptr<Subscription>> subscriptions_;
};

}  // namespace pioneer::api::bus
