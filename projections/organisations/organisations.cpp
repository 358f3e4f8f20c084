#include "projections/organisations/organisations.hpp"

#include <algorithm>
#include <mutex>

#include "projections/engine/codec.hpp"
#include "projections/engine/row.hpp"

namespace pioneer::projections {
namespace {

using domain::Id;
using domain::OrganisationState;
using eventstore::failure;
using eventstore::Result;

std::string row_key(const Id& id) { return std::string("o").append(id.view()); }

bool contains(std::string_view text, std::string_view part) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return !std::ranges::search(text, part, {}, lower, lower).empty();
}

/// Those without a code after those with one.
std::string order_key(const OrganisationRow& row) {
  std::string key;
  key.push_back(static_cast<char>(row.level));
  key.append(row.code.empty() ? "\xff" : row.code).push_back('\0');
  key.append(row.name).push_back('\0');
  return key.append(row.id.view());
}

void apply_part(const Part& part, Batch& batch) {
  const auto key = row_key(part.id);
  const auto* const stored = batch.get(key);
  auto decoded = stored ? OrganisationRow::decode(part.id, *stored) : OrganisationRow{};
  if (!decoded) return batch.fail("The row of organisation " + part.id.text() + " does not parse.");
  auto row = std::move(*decoded);
  for (const auto& event : part.events) {
    if (const auto* const e = std::get_if<domain::OrganisationRegistered>(&event)) {
      row.name = e->name();
      row.level = e->level();
      row.parent = Id::of(e->parent());
      row.code = e->code();
      row.state = OrganisationState::active;
    } else if (const auto* const renamed = std::get_if<domain::OrganisationRenamed>(&event)) {
      row.name = renamed->name();
    } else if (const auto* const moved = std::get_if<domain::OrganisationMoved>(&event)) {
      row.parent = Id::of(moved->parent());
    } else if (const auto* const merged = std::get_if<domain::OrganisationMerged>(&event)) {
      row.state = OrganisationState::merged;
      row.merged_into = Id::of(merged->into());
    } else if (std::holds_alternative<domain::OrganisationClosed>(event)) {
      row.state = OrganisationState::closed;
    }
  }
  if (row.state == OrganisationState::unspecified)
    return batch.fail("Organisation " + part.id.text() + " has events before it was registered.");
  row.revision = part.revision();
  batch.put(key, row.encode());
}

}  // namespace

std::string OrganisationRow::encode() const {
  return Encoder().text(name).number(level).id(parent).text(code).number(state).id(merged_into).number(revision).take();
}

std::optional<OrganisationRow> OrganisationRow::decode(const Id& id, std::string_view bytes) {
  Decoder from(bytes);
  OrganisationRow row;
  row.id = id;
  row.name = from.text();
  row.level = static_cast<domain::Level::Value>(from.number());
  row.parent = from.id();
  row.code = from.text();
  row.state = static_cast<OrganisationState::Value>(from.number());
  row.merged_into = from.id();
  row.revision = from.number();
  if (!from.complete()) return std::nullopt;
  return row;
}

void OrganisationsProjection::apply(const Commit& commit, Batch& batch) const {
  for (const auto& part : commit.parts) {
    if (part.kind == StreamKind::organisation && !part.events.empty()) apply_part(part, batch);
  }
}

Result<std::unique_ptr<Organisations>> Organisations::open(Engine& engine) {
  std::unique_ptr<Organisations> all(new Organisations(engine.view("organisations")));
  if (auto read = all->read_all(); !read) return std::unexpected(read.error());
  engine.on_rows_changed("organisations", [o = all.get()](const RowsChanged& change) { o->changed(change); });
  return all;
}

Result<void> Organisations::read_all() {
  const auto rows = rows_.cursor();
  for (rows->seek("o"); rows->valid(); rows->next()) {
    auto row = OrganisationRow::decode(Id::of(rows->key().substr(1)), rows->value());
    if (!row) return failure("corrupt_row", "A row of an organisation does not parse; rebuild the projection.");
    set(std::move(*row));
  }
  return rows->status();
}

void Organisations::changed(const RowsChanged& change) {
  const std::unique_lock lock(mutex_);
  if (change.rebuilt) {
    // Of another version, perhaps. What cannot be read is absent until the next open says so.
    all_.clear();
    by_code_.clear();
    children_.clear();
    merged_.clear();
    order_.clear();
    static_cast<void>(read_all());
    return;
  }
  for (const auto& row : change.changes) {
    const auto id = Id::of(std::string_view(row.key).substr(1));
    if (auto decoded = row.value ? OrganisationRow::decode(id, *row.value) : std::nullopt) set(std::move(*decoded));
  }
}

void Organisations::unset(const Id& id) {
  const auto found = all_.find(id);
  if (found == all_.end()) return;
  const auto& row = found->second;
  order_.erase(order_key(row));
  if (const auto code = by_code_.find(row.code); code != by_code_.end() && code->second == id) by_code_.erase(code);
  std::erase(children_[row.parent], id);
  if (!row.merged_into.is_zero()) std::erase(merged_[row.merged_into], id);
  all_.erase(found);
}

void Organisations::set(OrganisationRow row) {
  unset(row.id);
  order_.insert(order_key(row));
  if (row.state == OrganisationState::active) {
    if (!row.code.empty()) by_code_.insert_or_assign(row.code, row.id);
  }
  if (row.state != OrganisationState::merged) children_[row.parent].push_back(row.id);
  if (row.state == OrganisationState::merged) merged_[row.merged_into].push_back(row.id);
  const auto id = row.id;
  all_.insert_or_assign(id, std::move(row));
}

const OrganisationRow* Organisations::find(const Id& id) const {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : &found->second;
}

// A merge is only ever into an active organisation, so the chain ends.
const OrganisationRow* Organisations::resolved_row(const Id& id) const {
  const auto* row = find(id);
  while (row != nullptr && row->state == OrganisationState::merged) row = find(row->merged_into);
  return row;
}

const std::vector<Id>& Organisations::below(const Id& id) const {
  static const std::vector<Id> none;
  const auto found = children_.find(id);
  return found == children_.end() ? none : found->second;
}

void Organisations::add_with_merged(const Id& id, std::vector<Id>& to) const {
  const auto start = to.size();
  to.push_back(id);
  for (std::size_t i = start; i < to.size(); ++i) {
    const auto found = merged_.find(to[i]);
    if (found != merged_.end()) to.insert(to.end(), found->second.begin(), found->second.end());
  }
}

std::optional<OrganisationRow> Organisations::get(const Id& id) const {
  const std::shared_lock lock(mutex_);
  const auto* const row = find(id);
  return row == nullptr ? std::optional<OrganisationRow>{} : *row;
}

Id Organisations::resolve(const Id& id) const {
  const std::shared_lock lock(mutex_);
  const auto* const row = resolved_row(id);
  return row == nullptr ? Id{} : row->id;
}

std::vector<OrganisationRow> Organisations::ancestors(const Id& id) const {
  const std::shared_lock lock(mutex_);
  std::vector<OrganisationRow> all;
  const auto* row = resolved_row(id);
  for (row = row == nullptr ? nullptr : resolved_row(row->parent); row != nullptr; row = resolved_row(row->parent))
    all.push_back(*row);
  std::ranges::reverse(all);
  return all;
}

std::vector<Id> Organisations::alone(const Id& id) const {
  const std::shared_lock lock(mutex_);
  std::vector<Id> all;
  if (const auto* const row = resolved_row(id)) add_with_merged(row->id, all);
  return all;
}

std::size_t Organisations::children(const Id& id) const {
  std::size_t count = 0;
  const auto all = alone(id);
  const std::shared_lock lock(mutex_);
  for (const auto& one : all) {
    count += static_cast<std::size_t>(std::ranges::count_if(
        below(one), [&](const Id& child) { return find(child)->state == OrganisationState::active; }));
  }
  return count;
}

// Children of a merged one still name it as their parent, and it stands in the list with them.
std::vector<Id> Organisations::subtree(const Id& id) const {
  const std::shared_lock lock(mutex_);
  std::vector<Id> all;
  if (const auto* const row = resolved_row(id)) add_with_merged(row->id, all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const auto& child : below(all[i])) add_with_merged(child, all);
  }
  return all;
}

std::optional<OrganisationRow> Organisations::by_code(std::string_view code) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_code_.find(std::string(code));
  return found == by_code_.end() ? std::nullopt : std::optional(*find(found->second));
}

// A page's `next` is the place in the order of the last organisation given.
Result<OrganisationPage> Organisations::page(const OrganisationFilter& filter, std::string_view after,
                                             std::size_t limit) const {
  OrganisationPage page;
  const std::shared_lock lock(mutex_);
  const auto* const parent = filter.parent && !filter.parent->is_zero() ? resolved_row(*filter.parent) : nullptr;
  if (filter.parent && !filter.parent->is_zero() && parent == nullptr) return page;
  const auto passes = [&](const OrganisationRow& row) {
    if (filter.active_only && row.state != OrganisationState::active) return false;
    if (filter.level != domain::Level::unspecified && row.level != filter.level) return false;
    if (!filter.code.empty() && row.code != filter.code) return false;
    if (!filter.q.empty() && !contains(row.name, filter.q) && !row.code.starts_with(filter.q)) return false;
    return !filter.parent || resolved_row(row.parent) == parent;
  };
  for (auto at = order_.upper_bound(std::string(after)); at != order_.end(); ++at) {
    const auto* const row = find(Id::of(std::string_view(*at).substr(at->size() - 16)));
    if (!passes(*row)) continue;
    if (page.organisations.size() == limit) return page;
    page.organisations.push_back(*row);
    page.next = *at;
  }
  page.next.clear();
  return page;
}

}  // namespace pioneer::projections
