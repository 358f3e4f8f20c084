#include "api/queries/blob_view.hpp"

#include "api/edge/fields.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

/// An upload is used once, as a rule; who sends its name again and again only hides it from themselves.
constexpr std::size_t uses_max = 16;

bool may_see_asked(const node::Node& node, const node::Caller& caller, const projections::UploadUse& use,
                   const std::string& stream) {
  const auto row = node.models().requests().get(use.shown_by);
  if (!row || !*row) return false;
  const auto pseudonym = caller.sender ? node.edge().opener().pseudonym(caller.sender->key, stream) : std::nullopt;
  const bool mine = pseudonym && !(*row)->asker.is_zero() && *pseudonym == (*row)->asker;
  return node.projector().with_community([&](const node::Community& community) {
    return domain::authorise(domain::Action::get_blob, caller.actor,
                             mine ? domain::Relation::own : domain::Relation::none, (*row)->organisation,
                             community.directory)
        .has_value();
  });
}

bool may_see_offered(const node::Node& node, const node::Caller& caller, const projections::UploadUse& use) {
  if (use.taken_away) return false;
  const auto row = node.models().products().get(use.shown_by);
  if (!row || !*row) return false;
  return node.projector().with_community([&](const node::Community& community) {
    return domain::authorise((*row)->terms.published ? domain::Action::get_product : domain::Action::get_draft_product,
                             caller.actor, domain::Relation::none, (*row)->terms.organisation, community.directory)
        .has_value();
  });
}

}  // namespace

std::optional<BlobPlace> picture_place(const node::Node& node, const node::Caller& caller, std::string_view name) {
  const auto uses = node.models().products().picture_uses(name, uses_max);
  if (!uses) return std::nullopt;
  for (const auto& use : *uses) {
    if (!may_see_offered(node, caller, use)) continue;
    return BlobPlace{use.key.message(), domain::stream_of(domain::stream_kind::product, use.shown_by),
                     api::field::picture_key, use.media_type};
  }
  return std::nullopt;
}

domain::Decided<BlobPlace> blob_place(const node::Node& node, const node::Caller& caller, std::string_view name) {
  if (const auto uses = node.models().requests().blob_uses(name, uses_max)) {
    for (const auto& use : *uses) {
      auto stream = domain::stream_of(domain::stream_kind::request, use.shown_by);
      if (may_see_asked(node, caller, use, stream))
        return BlobPlace{use.key.message(), std::move(stream), api::field::blob_key, use.media_type};
    }
  }
  if (auto picture = picture_place(node, caller, name)) return std::move(*picture);
  return domain::refuse_missing(caller.actor);
}

}  // namespace pioneer::queries
