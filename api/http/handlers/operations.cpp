// What operators ask: health, readiness, version, measurements, the document of the API.
#include <algorithm>
#include <array>

#include "api/http/handlers/service.hpp"
#include "api/http/json.hpp"
#include "api/messages/commands.pb.h"
#include "api/messages/views.pb.h"
#include "domain/authorisation/authorisation.hpp"

namespace pioneer::api::http {
namespace {

ReadyView ready_view(const Service& service, const node::Readiness& now) {
  ReadyView view;
  view.set_ready(now.ready);
  view.set_engine(service.engine);
  view.set_durability(service.durability);
  view.set_position(now.position.value);
  if (!now.reason.empty()) view.set_reason(now.reason);
  if (service.cosignatures != nullptr) show_witnessed(service, *view.mutable_witnessed());
  return view;
}

void ready(const Service& service, const Incoming& incoming) {
  const auto now = service.node.readiness();
  const auto view = ready_view(service, now);
  HttpResponse response{.status = now.ready ? 200U : 503U,
                        .content_type = "application/json",
                        .fixed = public_headers,
                        .body = to_json(view)};
  if (!now.ready) response.headers.push_back({"Retry-After", "5"});
  incoming.responder.respond(std::move(response));
}

/// Whether this process is worth keeping: not once it will never write again. What passes by itself, or needs an
/// operator rather than a restart, is readiness's to tell. Asks no disk and waits for nobody.
void health(const Service& service, const Incoming& incoming) {
  static constexpr std::array restart_cures_nothing{"",
                                                    "disk_full",
                                                    "clock_jumped",
                                                    "clock_behind_log",
                                                    "read_only",
                                                    "stopping",
                                                    "newer_feature_level",
                                                    "taking_over",
                                                    eventstore::broker_unreachable,
                                                    eventstore::log_forked};
  const auto reason = service.node.readiness().reason;
  if (std::ranges::none_of(restart_cures_nothing, [&](const char* one) { return reason == one; })) {
    return incoming.problem({.code = reason == "projection_stopped" ? "projection_stopped" : "sync_failed",
                             .detail = "This process will not write again; restart it."});
  }
  auto stuck = service.node.stuck();
  if (stuck.empty() && service.stuck) stuck = service.stuck();
  if (!stuck.empty()) {
    return incoming.problem({.code = "stuck", .detail = "It has not moved for half a minute: " + stuck + "."});
  }
  HealthView view;
  view.set_status("ok");
  incoming.view(view);
}

/// For an administrator of a root: the log is everybody's. It changes nothing in the log, so it goes past the Writer.
void confirm_clock(const Service& service, const Incoming& incoming) {
  EmptyBody body;
  if (!incoming.read_body(body)) return;
  const auto caller = identify(service, incoming);
  if (!caller) return;
  const auto may = service.node.projector().with_community([&](const node::Community& community) {
    domain::Decided<domain::Id> best =
        authorise(domain::Action::confirm_clock, caller->actor, domain::Relation::none, {}, community.directory);
    for (const auto& root : community.directory.roots())
      if (!best)
        best =
            authorise(domain::Action::confirm_clock, caller->actor, domain::Relation::none, root, community.directory);
    return best;
  });
  if (!may) return incoming.refuse(may.error());
  if (const auto confirmed = service.node.confirm_clock(); !confirmed) return incoming.fail(confirmed.error());
  incoming.view(ready_view(service, service.node.readiness()));
}

void version(const Service& service, const Incoming& incoming) {
  VersionView view;
  view.set_version(service.version);
  view.set_log_id(service.log_id);
  view.set_format(service.format);
  view.set_feature_level(service.feature_level);
  show_continued(service, view);
  incoming.view(view);
}

void text(const Incoming& incoming, std::string_view type, std::string body) {
  incoming.responder.respond({.content_type = type, .fixed = public_headers, .body = std::move(body)});
}

}  // namespace

void register_operations(Router& router, const Service& service) {
  router.on(Operation::get_health, [&service](const IncomingPointer& incoming) { health(service, *incoming); });
  router.on(Operation::get_ready, [&service](const IncomingPointer& incoming) { ready(service, *incoming); });
  router.on(Operation::confirm_clock,
            [&service](const IncomingPointer& incoming) { confirm_clock(service, *incoming); });
  router.on(Operation::get_version, [&service](const IncomingPointer& incoming) { version(service, *incoming); });
  router.on(Operation::get_openapi,
            [&service](const IncomingPointer& incoming) { text(*incoming, "application/json", service.openapi); });
  if (service.metrics != nullptr)
    router.on(Operation::get_metrics, [&service](const IncomingPointer& incoming) {
      text(*incoming, exposition_content_type, service.metrics->exposition());
    });
}

}  // namespace pioneer::api::http
