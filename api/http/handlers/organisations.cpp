// Organisations and categories.
#include "api/http/handlers/service.hpp"
#include "api/queries/community_view.hpp"
#include "domain/streams.hpp"

namespace pioneer::api::http {
namespace {

void show_organisation(const Service& service, const IncomingPointer& incoming, const domain::Id& id,
                       std::optional<std::uint64_t> position) {
  const auto view = queries::organisation(service.node, id);
  give(incoming, view, {.revision = view ? std::optional(view->revision()) : std::nullopt, .position = position});
}

Show organisation_shown(const Service& service, const IncomingPointer& incoming) {
  return [&service, incoming](const node::Caller&, const node::Outcome& outcome) {
    const auto id = domain::id_in(outcome.stream, domain::stream_kind::organisation).value_or(domain::Id{});
    show_organisation(service, incoming, id, outcome.answer.position.value);
  };
}

void list(const Service& service, const IncomingPointer& incoming) {
  queries::OrganisationFilter filter;
  const auto& request = incoming->request;
  if (const auto parent = request.parameter("parent"); !parent.empty()) {
    filter.parent = organisation_named(service, parent);
    if (!filter.parent) return incoming->json(R"({"items":[]})");
  }
  if (const auto level = request.parameter("level"); !level.empty()) {
    if (!domain::Level::Value_Parse(std::string(level), &filter.level) || filter.level == domain::Level::unspecified)
      return malformed(*incoming, "level", "There is no such level.");
  }
  const auto limit = limit_of(*incoming, queries::list_page_max, queries::list_page_max);
  if (!limit) return;
  filter.limit = *limit;
  filter.text = request.parameter("q");
  filter.code = request.parameter("code");
  filter.after = request.parameter("cursor");
  incoming->view(queries::list_organisations(service.node, filter));
}

}  // namespace

void register_organisations(Router& router, const Service& service) {
  router.on(Operation::list_organisations, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller&) { list(service, incoming); });
  });
  router.on(Operation::get_organisation, [&service](const IncomingPointer& incoming) {
    query(service, incoming, [&service, incoming](const node::Caller&) {
      show_organisation(service, incoming, organisation_named(service, incoming->path[0]).value_or(domain::Id{}), {});
    });
  });
  router.on(Operation::register_organisation, [&service](const IncomingPointer& incoming) {
    RegisterOrganisationBody body;
    if (!incoming->read_body(body)) return;
    send(
        service, incoming, [&](Edge& edge, const Call& call) { return edge.register_organisation(call, body); },
        organisation_shown(service, incoming));
  });
  router.on(Operation::rename_organisation,
            changes<RenameOrganisationBody>(service, &Edge::rename_organisation, organisation_shown));
  router.on(Operation::move_organisation,
            changes<MoveOrganisationBody>(service, &Edge::move_organisation, organisation_shown));
  router.on(Operation::merge_organisation,
            changes<MergeOrganisationBody>(service, &Edge::merge_organisation, organisation_shown));
  router.on(Operation::close_organisation, changes(service, &Edge::close_organisation, organisation_shown));
  router.on(Operation::get_categories, [&service](const IncomingPointer& incoming) {
    query(service, incoming,
          [&service, incoming](const node::Caller&) { incoming->view(queries::categories(service.node)); });
  });
}

}  // namespace pioneer::api::http
