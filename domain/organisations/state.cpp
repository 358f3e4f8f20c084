#include "domain/organisations/state.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace pioneer::domain::organisations {

void Directory::evolve(const Id& organisation, const Event& event, const Happened&) {
  std::visit([&](const auto& e) { apply(organisation, e); }, event);
}

const Organisation* Directory::find(const Id& organisation) const {
  const auto found = organisations_.find(organisation);
  return found == organisations_.end() ? nullptr : &found->second;
}

// A merge is only ever into an active organisation, so the chain ends.
Id Directory::resolve(const Id& organisation) const {
  Id id = organisation;
  const Organisation* record = find(id);
  while (record != nullptr && record->state == OrganisationState::merged) {
    id = record->merged_into;
    record = find(id);
  }
  return record == nullptr ? Id{} : id;
}

const Organisation* Directory::active(const Id& organisation) const {
  const Organisation* record = find(resolve(organisation));
  return record != nullptr && record->state == OrganisationState::active ? record : nullptr;
}

Id Directory::nearest_active(const Id& organisation) const {
  Id id = resolve(organisation);
  while (!id.is_zero() && active(id) == nullptr) id = resolve(find(id)->parent);
  return id;
}

int Directory::distance(const Id& ancestor, const Id& organisation) const {
  const Id top = resolve(ancestor);
  if (top.is_zero()) return -1;
  int steps = 0;
  for (Id id = resolve(organisation); !id.is_zero(); id = resolve(find(id)->parent), ++steps) {
    if (id == top) return steps;
  }
  return -1;
}

bool Directory::covers(const Id& ancestor, const Id& organisation) const {
  return distance(ancestor, organisation) >= 0;
}

std::vector<Id> Directory::ancestors(const Id& organisation) const {
  std::vector<Id> out;
  const Id self = resolve(organisation);
  if (self.is_zero()) return out;
  for (Id id = resolve(find(self)->parent); !id.is_zero(); id = resolve(find(id)->parent)) out.push_back(id);
  return out;
}

std::vector<Id> Directory::subtree(const Id& organisation) const {
  std::vector<Id> out;
  const Id self = resolve(organisation);
  if (self.is_zero()) return out;
  out.push_back(self);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto& children = find(out[i])->children;
    out.insert(out.end(), children.begin(), children.end());
  }
  return out;
}

Id Directory::by_code(std::string_view code) const {
  const auto found = by_code_.find(std::string(code));
  return found == by_code_.end() ? Id{} : found->second;
}

std::size_t Directory::depth(const Id& organisation) const {
  return resolve(organisation).is_zero() ? 0 : ancestors(organisation).size() + 1;
}

std::size_t Directory::height(const Id& organisation) const {
  std::vector<Id> level{resolve(organisation)};
  if (level.front().is_zero()) return 0;
  std::size_t height = 0;
  while (!level.empty()) {
    ++height;
    std::vector<Id> below;
    for (const Id& id : level) {
      const auto& children = find(id)->children;
      below.insert(below.end(), children.begin(), children.end());
    }
    level = std::move(below);
  }
  return height;
}

void Directory::for_each(const std::function<void(const Id&, const Organisation&)>& visit) const {
  for (const auto& [id, organisation] : organisations_) visit(id, organisation);
}

std::vector<Id>& Directory::siblings(const Id& parent) {
  const auto found = organisations_.find(resolve(parent));
  return found == organisations_.end() ? roots_ : found->second.children;
}

void Directory::leave(const Id& id, const Organisation& organisation) {
  std::erase(siblings(organisation.parent), id);
  const auto code = by_code_.find(organisation.code);
  if (code != by_code_.end() && code->second == id) by_code_.erase(code);
}

void Directory::apply(const Id& id, const OrganisationRegistered& e) {
  const auto [at, fresh] = organisations_.try_emplace(id);
  if (!fresh) return;
  Organisation& o = at->second;
  o.name = e.name();
  o.level = e.level();
  o.parent = Id::of(e.parent());
  o.code = e.code();
  o.state = OrganisationState::active;
  if (!o.code.empty()) by_code_.try_emplace(o.code, id);
  siblings(e.parent().empty() ? Id{} : o.parent).push_back(id);
}

void Directory::apply(const Id& id, const OrganisationRenamed& e) {
  const auto found = organisations_.find(id);
  if (found != organisations_.end()) found->second.name = e.name();
}

void Directory::apply(const Id& id, const OrganisationMoved& e) {
  const auto found = organisations_.find(id);
  if (found == organisations_.end()) return;
  std::erase(siblings(found->second.parent), id);
  found->second.parent = Id::of(e.parent());
  siblings(found->second.parent).push_back(id);
}

void Directory::apply(const Id& id, const OrganisationMerged& e) {
  const auto from = organisations_.find(id);
  const auto into = organisations_.find(resolve(Id::of(e.into())));
  if (from == organisations_.end() || into == organisations_.end() || from == into) return;
  leave(id, from->second);
  for (const Id& child : from->second.children) {
    organisations_.find(child)->second.parent = into->first;
    into->second.children.push_back(child);
  }
  from->second.children.clear();
  from->second.state = OrganisationState::merged;
  from->second.merged_into = into->first;
  merged_.push_back(id);
}

// The other half of a merge, for the reader of the absorbing stream; OrganisationMerged has done the work.
void Directory::apply(const Id&, const OrganisationAbsorbed&) {}

void Directory::apply(const Id& id, const OrganisationClosed&) {
  const auto found = organisations_.find(id);
  if (found == organisations_.end() || found->second.state != OrganisationState::active) return;
  leave(id, found->second);
  found->second.state = OrganisationState::closed;
  closed_.push_back(id);
}

}  // namespace pioneer::domain::organisations
