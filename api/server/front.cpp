#include "api/server/front.hpp"

#include <algorithm>
#include <thread>

#include "adapters/beast/http_server.hpp"
#include "adapters/http_client/http_client.hpp"
#include "adapters/media/media_cleaner.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/posix/threads.hpp"
#include "adapters/prometheus/prometheus_metrics.hpp"
#include "adapters/vips/vips_photos.hpp"
#include "api/http/handlers/fetch_notes.hpp"
#include "api/http/handlers/live.hpp"
#include "api/http/handlers/service.hpp"
#include "api/http/handlers/session_uses.hpp"
#include "api/http/openapi.hpp"
#include "api/http/problems.hpp"
#include "api/http/queue_metrics.hpp"
#include "api/http/request_metrics.hpp"
#include "api/http/tickets.hpp"
#include "api/people/erasure.hpp"
#include "api/queries/names.hpp"
#include "api/server/blob_rounds.hpp"
#include "api/server/bus_door.hpp"
#include "api/server/map_file.hpp"
#include "api/server/past_stores.hpp"
#include "api/server/proving.hpp"
#include "api/server/version.hpp"
#include "api/server/web_folder.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/limits.hpp"

namespace pioneer::server {
namespace {

/// Queries read from disk; more threads than this only wait for one another.
constexpr std::size_t query_threads = 2;
/// A photo takes up to a second of a core: queries must not stand behind it.
constexpr std::size_t upload_threads = 1;
/// Requests on their way to the node that writes: each waits for its answer, for some tenths of a second while one node
/// replaces another.
constexpr std::size_t forwarding_threads = 32;
constexpr std::size_t forwarded_max = 4'096;
/// A replay takes seconds: neither queries nor photos stand behind it. One at a time.
constexpr std::size_t past_threads = 1;
/// Commits replayed at most for an instant of a log of up to eighty times as many: about a tenth of a second.
constexpr std::uint64_t milestone_every = 12'500;

/// A loop turns twice a second at least; handlers must not block it.
constexpr std::chrono::seconds loop_stuck_after{node::stuck_after_us / 1'000'000};

/// Half of the streams are kept for those who sign in.
api::http::EventHub::Options listener_limits(const api::Settings& settings) {
  return {.listeners_max = settings.streams_max,
          .anonymous_max = (settings.streams_max + 1) / 2,
          .listeners_per_peer_max = settings.streams_per_address_max};
}

/// Rows follow from the log, each of whose records holds its predecessor's hash, and from the read models' versions.
DiskPastStores::Stamp stamp_of(const eventstore::Log& log) {
  return [&log](eventstore::Sequence end) -> std::optional<std::string> {
    if (end.value == 0 || end > log.end()) return std::nullopt;
    const auto last = log.read(eventstore::Sequence{end.value - 1});
    if (!last) return std::nullopt;
    std::string stamp = api::hex(eventstore::leaf_hash(eventstore::bytes_of(*last)).view());
    for (const auto& projection : projections::all_projections())
      stamp += " " + std::string(projection->name()) + "/" + std::to_string(projection->version());
    return stamp;
  };
}

}  // namespace

// What uses another stands behind it: the server goes first.
struct Front::Parts {
  std::unique_ptr<MapFile> map;  ///< tasks of the executor read it
  adapters::posix::PosixRandom random;
  adapters::posix::ThreadPool executor{query_threads};
  adapters::posix::ThreadPool uploads{upload_threads};
  adapters::posix::ThreadPool replays{past_threads};
  std::unique_ptr<api::Photos> photos = adapters::vips::make_photos(upload_threads);
  std::unique_ptr<api::Media> media = adapters::media::make_media();
  std::shared_ptr<api::Metrics> metrics = adapters::prometheus::make_metrics();
  std::shared_ptr<api::http::RequestMetrics> requests;
  std::shared_ptr<api::http::EventHub> events;  ///< shared with the projector, which may outlive the front
  std::shared_ptr<BlobRounds> rounds;           ///< likewise
  std::thread beats;
  std::unique_ptr<api::http::QueueMetrics> queues;
  std::unique_ptr<DiskPastStores> past_stores;
  std::unique_ptr<api::http::Past> past;
  api::http::SessionUses uses;
  api::http::FetchNotes fetches;
  api::http::Site site;
  std::unique_ptr<Proving> proving;
  std::unique_ptr<api::http::Tickets> tickets;
  std::unique_ptr<api::http::Service> service;
  std::unique_ptr<api::http::Router> router;
  std::unique_ptr<api::HttpClient> to_other_nodes;
  std::unique_ptr<api::http::Forwarding> forwarding;      ///< null: there are no other nodes
  std::unique_ptr<adapters::posix::ThreadPool> forwards;  ///< its work
  std::unique_ptr<api::HttpServer> server;
  std::unique_ptr<BusDoor> bus;  ///< null: there is none
};

/// The web application, and a map beside it.
eventstore::Result<void> Front::open_pages(Parts& parts, const api::Settings& settings) {
  const auto web = settings.web.empty() ? installed_web() : settings.web;
  auto site = web.empty() ? api::http::Site() : read_site(web);
  if (!site) return eventstore::failure("bad_web", site.error());
  parts.site = std::move(*site);
  if (!settings.map.empty()) {
    auto map = MapFile::open(settings.map);
    if (!map) return eventstore::failure("bad_map", map.error());
    parts.map = std::move(*map);
  }
  return {};
}

/// Pages are in memory; a map's part is read from the disk, for which no loop waits.
void Front::give_page(Parts& parts, const api::HttpRequest& request, const api::Responder& responder) {
  if (parts.map == nullptr || request.path != MapFile::path) return responder.respond(parts.site.answer(request));
  const bool taken =
      parts.executor.run([map = parts.map.get(), request, responder] { responder.respond(map->answer(request)); });
  if (!taken) responder.respond(api::http::problem_response({.code = "queue_full", .retry_after_s = 1}));
}

/// What the front does when commits are projected.
node::Projector::Listener Front::followed(const Parts& parts, const node::Node& node) {
  auto& metrics = *parts.metrics;
  auto& commits_total = metrics.counter("pioneer_commits_total", "Commits accepted since this process began to serve.");
  auto& projected = metrics.gauge("pioneer_projected_position", "Sequence of the last commit that can be seen.");
  auto& end = metrics.gauge("pioneer_log_position", "Sequence of the last commit that is durable.");
  const auto last = [&log = node.log()] { return static_cast<double>(log.end().value) - 1; };
  projected.set(last());
  end.set(last());
  metrics.gauge("pioneer_start_commits", "Commits that the start read again, for they were not projected yet.")
      .set(static_cast<double>(node.projector().read_again()));
  // It may outlive the front: the metrics it feeds stay with it.
  return [&commits_total, &projected, &end, last, kept = parts.metrics, events = parts.events,
          rounds = parts.rounds](std::span<const eventstore::AcceptedCommit> commits) {
    const auto next = commits.back().sequence.value + 1;
    events->advance(next);
    commits_total.add(static_cast<double>(commits.size()));
    projected.set(static_cast<double>(commits.back().sequence.value));
    end.set(last());
    if (std::ranges::any_of(commits, api::erases_somebody)) rounds->soon();
  };
}

/// Another loop than the one that answers this may be blocked by a handler.
std::string Front::blocked(const Parts& parts) { return parts.server->longest_turn() > loop_stuck_after ? "loop" : ""; }

void Front::watch_queues(Parts& parts, const node::Node& node) {
  parts.queues = std::make_unique<api::http::QueueMetrics>(parts.metrics);
  parts.queues->watch("queries", [&parts] { return parts.executor.queued(); });
  parts.queues->watch("uploads", [&parts] { return parts.uploads.queued(); });
  parts.queues->watch("listeners", [&parts] { return parts.events->listeners(); });
  parts.queues->watch("commands", [&node] { return node.commands_queued(); });
  parts.queues->watch("bus", [&parts] { return parts.bus == nullptr ? 0 : parts.bus->open(); });
  parts.queues->watch("connections", [&parts] { return parts.server == nullptr ? 0 : parts.server->connections(); });
  parts.queues->watch("projection", [&node] {
    const auto projected = node.projector().projected().value;
    return static_cast<std::size_t>(std::max(node.log().end().value, projected) - projected);
  });
}

/// What the log's key signs: checkpoints and tickets; and what its signatures are checked with, for the page that does.
eventstore::Result<void> Front::open_signing(Parts& parts, Deployment& deployment, const api::Settings& settings,
                                             const Tell& tell) {
  auto proving = Proving::open(deployment, settings, tell ? tell : [](const std::string&) {});
  if (!proving) return std::unexpected(proving.error());
  parts.proving = std::move(*proving);
  parts.site.give_keys(parts.proving->verifiers());
  const auto log_id = deployment.node().log().state().log_id;
  parts.tickets = std::make_unique<api::http::Tickets>(
      parts.proving->signer(), std::string(log_id.view()),
      std::vector<const api::Verifier*>(parts.proving->log_keys().begin(), parts.proving->log_keys().end()));
  return {};
}

void Front::open_past(Parts& parts, Deployment& deployment) {
  const auto& log = deployment.node().log();
  parts.past_stores = std::make_unique<DiskPastStores>(deployment.directory() + "/past", stamp_of(log));
  api::http::Past::Options past;
  past.milestones.every = milestone_every;
  parts.past = std::make_unique<api::http::Past>(log, *parts.past_stores, parts.replays, past);
}

/// Measured, and with pages where the API has none.
void Front::make_router(Parts& parts, const api::Settings& settings) {
  parts.router = std::make_unique<api::http::Router>(api::http::Router::Options{
      .new_command_id = [&random = parts.random] { return api::http::new_command_id(random); },
      .own_origin = settings.origin,
      .measure = [requests = parts.requests](
                     const api::http::Route* route,
                     api::Responder responder) { return requests->measured(route, std::move(responder)); },
      .pages = [&parts](const api::HttpRequest& request,
                        const api::Responder& responder) { give_page(parts, request, responder); },
  });
}

/// Once the router answers everything.
eventstore::Result<void> Front::listen(Parts& p, Deployment& deployment, const api::Settings& settings,
                                       const Tell& tell) {
  adapters::beast::HttpServerOptions options;
  options.on_thread = adapters::posix::run_promptly;
  options.loops = settings.loops != 0 ? settings.loops : std::max(1u, std::thread::hardware_concurrency());
  options.connections_max = settings.connections_max;
  p.server = adapters::beast::make_http_server(options);
  if (!settings.bus.listen.empty()) {
    auto bus = BusDoor::make(deployment.directory(), settings.bus, *p.router);
    if (!bus) return std::unexpected(bus.error());
    p.bus = std::move(*bus);
  }
  const auto started = p.server->start(
      settings.listen,
      [&router = *p.router](api::HttpRequest request, api::Responder responder) {
        router.serve(std::move(request), std::move(responder));
      },
      [requests = p.requests](unsigned status, std::string_view code) {
        requests->count(nullptr, status);
        return api::http::problem_response({.code = code});
      },
      [&router = *p.router](const api::HttpRequest& head) { return router.admit(head); });
  if (!started) return eventstore::failure("cannot_listen", started.error());
  if (p.bus != nullptr) return p.bus->start(tell);
  return {};
}

/// Any node takes any command.
void Front::forward(Parts& parts, Owner owner) {
  parts.to_other_nodes = adapters::make_http_client();
  parts.forwards = std::make_unique<adapters::posix::ThreadPool>(forwarding_threads, forwarded_max);
  parts.forwarding = std::make_unique<api::http::Forwarding>(
      *parts.to_other_nodes, *parts.forwards,
      api::http::Forwarding::Options{
          .owner = std::move(owner),
          .here = [&router = *parts.router](const api::http::IncomingPointer& incoming) { router.carry_out(incoming); },
          .pause = [](std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); }});
  parts.service->elsewhere = [&forwarding = *parts.forwarding](const api::http::IncomingPointer& incoming) {
    forwarding.take(incoming);
  };
  parts.queues->watch("forwarded", [&forwards = *parts.forwards] { return forwards.queued(); });
}

Front::Front(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Front::~Front() { stop(); }

void Front::stop() {
  if (!parts_->beats.joinable()) return;
  parts_->proving->stop();
  parts_->rounds->stop();
  parts_->events->stop();
  parts_->beats.join();
  if (parts_->bus != nullptr) parts_->bus->stop();
  parts_->server->stop();
  if (parts_->forwarding != nullptr) parts_->forwarding->stop();
}

std::uint16_t Front::port() const { return parts_->server->port(); }

eventstore::Result<std::unique_ptr<Front>> Front::start(Deployment& deployment, const api::Settings& settings,
                                                        const Tell& tell, Owner owner) {
  auto parts = std::make_unique<Parts>();
  Parts& p = *parts;
  node::Node& node = deployment.node();
  if (auto pages = open_pages(p, settings); !pages) return std::unexpected(pages.error());
  if (auto signing = open_signing(p, deployment, settings, tell); !signing) return std::unexpected(signing.error());
  p.requests = std::make_shared<api::http::RequestMetrics>(p.metrics, deployment.clock());
  open_past(p, deployment);
  p.events = std::make_shared<api::http::EventHub>(api::http::live_events(node), listener_limits(settings),
                                                   node.projector().projected().value);
  watch_queues(p, node);
  p.service = std::make_unique<api::http::Service>(api::http::Service{
      .node = node,
      .executor = p.executor,
      .random = p.random,
      .events = p.events.get(),
      .past = p.past.get(),
      .blobs = &deployment.blobs(),
      .photos = p.photos.get(),
      .media = p.media.get(),
      .uploads = &p.uploads,
      .metrics = p.queues.get(),
      .version = std::string(version),
      .engine = std::string(deployment.engine()),
      .durability = std::string(deployment.durability()),
      .log_id = api::hex(node.log().state().log_id.view()),
      .continues = p.proving->continues(),
      .format = eventstore::limits::format,
      .feature_level = eventstore::limits::feature_level,
      .openapi = api::http::openapi_document(std::string(version)),
      .origin = settings.origin,
      .checkpoints = &p.proving->checkpoints(),
      .checkpoint_watch = &p.proving->watch(),
      .contradictions = &p.proving->contradictions(),
      .cosignatures = &p.proving->cosignatures(),
      .stamps = &p.proving->stamps(),
      .signer = &p.proving->signer(),
      .key_history = p.proving->key_history(),
      .tickets = p.tickets.get(),
      .uses = &p.uses,
      .fetches = &p.fetches,
      .stuck = [&p] { return blocked(p); },
  });
  make_router(p, settings);
  if (owner) forward(p, owner);
  api::http::register_handlers(*p.router, *p.service);
  if (const auto missing = p.router->unhandled(); !missing.empty())
    return eventstore::failure("routes_unhandled",
                               "Nobody answers " + std::string(api::http::route_of(missing.front()).name()) + ".");
  if (auto listening = listen(p, deployment, settings, tell); !listening) return std::unexpected(listening.error());
  p.rounds = std::make_shared<BlobRounds>(deployment);
  node.projector().listen(followed(p, node));
  // The past hears of the log's growth where checkpoints are signed.
  p.proving->start(
      *p.metrics, [&past = *p.past, &projector = node.projector()] { past.grown(projector.projected()); },
      std::move(owner));
  p.beats = std::thread([&events = *p.events] { events.loop(); });
  return std::unique_ptr<Front>(new Front(std::move(parts)));
}

}  // namespace pioneer::server
