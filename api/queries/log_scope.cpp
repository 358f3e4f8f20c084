#include "api/queries/log_scope.hpp"

#include <algorithm>

#include "domain/authorisation/authorisation.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {

using domain::Id;
using projections::StreamKind;

Id organisation_of(const node::Node& node, const projections::Part& part) {
  const auto& models = node.models();
  if (part.kind == StreamKind::request) {
    const auto row = models.requests().get(part.id);
    return row && *row ? (*row)->organisation : Id{};
  }
  if (part.kind == StreamKind::product) {
    const auto row = models.products().get(part.id);
    return row && *row ? (*row)->terms.organisation : Id{};
  }
  if (part.kind == StreamKind::member) {
    const auto row = models.members().get(part.id);
    return row && *row ? (*row)->organisation : Id{};
  }
  if (part.kind == StreamKind::access) {
    const auto [kind, rest] = domain::parts_of(part.raw->stream());
    return Id::parse(rest.substr(0, rest.find('-'))).value_or(Id{});
  }
  return part.kind == StreamKind::organisation ? part.id : Id{};
}

domain::Decided<Id> may_of_root(const node::Community& community, const domain::Actor& actor, domain::Action action) {
  auto best = authorise(action, actor, domain::Relation::none, {}, community.directory);
  for (const auto& root : community.directory.roots()) {
    if (best) break;
    best = authorise(action, actor, domain::Relation::none, root, community.directory);
  }
  return best;
}

bool audits(const node::Node& node, const node::Community& community, const domain::Actor& actor,
            const projections::Part& part) {
  if (part.kind == StreamKind::organisation || part.kind == StreamKind::policy) return true;
  if (domain::id_in(part.raw->stream(), domain::stream_kind::refusal)) {
    return std::ranges::any_of(community.directory.roots(), [&](const Id& root) {
      return domain::covering_grant(actor, domain::Role::auditor, root, community.directory) != nullptr;
    });
  }
  const auto organisation = organisation_of(node, part);
  return domain::covering_grant(actor, domain::Role::auditor, organisation, community.directory) != nullptr;
}

}  // namespace pioneer::queries
