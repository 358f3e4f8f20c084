#include "api/queries/concern.hpp"

#include "domain/authorisation/authorisation.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;
namespace stream_kind = domain::stream_kind;

/// False: there is no such row.
bool find(const node::Node& node, const node::Caller& caller, std::string_view kind, std::string_view text,
          Concern& concern) {
  const auto id = Id::parse(text).value_or(Id{});
  const auto journal_of = Id::parse(text.substr(0, text.find('-'))).value_or(Id{});
  const auto& models = node.models();
  if (kind == stream_kind::request) {
    const auto row = models.requests().get(id);
    if (!row || !*row) return false;
    concern.organisation = (*row)->organisation;
    concern.mine = concern.me && !(*row)->asker.is_zero() && *concern.me == (*row)->asker;
  } else if (kind == stream_kind::product) {
    const auto row = models.products().get(id);
    if (!row || !*row) return false;
    concern.organisation = (*row)->terms.organisation;
  } else if (kind == stream_kind::member) {
    const auto row = models.members().get(id);
    if (!row || !*row) return false;
    concern.organisation = (*row)->organisation;
    concern.mine = caller.sender && caller.sender->member == id;
  } else if (kind == stream_kind::organisation) {
    concern.organisation = id;
  } else if (kind == stream_kind::access) {
    concern.organisation = journal_of;
  }
  return true;  // others belong to nobody: the table lets auditors of all see them, or all
}

}  // namespace

std::optional<Concern> concern_of(const node::Node& node, const node::Caller& caller, std::string_view kind,
                                  std::string_view id) {
  const std::string stream = std::string(kind) + "/" + std::string(id);
  Concern concern;
  if (caller.sender) concern.me = node.edge().opener().pseudonym(caller.sender->key, stream);
  if (!find(node, caller, kind, id, concern)) return std::nullopt;
  return concern;
}

domain::Decided<Id> may_look(const node::Community& community, const node::Caller& caller, domain::Action action,
                             const Concern& concern) {
  domain::Actor actor = caller.actor;
  if (concern.me) actor.pseudonym = *concern.me;
  return authorise(action, actor, concern.mine ? domain::Relation::own : domain::Relation::none, concern.organisation,
                   community.directory);
}

}  // namespace pioneer::queries
