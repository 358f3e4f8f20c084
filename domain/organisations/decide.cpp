#include "domain/organisations/decide.hpp"

#include <algorithm>
#include <utility>

#include "domain/authorisation/authorisation.hpp"
#include "domain/common/limits.hpp"
#include "domain/common/text.hpp"
#include "domain/organisations/refusals.hpp"

namespace pioneer::domain::organisations {
namespace {

namespace shared = domain::refusals;

constexpr Rules at_both_ends{Rule::organisation_active, Rule::levels_in_order, Rule::right_at_both_ends};

// Lower number, higher level. Departments may have offices and enterprises subsidiaries of their own level.
bool may_stand_below(Level::Value child, Level::Value parent) {
  if (child == parent) return child == Level::department || child == Level::enterprise;
  return child > parent;
}

bool code_fits(std::string_view code, Level::Value level) {
  if (code.empty()) return true;
  // The national register's codes are digits; one that begins with a capital is another register's.
  if (code.front() >= 'A' && code.front() <= 'Z') return is_text(code, limits::organisation_code_chars_max);
  const bool digits = std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
  switch (level) {
    case Level::city:
      return digits && code.size() == 4;
    case Level::district:
      return digits && code.size() == 6;
    case Level::street:
      return digits && code.size() == 9;
    case Level::community:
      return digits && code.size() == 12;
    default:
      return is_text(code, limits::organisation_code_chars_max);
  }
}

struct Found {
  Id id;
  const Organisation* organisation;
  Id acting_as;
};
/// The organisation that a command is about and who acts, or why not: unknown, not allowed, merged or closed.
Decided<Found> subject(const Directory& directory, const std::string& bytes, Action action, const Context& context) {
  const Id id = Id::of(bytes);
  const Organisation* record = directory.find(id);
  if (record == nullptr) return refuse_missing(context.actor);
  const auto acting = authorise(action, context.actor, Relation::none, id, directory);
  if (!acting) return std::unexpected(acting.error());
  if (record->state != OrganisationState::active) return refuse(shared::organisation_closed);
  return Found{id, record, *acting};
}
/// The other organisation that a command names, resolved.
Decided<Found> target(const Directory& directory, const std::string& bytes, std::string_view field) {
  const Id id = directory.resolve(Id::of(bytes));
  if (id.is_zero()) return refuse(shared::unknown_organisation, field);
  const Organisation* record = directory.active(id);
  if (record == nullptr) return refuse(shared::organisation_closed, field);
  return Found{id, record, {}};
}

template <class Event>
Decision<InStream> one(const Id& acting_as, const Id& organisation, Event event, Rules rules) {
  return {acting_as, {InStream{organisation, std::move(event)}}, rules};
}

}  // namespace

Outcome decide(const Directory& directory, const RegisterOrganisation& command, const Context& context) {
  const bool root = command.parent().empty();
  const Id parent_id = root ? Id{} : Id::of(command.parent());
  const auto acting = authorise(Action::register_organisation, context.actor, Relation::none, parent_id, directory);
  if (!acting) return std::unexpected(acting.error());
  const Id id = Id::of(command.id());
  if (id.is_zero()) return refuse(shared::out_of_bounds, "id");
  if (directory.find(id) != nullptr) return refuse(shared::already_exists);
  if (!is_text(command.name(), limits::organisation_name_chars_max)) return refuse(shared::out_of_bounds, "name");
  if (command.level() == Level::unspecified || !Level::Value_IsValid(command.level())) {
    return refuse(shared::out_of_bounds, "level");
  }
  if (!code_fits(command.code(), command.level())) return refuse(refusals::code_malformed, "code");
  OrganisationRegistered event;
  if (!root) {
    const auto parent = target(directory, command.parent(), "parent");
    if (!parent) return std::unexpected(parent.error());
    if (!may_stand_below(command.level(), parent->organisation->level))
      return refuse(refusals::level_not_below_parent, "level");
    if (directory.depth(parent->id) + 1 > limits::organisation_depth_max) return refuse(refusals::too_deep, "parent");
    event.set_parent(std::string(parent->id.view()));
  }
  if (!command.code().empty() && !directory.by_code(command.code()).is_zero())
    return refuse(refusals::code_taken, "code");
  event.set_name(command.name());
  event.set_level(command.level());
  event.set_code(command.code());
  Rules rules;
  if (!root) rules = {Rule::organisation_active, Rule::levels_in_order};
  if (!command.code().empty()) rules.add(Rule::code_held_once);
  return one(*acting, id, std::move(event), rules);
}

Outcome decide(const Directory& directory, const RenameOrganisation& command, const Context& context) {
  const auto found = subject(directory, command.organisation(), Action::rename_organisation, context);
  if (!found) return std::unexpected(found.error());
  if (!is_text(command.name(), limits::organisation_name_chars_max)) return refuse(shared::out_of_bounds, "name");
  if (command.name() == found->organisation->name) return refuse(refusals::same_name, "name");
  OrganisationRenamed event;
  event.set_name(command.name());
  return one(found->acting_as, found->id, std::move(event), {Rule::organisation_active});
}

Outcome decide(const Directory& directory, const MoveOrganisation& command, const Context& context) {
  const auto found = subject(directory, command.organisation(), Action::move_organisation, context);
  if (!found) return std::unexpected(found.error());
  const auto parent = target(directory, command.parent(), "parent");
  if (!parent) return std::unexpected(parent.error());
  const auto there = authorise(Action::move_organisation, context.actor, Relation::none, parent->id, directory);
  if (!there) return std::unexpected(there.error());
  if (directory.covers(found->id, parent->id)) return refuse(refusals::own_descendant, "parent");
  if (directory.resolve(found->organisation->parent) == parent->id) return refuse(refusals::same_parent, "parent");
  if (!may_stand_below(found->organisation->level, parent->organisation->level)) {
    return refuse(refusals::level_not_below_parent, "parent");
  }
  if (directory.depth(parent->id) + directory.height(found->id) > limits::organisation_depth_max) {
    return refuse(refusals::too_deep, "parent");
  }
  OrganisationMoved event;
  event.set_parent(std::string(parent->id.view()));
  return one(found->acting_as, found->id, std::move(event), at_both_ends);
}

Outcome decide(const Directory& directory, const MergeOrganisation& command, const Context& context) {
  const auto found = subject(directory, command.organisation(), Action::merge_organisation, context);
  if (!found) return std::unexpected(found.error());
  const auto into = target(directory, command.into(), "into");
  if (!into) return std::unexpected(into.error());
  const auto there = authorise(Action::merge_organisation, context.actor, Relation::none, into->id, directory);
  if (!there) return std::unexpected(there.error());
  if (directory.covers(found->id, into->id)) return refuse(refusals::own_descendant, "into");
  const auto& children = found->organisation->children;
  const bool fits = std::all_of(children.begin(), children.end(), [&](const Id& child) {
    return may_stand_below(directory.find(child)->level, into->organisation->level);
  });
  if (!fits) return refuse(refusals::merge_levels, "into");
  if (directory.depth(into->id) + directory.height(found->id) - 1 > limits::organisation_depth_max) {
    return refuse(refusals::too_deep, "into");
  }
  OrganisationMerged merged;
  merged.set_into(std::string(into->id.view()));
  OrganisationAbsorbed absorbed;
  absorbed.set_from(std::string(found->id.view()));
  return Decision<InStream>{
      found->acting_as, {{found->id, std::move(merged)}, {into->id, std::move(absorbed)}}, at_both_ends};
}

Outcome decide(const Directory& directory, const CloseOrganisation& command, const Context& context) {
  const auto found = subject(directory, command.organisation(), Action::close_organisation, context);
  if (!found) return std::unexpected(found.error());
  if (!found->organisation->children.empty()) return refuse(refusals::has_children);
  return one(found->acting_as, found->id, OrganisationClosed{}, {Rule::organisation_active});
}

}  // namespace pioneer::domain::organisations
