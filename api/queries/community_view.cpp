#include "api/queries/community_view.hpp"

#include <algorithm>
#include <tuple>

#include "api/edge/fields.hpp"
#include "api/queries/names.hpp"
#include "api/queries/opened_field.hpp"
#include "api/queries/policy_view.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusals.hpp"
#include "domain/streams.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;
using domain::organisations::Directory;
using domain::organisations::Organisation;

bool contains(std::string_view name, std::string_view text) {
  const auto latin = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  if (std::ranges::none_of(text, latin)) return name.find(text) != std::string_view::npos;
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

/// Those among which the filter chooses; of very many, none is copied.
template <typename Visit>
void each_candidate(const Directory& directory, const OrganisationFilter& filter, const Visit& visit) {
  if (filter.code.empty() && !filter.parent) return directory.for_each(visit);
  const auto known = [&](const Id& id) {
    if (const auto* o = directory.find(id)) visit(id, *o);
  };
  if (!filter.code.empty()) return known(directory.by_code(filter.code));
  if (const auto* parent = directory.active(*filter.parent)) std::ranges::for_each(parent->children, known);
}

/// An organisation's place in a list. It points into the directory.
struct ListRow {
  std::string_view code, name;
  Id id;
  auto key() const { return std::tie(code, name, id); }
};

/// The first of all rows that are added, in order, and no more of them than are wanted: 660,000 pass through one page.
class FirstRows {
 public:
  explicit FirstRows(std::size_t most) : most_(most) {}

  void add(const ListRow& row) {
    if (rows_.size() == most_ && !(row.key() < rows_.front().key())) return;
    rows_.push_back(row);
    std::ranges::push_heap(rows_, {}, &ListRow::key);
    if (rows_.size() <= most_) return;
    std::ranges::pop_heap(rows_, {}, &ListRow::key);
    rows_.pop_back();
  }
  std::vector<ListRow> take() {
    std::ranges::sort_heap(rows_, {}, &ListRow::key);
    return std::move(rows_);
  }

 private:
  std::size_t most_;           ///< at least 1
  std::vector<ListRow> rows_;  ///< a heap, the last of them first
};

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
  api::OrganisationList list;
  node.projector().with_community([&](const node::Community& community) {
    // The cursor is the last row's id: its place is found again by its key, wherever it moved to.
    ListRow last;
    if (const auto after = Id::parse(filter.after)) {
      const auto* o = community.directory.find(*after);
      if (o != nullptr) last = {o->code, o->name, *after};
    }
    const std::size_t most = std::min(filter.limit, list_page_max);
    FirstRows first(most + 1);  // one more tells that there are more
    each_candidate(community.directory, filter, [&](const Id& id, const Organisation& o) {
      const ListRow row{o.code, o.name, id};
      if (matches(o, filter) && (last.id.is_zero() || last.key() < row.key())) first.add(row);
    });
    const auto rows = first.take();
    const std::size_t limit = std::min(most, rows.size());
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
    if (state == nullptr) return domain::refuse_missing(caller.actor);
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

Answered<api::MemberView> member_by_phone(const node::Node& node, const node::Caller& caller, std::string_view phone) {
  const auto token = node.edge().opener().phone_token(phone);
  const Id id = token.empty() ? Id{} : node.people().holder_of_phone(token);
  if (id.is_zero()) return domain::refuse_missing(caller.actor);
  return member(node, caller, id);
}

Answered<api::MemberView> me(const node::Node& node, const node::Caller& caller) {
  if (!caller.sender) return domain::refuse(domain::refusals::not_signed_in);
  return member(node, caller, caller.sender->member);
}

std::optional<Id> district_of(const node::Node& node, const node::Caller& caller) {
  if (!caller.sender) return std::nullopt;
  return node.projector().with_community([&](const node::Community& community) -> std::optional<Id> {
    const auto* state = community.roster.member(caller.sender->member);
    if (state == nullptr) return std::nullopt;
    const auto own = community.directory.resolve(state->organisation);
    if (own.is_zero()) return std::nullopt;
    const auto above = community.directory.ancestors(own);
    return above.size() < 2 ? own : above[above.size() - 2];
  });
}

api::CategoryList categories(const node::Node& node) {
  return node.projector().with_community([&](const node::Community& community) {
    api::CategoryList list;
    for (const auto& category : community.policy.policy.categories()) show_category(category, *list.add_items());
    return list;
  });
}

}  // namespace pioneer::queries
