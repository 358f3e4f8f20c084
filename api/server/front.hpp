// The HTTP side of a deployment: routes, handlers, live events and the server that carries them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/http/forwarding.hpp"
#include "api/ports/http.hpp"
#include "api/ports/settings.hpp"
#include "api/server/deployment.hpp"

namespace pioneer::server {

class Front {
 public:
  /// The deployment is started and outlives the front. Errors: "cannot_listen", "routes_unhandled", "bad_web",
  /// "bad_map", and what opening the checkpoints fails with.
  /// `tell` gets a sentence for an operator at a time, from any thread.
  using Tell = std::function<void(const std::string&)>;
  /// Where the node is that writes; outlives the front. Absent: this one does.
  using Owner = std::function<api::http::Forwarding::Owner()>;
  static eventstore::Result<std::unique_ptr<Front>> start(Deployment& deployment, const api::Settings& settings,
                                                          const Tell& tell = {}, Owner owner = {});
  /// Stops, if it did not yet.
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  std::uint16_t port() const;
  /// Takes no more requests, lets open ones end. Answers that the node still owes come here afterwards: the front must
  /// stay until the deployment has stopped.
  void stop();

 private:
  struct Parts;
  static node::Projector::Listener followed(const Parts& parts, const node::Node& node);
  static std::string blocked(const Parts& parts);
  static void make_router(Parts& parts, const api::Settings& settings);
  static void watch_queues(Parts& parts, const node::Node& node);
  static eventstore::Result<void> open_pages(Parts& parts, const api::Settings& settings);
  static void give_page(Parts& parts, const api::HttpRequest& request, const api::Responder& responder);
  static eventstore::Result<void> open_signing(Parts& parts, Deployment& deployment, const api::Settings& settings,
                                               const Tell& tell);
  static eventstore::Result<void> listen(Parts& p, Deployment& deployment, const api::Settings& settings,
                                         const Tell& tell);
  static void forward(Parts& parts, Owner owner);
  static void open_past(Parts& parts, Deployment& deployment);
  explicit Front(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pioneer::server
