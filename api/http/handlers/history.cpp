// History: a stream's events, the log itself, the policies that decided.
#include <atomic>
#include <ranges>

#include "api/audit/published_digests.hpp"
#include "api/http/handlers/as_of.hpp"
#include "api/http/handlers/service.hpp"
#include "api/ports/signer.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/stamps.hpp"
#include "api/queries/log_view.hpp"
#include "api/queries/policy_view.hpp"

namespace pioneer::api::http {
namespace {

/// A whole number in a parameter; `usual` where there is none; nothing (answered 400) where it is something else.
std::optional<std::uint64_t> number_in(const Incoming& incoming, std::string_view parameter, std::uint64_t usual) {
  const auto text = incoming.request.parameter(parameter);
  if (text.empty()) return usual;
  const auto number = whole_number(text);
  if (!number) malformed(incoming, parameter, "A whole number stands here.");
  return number;
}

void stream(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto from = number_in(*incoming, "cursor", 0);
  if (!from) return;
  const auto limit = limit_of(*incoming, queries::log_page_max, queries::log_page_max);
  const auto until = limit ? until_of(service, *incoming) : std::nullopt;
  if (!until) return;
  give(incoming, queries::stream_view(service.node, caller, incoming->path[0], incoming->path[1],
                                      eventstore::Revision{*from}, *limit, *until));
}

/// What of the log is wanted; false: answered.
bool read_filter(const Service& service, const Incoming& incoming, queries::LogQuery& wanted) {
  const auto& request = incoming.request;
  wanted.kind = request.parameter("kind");
  if (const auto named = request.parameter("organisation"); !named.empty()) {
    wanted.organisation = organisation_named(service, named);
    if (!wanted.organisation) malformed(incoming, "organisation", "There is no such organisation.");
    if (!wanted.organisation) return false;
  }
  for (const auto part : std::views::split(request.parameter("types"), ','))
    if (!part.empty()) wanted.types.emplace_back(part.begin(), part.end());
  const auto order = request.parameter("order");
  wanted.newest = order == "newest";
  if (order.empty() || order == "oldest" || order == "newest") return true;
  malformed(incoming, "order", "oldest or newest stands here.");
  return false;
}

/// Where it begins; false: answered.
bool read_begin(const Service& service, const Incoming& incoming, queries::LogQuery& wanted) {
  const auto& request = incoming.request;
  const std::string_view place = request.parameter("cursor").empty() ? "from" : "cursor";
  if (!request.parameter(place).empty()) {
    const auto from = number_in(incoming, place, 0);
    if (from) wanted.from = eventstore::Sequence{*from};
    return from.has_value();
  }
  const auto us = instant_in(service, incoming, "at");
  if (!us) return false;
  if (*us == 0) return true;
  const auto position = queries::position_at(service.node.log(), {*us});
  if (!position) incoming.fail(position.error());
  if (!position) return false;
  wanted.from = *position;
  if (!wanted.newest) return true;
  wanted.from = eventstore::Sequence{position->value == 0 ? 0 : position->value - 1};
  wanted.nothing = position->value == 0;
  return true;
}

void policies(const Service& service, const IncomingPointer& incoming) {
  const auto from = number_in(*incoming, "cursor", 0);
  if (!from) return;
  const auto limit = limit_of(*incoming, queries::policies_page_max, queries::policies_page_max);
  if (limit) give(incoming, queries::policies(service.node, eventstore::Revision{*from}, *limit));
}

void log(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  queries::LogQuery wanted;
  if (!read_filter(service, *incoming, wanted) || !read_begin(service, *incoming, wanted)) return;
  const auto limit = limit_of(*incoming, wanted.limit, queries::log_page_max);
  if (!limit) return;
  wanted.limit = *limit;
  give(incoming, queries::log_page(service.node, caller, wanted));
}

/// Asked for again soon: it is replaced each second while something happens.
void checkpoint(const Service& service, const Incoming& incoming) {
  if (!identify(service, incoming)) return;  // anybody, but not with a token that is none
  auto note = service.checkpoints == nullptr ? nullptr : service.checkpoints->newest();
  if (service.cosignatures != nullptr) note = service.cosignatures->with_cosignatures(note);
  if (note == nullptr)
    return incoming.problem({.code = "unavailable", .detail = "There is no checkpoint yet.", .retry_after_s = 1});
  incoming.responder.respond(
      {.content_type = "text/plain; charset=utf-8", .fixed = checkpoint_headers, .shared = std::move(note)});
}

/// The newest that enough witnesses signed; it may be some seconds older than the newest.
void witnessed(const Service& service, const Incoming& incoming) {
  if (!identify(service, incoming)) return;
  auto note = service.cosignatures == nullptr ? nullptr : service.cosignatures->witnessed();
  if (note == nullptr) return incoming.problem({.code = "not_found", .detail = "No checkpoint is witnessed yet."});
  incoming.responder.respond(
      {.content_type = "text/plain; charset=utf-8", .fixed = checkpoint_headers, .shared = std::move(note)});
}

/// It changes with a start only.
void key_history(const Service& service, const Incoming& incoming) {
  if (!identify(service, incoming)) return;
  if (service.key_history.empty()) return incoming.problem({.code = "not_found"});
  incoming.responder.respond(
      {.content_type = "text/plain; charset=utf-8", .fixed = checkpoint_headers, .body = service.key_history});
}

/// The sizes of the checkpoints that are stamped, a line each: SIZE and SIZE.tsr are its files.
void stamps(const Service& service, const Incoming& incoming) {
  if (service.stamps == nullptr) return incoming.problem({.code = "not_found"});
  auto lines = service.stamps->list();
  if (!lines) return incoming.fail(lines.error());
  incoming.responder.respond(
      {.content_type = "text/plain; charset=utf-8", .fixed = checkpoint_headers, .body = std::move(*lines)});
}

void stamp(const Service& service, const Incoming& incoming) {
  if (service.stamps == nullptr) return incoming.problem({.code = "not_found"});
  auto file = service.stamps->file(incoming.path[0]);
  if (!file) return incoming.fail(file.error());
  if (!*file) return incoming.problem({.code = "not_found"});
  incoming.responder.respond(
      {.content_type = "application/octet-stream", .fixed = tile_headers, .body = std::move(**file)});
}

void tile(const Service& service, const Incoming& incoming) {
  const auto level = whole_number(incoming.path[0]);
  const auto name = eventstore::parse_tile_name(incoming.path[1]);
  const bool written_so = level && std::to_string(*level) == incoming.path[0] && *level < eventstore::TreeFiles::levels;
  if (service.checkpoints == nullptr || !written_so || !name) return incoming.problem({.code = "not_found"});
  auto hashes = service.checkpoints->tile(static_cast<unsigned>(*level), *name);
  if (!hashes) return incoming.fail(hashes.error());
  if (!*hashes) return incoming.problem({.code = "not_found"});
  incoming.responder.respond(
      {.content_type = "application/octet-stream", .fixed = tile_headers, .body = std::move(**hashes)});
}

/// Bytes of bundles that are made or on their way to readers, slow ones among them: eight of the largest.
constexpr std::size_t bundle_bytes_max = 8u * (16u << 20);
std::atomic<std::size_t> bundle_bytes{0};

/// Counts as long as somebody holds it.
class Counted {
 public:
  explicit Counted(std::string bundle) : bytes(std::move(bundle)) { bundle_bytes += bytes.size(); }
  ~Counted() { bundle_bytes -= bytes.size(); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  const std::string bytes;
};

std::shared_ptr<const std::string> counted(std::string bundle) {
  const auto held = std::make_shared<const Counted>(std::move(bundle));
  return {held, &held->bytes};
}

/// They leave once it stands in the log to whom.
void entries(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto root = queries::audited_root(service.node, caller, domain::Action::get_entries);
  if (!root) return incoming->refuse(root.error());
  const auto name = eventstore::parse_tile_name(incoming->path[0]);
  if (service.checkpoints == nullptr || !name) return incoming->problem({.code = "not_found"});
  if (bundle_bytes > bundle_bytes_max)
    return incoming->problem(
        {.code = "unavailable", .detail = "Too many entries are on their way.", .retry_after_s = 1});
  auto bundle = service.checkpoints->bundle(*name);
  if (!bundle) return incoming->fail(bundle.error());
  if (!*bundle) return incoming->problem({.code = "not_found"});
  give_noted(service, incoming, caller, *root, name->index * eventstore::tile_width,
             [incoming, bytes = counted(std::move(**bundle))] {
               incoming->responder.respond(
                   {.content_type = "application/octet-stream", .fixed = private_headers, .shared = bytes});
             });
}

void give_digests(const Service& service, const Incoming& incoming, const Past::Moment& moment) {
  const auto digests = moment.models->engine().digests();
  if (!digests) return incoming.fail(digests.error());
  const auto named = named_digests(moment.end.value, digests->by_name);
  incoming.responder.respond({.content_type = "text/plain; charset=utf-8",
                              .fixed = private_headers,
                              .body = service.signer->note(digests_text(service.signer->name(), named))});
}

/// Computed from the log, however many records it has by now; no further than what is signed.
void digests(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto root = queries::audited_root(service.node, caller, domain::Action::get_entries);
  if (!root) return incoming->refuse(root.error());
  const auto size = whole_number(incoming->path[0]);
  const bool offered = service.checkpoints != nullptr && service.signer != nullptr && service.past != nullptr;
  const bool written_so = size && std::to_string(*size) == incoming->path[0];
  if (!offered || !written_so || *size > service.checkpoints->covered())
    return incoming->problem({.code = "not_found"});
  const bool taken =
      service.past->at(eventstore::Sequence{*size}, [&service, incoming](eventstore::Result<Past::Kept> moment) {
        moment ? give_digests(service, *incoming, **moment) : incoming->fail(moment.error());
      });
  if (!taken) refuse_past_busy(*incoming);
}

}  // namespace

void register_history(Router& router, const Service& service) {
  router.on(Operation::get_stream, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { stream(service, incoming, caller); });
  });
  router.on(Operation::get_log, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { log(service, incoming, caller); });
  });
  router.on(Operation::list_policies, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller&) { policies(service, incoming); });
  });
  router.on(Operation::get_checkpoint, [&service](const IncomingPointer& incoming) { checkpoint(service, *incoming); });
  router.on(Operation::get_witnessed, [&service](const IncomingPointer& incoming) { witnessed(service, *incoming); });
  router.on(Operation::get_key_history,
            [&service](const IncomingPointer& incoming) { key_history(service, *incoming); });
  router.on(Operation::get_stamps, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller&) { stamps(service, *incoming); });
  });
  router.on(Operation::get_stamp, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller&) { stamp(service, *incoming); });
  });
  router.on(Operation::get_tile, [&service](const IncomingPointer& incoming) {
    // It reads from the disk.
    query(service, incoming, [&service, incoming](const node::Caller&) { tile(service, *incoming); });
  });
  router.on(Operation::get_digests, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { digests(service, incoming, caller); });
  });
  router.on(Operation::get_entries, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { entries(service, incoming, caller); });
  });
}

}  // namespace pioneer::api::http
