#include "api/queries/receipt_view.hpp"

#include <algorithm>
#include <array>

#include "api/queries/log_scope.hpp"
#include "api/queries/log_view.hpp"
#include "api/queries/names.hpp"
#include "api/text/bytes.hpp"
#include "domain/common/refusals.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;
using projections::StreamKind;

constexpr std::array<std::string_view, 12> of_one_person{"SubjectKeyIssued", "RequestSubmitted", "RequestDeadlineSet",
                                                         "RequestConfirmed", "RequestDisputed",  "RequestRated",
                                                         "RequestWithdrawn", "ClaimPlaced",      "ClaimCancelled",
                                                         "CheckedIn",        "ClaimRated",       "CommandRefused"};

bool is_of_one_person(const projections::Commit& commit) {
  if (commit.parts.size() != 1) return false;
  const auto& part = commit.parts.front();
  const bool refusal = domain::id_in(part.raw->stream(), domain::stream_kind::refusal).has_value();
  if (part.kind != StreamKind::request && part.kind != StreamKind::product && !refusal) return false;
  return std::ranges::all_of(part.events, [](const domain::AnyEvent& event) {
    return std::ranges::find(of_one_person, domain::event_type(event)) != of_one_person.end();
  });
}

bool is_theirs(const node::Node& node, const node::Caller& caller, const projections::Commit& commit) {
  if (!caller.sender || !is_of_one_person(commit)) return false;
  const auto& part = commit.parts.front();
  const auto me = node.edge().opener().pseudonym(caller.sender->key, part.raw->stream());
  if (!me || me->is_zero()) return false;
  if (part.actor == *me) return true;
  return std::ranges::any_of(part.events, [&](const domain::AnyEvent& event) {
    const auto* submitted = std::get_if<domain::RequestSubmitted>(&event);
    return submitted != nullptr && submitted->asker() == me->view();
  });
}

/// Every stream is one that they audit; what belongs to no organisation is a root's.
domain::Decided<Id> may_look(const node::Node& node, const node::Community& community, const node::Caller& caller,
                             const projections::Commit& commit) {
  domain::Decided<Id> all = domain::refuse(domain::refusals::not_found);
  for (const auto& part : commit.parts) {
    const auto organisation = part.kind == StreamKind::organisation ? part.id : organisation_of(node, part);
    all =
        authorise(domain::Action::get_receipt, caller.actor, domain::Relation::none, organisation, community.directory);
    if (!all) return all;
  }
  return all;
}

domain::Decided<void> may(const node::Node& node, const node::Caller& caller, domain::Action action,
                          const projections::Commit& commit, ReceiptSource& source) {
  if (is_theirs(node, caller, commit)) return {};
  const auto root = audited_root(node, caller, action);
  if (root) source.root = *root;
  if (root || action == domain::Action::get_receipt_proof)
    return root ? domain::Decided<void>{} : std::unexpected(root.error());
  const auto looked = node.projector().with_community(
      [&](const node::Community& community) { return may_look(node, community, caller, commit); });
  return looked ? domain::Decided<void>{} : std::unexpected(looked.error());
}

void show(const projections::Commit& commit, api::ReceiptView& view) {
  view.set_id(std::to_string(commit.sequence.value));
  view.set_position(commit.sequence.value);
  set_time(*view.mutable_recorded_at(), commit.recorded_at.us);
  if (commit.parts.empty()) return;
  const auto& first = commit.parts.front();
  view.set_stream(first.raw->stream());
  view.set_kind(std::string(domain::parts_of(first.raw->stream()).first));
  view.set_revision(first.revision());
  for (const auto& part : commit.parts)
    for (const auto& event : part.events) view.add_events(std::string(domain::event_type(event)));
}

}  // namespace

domain::Decided<ReceiptSource> receipt_source(const node::Node& node, const node::Caller& caller, domain::Action action,
                                              eventstore::Sequence position) {
  if (!caller.sender) return domain::refuse_missing(caller.actor);
  if (position >= node.projector().projected()) return domain::refuse(domain::refusals::not_found);
  auto record = node.log().read(position);
  if (!record) return domain::refuse(domain::refusals::not_found);
  ReceiptSource source{{}, std::move(*record), {}};
  const auto accepted = eventstore::parse_commit({position, source.record});
  if (!accepted) return domain::refuse(domain::refusals::not_found);
  const auto commit = projections::read_commit(*accepted);
  if (!commit) return domain::refuse(domain::refusals::not_found);
  if (const auto allowed = may(node, caller, action, *commit, source); !allowed)
    return std::unexpected(allowed.error());
  show(*commit, source.view);
  source.view.set_leaf_hash(api::hex(accepted->leaf.view()));
  return source;
}

}  // namespace pioneer::queries
