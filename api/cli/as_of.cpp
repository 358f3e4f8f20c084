#include "api/cli/commands.hpp"
#include "api/cli/console_caller.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/remote.hpp"
#include "api/cli/scratch.hpp"
#include "api/cli/shown_commits.hpp"
#include "api/http/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/queries/board_view.hpp"
#include "api/queries/product_view.hpp"
#include "api/queries/request_view.hpp"

namespace pioneer::cli {
namespace {

// Nobody's personal fields: opening those would have to be journalled.
Exit show_request(const Place& place, const node::Node& node, const domain::Id& id, eventstore::Sequence until) {
  auto answer = queries::request_view(node, console_caller(node), id, {until});
  if (!answer) return fail(answer.error());
  queries::hide_personal(answer->view);
  say_json(place, api::http::to_json(answer->view));
  return Exit::done;
}

Exit show_product(const Place& place, const node::Node& node, const projections::ReadModels& models,
                  const domain::Id& id) {
  const auto view = queries::product_view({node, models, true}, console_caller(node), id);
  if (!view) return fail(view.error());
  say_json(place, api::http::to_json(*view));
  return Exit::done;
}

Exit show_board(const Place& place, const node::Node& node, const projections::ReadModels& models,
                const domain::Id& organisation, eventstore::Sequence until, std::int64_t at_us) {
  queries::BoardQuery query;
  query.organisation = organisation;
  const auto actor = console_caller(node).actor;
  const auto json = node.projector().with_community([&](const node::Community& community) {
    return queries::board_json({community, models, node.edge().opener(), until.value, at_us}, actor, query);
  });
  if (!json) return fail(json.error());
  say_json(place, *json);
  return Exit::done;
}

std::string path_of(const AsOfOptions& options, std::int64_t at_us) {
  const std::string kinds = options.kind == "board" ? "boards" : options.kind + "s";
  return "/api/v1/" + kinds + "/" + remote::escaped(options.id) +
         "?asOf=" + remote::escaped(api::http::rfc3339_of_us(at_us));
}

}  // namespace

Exit as_of(const Place& place, const AsOfOptions& options) {
  const auto asked_us = time_or_date_us(options.at);
  if (!asked_us)
    return fail(Exit::usage,
                "--at is a time such as 2026-03-01T12:00:00Z, or a date such as 2026-03-01: its beginning.");
  const auto at_us = *asked_us;
  if (!place.server.empty()) return remote::show(place, path_of(options, at_us));
  auto local = open_to_read(place);
  if (!local) return fail(local.error());
  auto& node = (*local)->node();
  const bool is_board = options.kind == "board";
  const domain::Id id =
      is_board ? find_organisation(**local, options.id) : domain::Id::parse(options.id).value_or(domain::Id{});
  if (id.is_zero())
    return fail(Exit::no,
                "There is no " + std::string(is_board ? "organisation" : options.kind) + " " + options.id + ".");
  const auto until = queries::position_at(node.log(), {at_us});
  if (!until) return fail(until.error());
  if (options.kind == "request") return show_request(place, node, id, *until);
  auto scratch = Scratch::open(place.data);
  if (!scratch) return fail(scratch.error());
  projections::EngineOptions bulk;
  bulk.bulk = true;
  ShownCommits source(node.log(), *until);
  const auto models = projections::ReadModels::replayed((*scratch)->store(), source, {*until, std::nullopt}, bulk);
  if (!models) return fail(models.error());
  return is_board ? show_board(place, node, **models, id, *until, at_us) : show_product(place, node, **models, id);
}

}  // namespace pioneer::cli
