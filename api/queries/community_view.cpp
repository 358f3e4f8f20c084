#include "api/queries/community_view.hpp"

#include <algorithm>
#include <tuple>

#include "api/edge/fields.hpp"
#include "api/queries/names.hpp"
#include "api/queries/opened_field.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusals.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;
using domain::organisations::Directory;
using domain::organisations::Organisation;

bool contains(std::string_view name, std::string_view text) {
  const auto same = [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return lower(a) == lower(b);
  };
  return std::ranges::search(name, text, same).begin() != name.end() || text.empty();
}

bool matches(const Organisation& o, const OrganisationFilter& filter) {
  return o.state == domain::OrganisationState::active &&
         (filter.level == domain::Level::unspecified || o.level == filter.level) &&
         (filter.code.empty() || o.code == filter.code) && contains(o.name, filter.text);
}

std::vector<Id> candidates(const Directory& directory, const OrganisationFilter& filter) {
  if (!filter.code.empty()) {
    const Id found = directory.by_code(filter.code);
    return found.is_zero() ? std::vector<Id>{} : std::vector<Id>{found};
  }
  if (filter.parent) {
    const auto* parent = directory.active(*filter.parent);
    return parent == nullptr ? std::vector<Id>{} : parent->children;
  }
  std::vector<Id> all;
  all.reserve(directory.size());
  directory.for_each([&](const Id& id, const Organisation&) { all.push_back(id); });
  return all;
}

std::uint64_t revision_of(const node::Node& node, std::string_view kind, const Id& id) {
  return node.index().revision(domain::stream_of(kind, id)).value_or(0);
}

/// Without names of persons: those depend on who asks.
api::MemberView member_view(const node::Node& node, const node::Community& community, const Id& id,
                            const domain::members::State& state) {
  api::MemberView view;
  view.set_id(id.text());
  view.set_state(state.erased ? domain::MemberState::erased : domain::MemberState::active);
  view.set_revision(revision_of(node, domain::stream_kind::member, id));
  name_organisation(community.directory, state.organisation, *view.mutable_organisation());
  for (const auto& grant : community.roster.grants(id)) {
    auto& role = *view.add_roles();
    role.set_role(grant.role);
    name_organisation(community.directory, grant.organisation, *role.mutable_organisation());
  }
  return view;
}

}  // namespace

api::OrganisationList list_organisations(const node::Node& node, const OrganisationFilter& filter) {
  struct Row {
    std::string code, name;
    Id id;
    auto key() const { return std::tie(code, name, id); }
  };
  api::OrganisationList list;
  node.projector().with_community([&](const node::Community& community) {
    std::vector<Row> rows;
    for (const auto& id : candidates(community.directory, filter)) {
      const auto* o = community.directory.find(id);
      if (o != nullptr && matches(*o, filter)) rows.push_back({o->code, o->name, id});
    }
    // The cursor is the last row's id: its place is found again by its key, wherever it moved to.
    Row last;
    if (const auto after = Id::parse(filter.after)) {
      const auto* o = community.directory.find(*after);
      if (o != nullptr) last = {o->code, o->name, *after};
    }
    std::erase_if(rows, [&](const Row& row) { return !last.id.is_zero() && row.key() <= last.key(); });
    const std::size_t limit = std::min({filter.limit, list_page_max, rows.size()});
    std::ranges::partial_sort(rows, rows.begin() + static_cast<std::ptrdiff_t>(limit), {}, &Row::key);
    for (std::size_t i = 0; i < limit; ++i) {
      *list.add_items() = organisation_view(community.directory, rows[i].id,
                                            revision_of(node, domain::stream_kind::organisation, rows[i].id));
    }
    if (limit < rows.size() && limit > 0) list.set_next_cursor(rows[limit - 1].id.text());
  });
  return list;
}

domain::Decided<api::OrganisationView> organisation(const node::Node& node, const Id& id) {
  return node.projector().with_community(
      [&](const node::Community& community) -> domain::Decided<api::OrganisationView> {
        if (community.directory.find(id) == nullptr) return domain::refuse(domain::refusals::not_found);
        return organisation_view(community.directory, id, revision_of(node, domain::stream_kind::organisation, id));
      });
}

Answered<api::MemberView> member(const node::Node& node, const node::Caller& caller, const Id& id) {
  const bool self = caller.sender && caller.sender->member == id;
  Answer<api::MemberView> answer;
  const auto may = node.projector().with_community([&](const node::Community& community) -> domain::Decided<Id> {
    const auto* state = community.roster.member(id);
    if (state == nullptr) return domain::refuse(domain::refusals::not_found);
    auto allowed =
        authorise(domain::Action::get_member, caller.actor, self ? domain::Relation::own : domain::Relation::none,
                  state->organisation, community.directory);
    if (!allowed) return allowed;
    answer.view = member_view(node, community, id, *state);
    if (const auto* holding = community.roster.holding(*allowed)) answer.journal.organisation = holding->organisation;
    return allowed;
  });
  if (!may) return std::unexpected(may.error());
  const auto person = node.people().find(id);
  if (!person || person->erased) return answer;
  const std::string stream = domain::stream_of(domain::stream_kind::member, id);
  open_into(node.edge(), person->name, stream, api::field::member_name,
            [&](std::string s) { answer.view.set_name(std::move(s)); });
  open_into(node.edge(), person->phone, stream, api::field::member_phone,
            [&](std::string s) { answer.view.set_phone(std::move(s)); });
  if (!self) {
    answer.journal.purpose = "get_member";
    answer.journal.subjects.push_back({person->member, person->key});
  }
  return answer;
}

Answered<api::MemberView> me(const node::Node& node, const node::Caller& caller) {
  if (!caller.sender) return domain::refuse(domain::refusals::not_signed_in);
  return member(node, caller, caller.sender->member);
}

api::CategoryList categories(const node::Node& node) {
  return node.projector().with_community([&](const node::Community& community) {
    api::CategoryList list;
    for (const auto& category : community.policy.policy.categories()) {
      auto& view = *list.add_items();
      view.set_code(category.code());
      view.set_name_zh(category.name_zh());
      view.set_name_en(category.name_en());
      view.set_group(category.group());
      view.set_icon(category.icon());
      view.set_accept_within_minutes(category.accept_within_minutes());
      view.set_resolve_within_minutes(category.resolve_within_minutes());
    }
    return list;
  });
}

}  // namespace pioneer::queries
