#include "api/http/handlers/live.hpp"

#include <algorithm>
#include <type_traits>

#include "api/http/handlers/service.hpp"
#include "api/http/json.hpp"
#include "api/messages/views.pb.h"
#include "api/queries/event_view.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/streams.hpp"
#include "eventstore/commit.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::api::http {
namespace {

using domain::Id;

constexpr std::string_view everybody = "public";

/// Sealed values say nothing to a listener and need not travel.
void leave_sealed_out(google::protobuf::Struct& event) {
  auto& fields = *event.mutable_fields();
  for (auto field = fields.begin(); field != fields.end();) {
    const auto& value = field->second;
    const bool sealed = value.has_struct_value() && value.struct_value().fields().contains("box");
    const bool sealed_list = value.has_list_value() && value.list_value().values_size() > 0 &&
                             value.list_value().values(0).has_struct_value();
    field = sealed || sealed_list ? fields.erase(field) : std::next(field);
  }
}

/// Which organisation a part concerns, and whether everybody may know of it.
struct Concerned {
  Id organisation;
  bool open = false;
};

Concerned concerned_by(const node::Node& node, const projections::Part& part) {
  using projections::StreamKind;
  switch (part.kind) {
    case StreamKind::organisation:
      return {part.id, true};
    case StreamKind::policy:
      return {{}, true};
    case StreamKind::request: {
      const auto row = node.models().requests().get(part.id);
      return row && *row ? Concerned{(*row)->organisation, false} : Concerned{};
    }
    case StreamKind::product: {
      const auto row = node.models().products().get(part.id);
      if (!row || !*row) return {};
      return {(*row)->terms.organisation, (*row)->terms.published};
    }
    default:
      return {};
  }
}

bool changes_roles(const domain::AnyEvent& event) {
  return std::visit(
      [](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        return std::is_same_v<E, domain::RoleGranted> || std::is_same_v<E, domain::RoleRevoked> ||
               std::is_same_v<E, domain::TokenRevoked> || std::is_same_v<E, domain::MemberErased>;
      },
      event);
}

void add_part(const node::Node& node, std::uint64_t position, const projections::Part& part, LiveCommit& into) {
  using projections::StreamKind;
  if (part.kind == StreamKind::organisation) into.permissions_changed = true;
  if (part.kind == StreamKind::member && std::ranges::any_of(part.events, changes_roles))
    into.revoked.push_back(part.id.text());
  // Persons and who looked at them are nobody's news.
  if (part.kind == StreamKind::member || part.kind == StreamKind::access || part.kind == StreamKind::other) return;
  const auto concerned = concerned_by(node, part);
  LivePart live;
  live.stream = part.raw->stream();
  for (const auto& event : part.raw->events()) live.types.push_back(event.type());
  if (!concerned.organisation.is_zero()) {
    live.organisations.push_back(concerned.organisation.text());
    node.projector().with_community([&](const node::Community& community) {
      for (const auto& above : community.directory.ancestors(concerned.organisation))
        live.organisations.push_back(above.text());
    });
  }
  live.audience = concerned.open ? std::string(everybody) : live.stream + " " + concerned.organisation.text();
  EventFrame frame;
  frame.set_position(position);
  frame.set_stream(live.stream);
  queries::show_events(part, *frame.mutable_events());
  for (auto& event : *frame.mutable_events()) leave_sealed_out(*event.mutable_data());
  live.json = to_json(frame);
  into.parts.push_back(std::move(live));
}

std::optional<std::vector<LiveCommit>> read(const node::Node& node, std::uint64_t position, std::size_t limit) {
  std::vector<LiveCommit> out;
  const auto end = node.projector().projected().value;
  const auto reader = node.log().reader(eventstore::Sequence{position});
  while (out.size() < limit && position + out.size() < end) {
    const auto leaf = reader->next();
    if (!leaf || !*leaf) break;
    const auto accepted = eventstore::parse_commit(**leaf);
    if (!accepted) break;
    const auto commit = projections::read_commit(*accepted);
    if (!commit) break;
    LiveCommit live{.position = accepted->sequence.value, .parts = {}};
    for (const auto& part : commit->parts) add_part(node, live.position, part, live);
    out.push_back(std::move(live));
  }
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

bool may_see(const node::Node& node, const Audience& who, const LivePart& part) {
  if (part.audience == everybody) return true;
  if (!who.own_stream.empty() && who.own_stream == part.stream) return true;  // nobody else becomes its asker
  const auto person = Id::parse(who.person);
  const auto organisation = part.organisations.empty() ? std::optional<Id>() : Id::parse(part.organisations.front());
  if (!person || !organisation) return false;
  const auto caller = node.caller_of(*person);
  return node.projector().with_community([&](const node::Community& community) {
    return domain::authorise(domain::Action::get_events_of_organisation, caller.actor, domain::Relation::none,
                             *organisation, community.directory)
        .has_value();
  });
}

/// A request is its asker's whoever holds it. What others may see of it hangs on roles and holder, which change: they
/// are asked for each part that comes.
bool is_asker(const node::Node& node, const api::Sender& sender, const std::string& stream) {
  const auto id = domain::id_in(stream, domain::stream_kind::request);
  if (!id) return false;
  const auto row = node.models().requests().get(*id);
  const auto me = node.edge().opener().pseudonym(sender.key, stream);
  return row && *row && me && (*row)->asker == *me;
}

Audience audience_of(const node::Node& node, const node::Caller& caller, const HttpRequest& request) {
  Audience who;
  who.judged_at = node.projector().projected().value;
  who.peer = request.peer;
  who.expires_us = caller.expires.us;
  if (!caller.sender) return who;
  who.person = caller.sender->member.text();
  who.standing = who.person;
  const std::string stream(request.parameter("stream"));
  if (!stream.empty() && is_asker(node, *caller.sender, stream)) {
    who.own_stream = stream;
    who.standing += " " + stream;
  }
  return who;
}

void listen(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto& request = incoming->request;
  auto who = audience_of(service.node, caller, request);
  EventFilter filter;
  if (const auto named = request.parameter("organisation"); !named.empty()) {
    const auto organisation = organisation_named(service, named);
    if (!organisation) return malformed(*incoming, "organisation", "There is no such organisation.");
    filter.organisation = organisation->text();
  }
  filter.stream = request.parameter("stream");
  filter.kind = request.parameter("kind");
  auto types = request.parameter("types");
  while (!types.empty()) {
    const auto comma = std::min(types.find(','), types.size());
    filter.types.emplace(types.substr(0, comma));
    types.remove_prefix(std::min(comma + 1, types.size()));
  }
  std::optional<std::uint64_t> after;
  if (request.headers.has("Last-Event-ID")) {
    after = whole_number(request.headers.find("Last-Event-ID"));
    if (!after)
      return incoming->problem(
          {.code = "malformed_position", .detail = "A position is a whole number.", .field = "Last-Event-ID"});
  }
  HttpResponse head{.content_type = "text/event-stream", .fixed = private_headers};
  if (request.method == "HEAD") return incoming->responder.respond(std::move(head));
  const auto open = [&] { return incoming->responder.stream(std::move(head)); };
  if (const auto objection = service.events->listen(std::move(who), std::move(filter), after, open); !objection.empty())
    incoming->problem({.code = "too_many_listeners", .detail = objection, .retry_after_s = 10});
}

}  // namespace

EventHub::Parts live_events(const node::Node& node) {
  return {.read = [&node](std::uint64_t position, std::size_t limit) { return read(node, position, limit); },
          .may_see = [&node](const Audience& who, const LivePart& part) { return may_see(node, who, part); },
          .now_us = [&node] { return node.clock().now().value; }};
}

void register_live(Router& router, const Service& service) {
  if (service.events == nullptr) return;
  router.on(Operation::get_events, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) { listen(service, incoming, caller); });
  });
}

}  // namespace pioneer::api::http
