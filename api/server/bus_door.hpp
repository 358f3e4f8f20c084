// The bus of a deployment: who is admitted, the socket, and the way from it to the router of the front. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/http/router.hpp"
#include "api/ports/settings.hpp"
#include "eventstore/error.hpp"

namespace pioneer::server {

class BusDoor {
 public:
  using Tell = std::function<void(const std::string&)>;
  /// The router outlives it. `directory` is the deployment's: the server's keys stand in its keys/. Errors: those of
  /// the keys.
  static eventstore::Result<std::unique_ptr<BusDoor>> make(const std::string& directory, const api::BusSetting& setting,
                                                           const api::http::Router& router);
  ~BusDoor();
  BusDoor(const BusDoor&) = delete;
  BusDoor& operator=(const BusDoor&) = delete;

  /// Tells where it listens, and its public key. Error: "cannot_listen".
  eventstore::Result<void> start(const Tell& tell);
  /// Calls and subscriptions that are open. Any thread.
  std::size_t open() const;
  /// Takes no more. What the node still owes then leads nowhere.
  void stop();

 private:
  struct Parts;
  explicit BusDoor(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pioneer::server
