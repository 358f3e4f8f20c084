#include "api/queries/blob_view.hpp"

#include "domain/authorisation/authorisation.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

/// An upload is used once, as a rule; who sends its name again and again only hides it from themselves.
constexpr std::size_t uses_max = 16;

bool may_see(const node::Node& node, const node::Caller& caller, const projections::BlobUse& use,
             const std::string& stream) {
  const auto row = node.models().requests().get(use.request);
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

}  // namespace

domain::Decided<BlobPlace> blob_place(const node::Node& node, const node::Caller& caller, std::string_view name) {
  if (const auto uses = node.models().requests().blob_uses(name, uses_max)) {
    for (const auto& use : *uses) {
      auto stream = domain::stream_of(domain::stream_kind::request, use.request);
      if (may_see(node, caller, use, stream)) return BlobPlace{use.key.message(), std::move(stream), use.media_type};
    }
  }
  return domain::refuse_missing(caller.actor);
}

}  // namespace pioneer::queries
