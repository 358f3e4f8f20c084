// Products and claims.
#include <memory>
#include <mutex>
#include <unordered_map>

#include "api/http/handlers/as_of.hpp"
#include "api/http/handlers/service.hpp"
#include "api/http/rfc3339.hpp"
#include "api/messages/views.pb.h"
#include "api/queries/blob_view.hpp"
#include "api/queries/claim_positions.hpp"
#include "api/queries/community_view.hpp"
#include "api/queries/names.hpp"
#include "api/queries/paging.hpp"
#include "api/queries/product_view.hpp"
#include "domain/streams.hpp"

namespace pioneer::api::http {
namespace {

domain::Id product_of(const node::Outcome& outcome) {
  return domain::id_in(outcome.stream, domain::stream_kind::product).value_or(domain::Id{});
}

Show product_shown(const Service& service, const IncomingPointer& incoming) {
  return [&service, incoming](const node::Caller& caller, const node::Outcome& outcome) {
    const auto view = queries::product_view(market(service), caller, product_of(outcome));
    give(incoming, view, {.revision = view ? view->revision() : 0, .position = outcome.answer.position.value});
  };
}

std::optional<std::uint32_t> ticket_of(std::string_view text) {
  const auto number = whole_number(text);
  return number && *number > 0 && *number <= UINT32_MAX ? std::optional(static_cast<std::uint32_t>(*number))
                                                        : std::nullopt;
}

Show shown_claim(const Service& service, const IncomingPointer& incoming) {
  return [&service, incoming](const node::Caller& caller, const node::Outcome& outcome) {
    const auto ticket = ticket_of(incoming->path[1]).value_or(0);
    give(service, incoming, caller, queries::claim_view(market(service), caller, product_of(outcome), ticket),
         outcome.answer.position.value);
  };
}

template <class Body, class Edged>
Handler changes_claim(const Service& service, Edged edged) {
  return [&service, edged](const IncomingPointer& incoming) {
    Body body;
    if (!incoming->read_body(body)) return;
    send(
        service, incoming,
        [&](Edge& edge, const Call& call) { return (edge.*edged)(call, incoming->path[0], incoming->path[1], body); },
        shown_claim(service, incoming));
  };
}

Handler changes_claim(const Service& service,
                      Commanded (Edge::*edged)(const Call&, std::string_view, std::string_view)) {
  return [&service, edged](const IncomingPointer& incoming) {
    EmptyBody body;
    if (!incoming->read_body(body)) return;
    send(
        service, incoming,
        [&](Edge& edge, const Call& call) { return (edge.*edged)(call, incoming->path[0], incoming->path[1]); },
        shown_claim(service, incoming));
  };
}

/// What a claim's view shows of its product, which never changes: kept so that the hot path reads no disk. Bounded;
/// any thread.
class Faces {
 public:
  std::optional<ClaimView> find(const domain::Id& product) const {
    const std::lock_guard lock(mutex_);
    const auto found = faces_.find(product);
    return found == faces_.end() ? std::nullopt : std::optional(found->second);
  }
  void keep(const domain::Id& product, const ClaimView& claim) {
    ClaimView face;
    face.set_product(claim.product());
    face.set_title(claim.title());
    *face.mutable_sessions() = claim.sessions();
    const std::lock_guard lock(mutex_);
    if (faces_.size() >= faces_max) faces_.clear();
    faces_.emplace(product, std::move(face));
  }

 private:
  static constexpr std::size_t faces_max = 4'096;
  mutable std::mutex mutex_;
  std::unordered_map<domain::Id, ClaimView, domain::IdHash> faces_;
};

/// The hot path: a place that is confirmed is answered from the outcome itself, once the product's face is known. Who
/// waits learns their place in the line, which the read model counts.
void show_placed(const Service& service, const std::shared_ptr<Faces>& faces, const IncomingPointer& incoming,
                 const node::Caller& caller, const node::Outcome& outcome) {
  const auto position = outcome.answer.position.value;
  const auto product = product_of(outcome);
  const domain::ClaimPlaced* placed = nullptr;
  for (const auto& event : outcome.events)
    if (const auto* found = std::get_if<domain::ClaimPlaced>(&event)) placed = found;
  if (placed == nullptr) return incoming->problem({.code = "internal"});
  const auto ticket = placed->ticket();
  auto face = placed->state() == domain::ClaimState::confirmed ? faces->find(product) : std::nullopt;
  if (!face) {
    return after_projection(
        service, incoming, outcome.answer.position,
        [&service, faces, incoming, caller, ticket, position, product] {
          // Without a ticket, as on the hot path: it is signed when it is asked for.
          auto view = queries::claim_view({service.node, service.node.models()}, caller, product, ticket);
          if (view) faces->keep(product, view->view);
          give(service, incoming, caller, std::move(view), position);
        },
        Asked::promised);
  }
  ClaimView& view = *face;
  view.set_id(queries::claim_id(product, ticket));
  view.set_claim_id(std::to_string(ticket));
  view.set_state(placed->state());
  view.set_revision(outcome.revision);
  view.set_places(placed->places());
  queries::set_time(*view.mutable_placed_at(), outcome.recorded.us);
  view.set_code(service.node.edge().opener().ticket_code(product, ticket));
  incoming->view(view, {.revision = outcome.revision, .position = position});
}

void place(const Service& service, const std::shared_ptr<Faces>& faces, const IncomingPointer& incoming) {
  PlaceClaimBody body;
  if (!incoming->read_body(body)) return;
  send_at_once(
      service, incoming, [&](Edge& edge, const Call& call) { return edge.place_claim(call, incoming->path[0], body); },
      [&service, faces, incoming](const node::Caller& caller, const node::Outcome& outcome) {
        show_placed(service, faces, incoming, caller, outcome);
      });
}

bool read_filter(const Service& service, const Incoming& incoming, const node::Caller& caller,
                 queries::ProductsQuery& wanted) {
  const auto& request = incoming.request;
  const auto refuse = [&](std::string_view parameter, std::string_view sentence) {
    malformed(incoming, parameter, sentence);
    return false;
  };
  if (const auto named = request.parameter("organisation"); !named.empty()) {
    wanted.organisation = organisation_named(service, named);
    if (!wanted.organisation) return refuse("organisation", "There is no such organisation.");
  }
  const auto subtree = flag_in(incoming, "subtree", true);
  if (!subtree) return false;
  wanted.subtree = *subtree;
  const auto near_me = flag_in(incoming, "nearMe", false);
  if (!near_me) return false;
  if (*near_me && !wanted.organisation) wanted.organisation = queries::district_of(service.node, caller);
  if (const auto state = request.parameter("state"); !state.empty()) {
    if (!domain::ProductState::Value_Parse(std::string(state), &wanted.state) ||
        wanted.state == domain::ProductState::unspecified)
      return refuse("state", "There is no such state.");
  }
  if (const auto from = request.parameter("from"); !from.empty()) {
    const auto time = parse_rfc3339(from);
    if (!time) return refuse("from", "A time like 2026-03-01T08:00:00Z stands here.");
    wanted.from = {time->seconds * 1'000'000};
  }
  const auto limit = limit_of(incoming, 50, 200);
  if (!limit) return false;
  wanted.limit = *limit;
  wanted.kind = request.parameter("kind");
  wanted.text = request.parameter("q");
  wanted.after = request.parameter("cursor");
  return true;
}

void get_claim(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto product = id_in_path(*incoming);
  if (!product) return;
  const auto ticket = ticket_of(incoming->path[1]);
  if (!ticket) return incoming->problem({.code = "not_found"});
  auto claim = queries::claim_view(market(service), caller, *product, *ticket);
  if (claim && claim->journal.subjects.empty()) {  // the owner's
    const auto shown = queries::show_positions(service.node, *product, *ticket, claim->view);
    if (!shown) return incoming->refuse(queries::refusal_of(shown.error()));
  }
  give(service, incoming, caller, std::move(claim));
}

void list_claims(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  const auto product = id_in_path(*incoming);
  const auto limit = product ? limit_of(*incoming, queries::claims_page_max, queries::claims_page_max) : std::nullopt;
  if (!limit) return;
  const auto cursor = incoming->request.parameter("cursor");
  const auto after = cursor.empty() ? std::optional<std::uint32_t>(0) : ticket_of(cursor);
  if (!after) return incoming->problem({.code = "malformed_cursor"});
  auto answered = queries::list_claims(market(service), caller, *product, *after, *limit);
  if (!answered) return incoming->refuse(answered.error());
  if (answered->journal.subjects.empty()) return incoming->view(answered->view);
  give_journalled(service, incoming, caller, std::make_shared<ClaimList>(std::move(answered->view)), answered->journal,
                  {});
}

void register_claims(Router& router, const Service& service) {
  // Answers come until the node has stopped, after the router: what they use goes with the last of them.
  router.on(Operation::place_claim, [&service, faces = std::make_shared<Faces>()](const IncomingPointer& incoming) {
    place(service, faces, incoming);
  });
  router.on(Operation::cancel_claim, changes_claim(service, &Edge::cancel_claim));
  router.on(Operation::check_in, changes_claim<CheckInBody>(service, &Edge::check_in));
  router.on(Operation::complete_claim, changes_claim(service, &Edge::complete_claim));
  router.on(Operation::mark_no_show, changes_claim(service, &Edge::mark_no_show));
  router.on(Operation::rate_claim, changes_claim<RateClaimBody>(service, &Edge::rate_claim));
  router.on(Operation::get_claim, [&service](const IncomingPointer& incoming) {
    query(service, incoming,
          [&service, incoming](const node::Caller& caller) { get_claim(service, incoming, caller); });
  });
  router.on(Operation::list_claims, [&service](const IncomingPointer& incoming) {
    query(service, incoming,
          [&service, incoming](const node::Caller& caller) { list_claims(service, incoming, caller); });
  });
  router.on(Operation::list_my_claims, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) {
      const auto limit = limit_of(*incoming, queries::mine_page_usual, queries::mine_page_max);
      if (!limit) return;
      give(incoming,
           queries::my_claims(market(service), caller, std::string(incoming->request.parameter("cursor")), *limit));
    });
  });
  router.on(Operation::list_my_requests, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) {
      const auto limit = limit_of(*incoming, queries::mine_page_usual, queries::mine_page_max);
      if (!limit) return;
      give(incoming,
           queries::my_requests(market(service), caller, std::string(incoming->request.parameter("cursor")), *limit));
    });
  });
}

/// Pictures that the caller may see at a product, for another product or to stay where they are.
FindPicture pictures_for(const Service& service, const std::optional<node::Caller>& caller) {
  return [&service, caller](std::string_view name) -> std::optional<KeptPicture> {
    auto place = caller ? queries::picture_place(service.node, *caller, name) : std::nullopt;
    if (!place) return std::nullopt;
    return KeptPicture{std::move(place->key), std::move(place->stream), std::move(place->media_type)};
  };
}

/// `edged(edge, call, path, body, pictures)` makes the command of a body that names pictures.
template <class Body, class Edged>
Handler with_pictures(const Service& service, Edged edged) {
  return [&service, edged](const IncomingPointer& incoming) {
    Body body;
    if (!incoming->read_body(body)) return;
    const auto caller = identify(service, *incoming);
    send_as(
        service, incoming, caller,
        [&](Edge& edge, const Call& call) { return edged(edge, call, *incoming, body, pictures_for(service, caller)); },
        product_shown(service, incoming));
  };
}

}  // namespace

void register_supermarket(Router& router, const Service& service) {
  router.on(Operation::create_product,
            with_pictures<CreateProductBody>(
                service, [](Edge& edge, const Call& call, const Incoming&, const CreateProductBody& body,
                            const FindPicture& find) { return edge.create_product(call, body, find); }));
  router.on(Operation::publish_product, changes(service, &Edge::publish_product, product_shown));
  router.on(Operation::change_capacity, changes<ChangeCapacityBody>(service, &Edge::change_capacity, product_shown));
  router.on(Operation::change_pictures,
            with_pictures<ChangePicturesBody>(service, [](Edge& edge, const Call& call, const Incoming& incoming,
                                                          const ChangePicturesBody& body, const FindPicture& find) {
              return edge.change_pictures(call, incoming.path[0], body, find);
            }));
  router.on(Operation::cancel_product, changes<CancelProductBody>(service, &Edge::cancel_product, product_shown));
  router.on(Operation::complete_product, changes(service, &Edge::complete_product, product_shown));
  router.on(Operation::get_product, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) {
      const auto id = id_in_path(*incoming);
      if (!id) return;
      with_models(service, incoming,
                  [&service, incoming, caller, product = *id](const projections::ReadModels& models, std::uint64_t,
                                                              std::int64_t as_of) {
                    const auto view = queries::product_view({service.node, models, as_of != 0}, caller, product);
                    give(incoming, view, {.revision = view ? std::optional(view->revision()) : std::nullopt});
                  });
    });
  });
  router.on(Operation::list_products, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller& caller) {
      queries::ProductsQuery wanted;
      if (!read_filter(service, *incoming, caller, wanted)) return;
      with_models(service, incoming,
                  [&service, incoming, caller, wanted](const projections::ReadModels& models, std::uint64_t,
                                                       std::int64_t as_of) {
                    give(incoming, queries::list_products({service.node, models, as_of != 0}, caller, wanted));
                  });
    });
  });
  register_claims(router, service);
}

}  // namespace pioneer::api::http
