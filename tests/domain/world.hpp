// A small community for specs: a tree of organisations, people with roles, a policy, and a clock that the spec sets.
//
//   city ── district ── street ┬─ community_a        far_city
//                │             ├─ community_b
//                └─ department └─ closed_community
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/common/context.hpp"
#include "domain/common/id.hpp"
#include "domain/common/refusals.hpp"
#include "domain/members/state.hpp"
#include "domain/organisations/state.hpp"
#include "domain/policy/state.hpp"

namespace pioneer::domain::specs {

/// The same name, the same id.
Id id(std::string_view name);
std::string bytes(std::string_view name);
std::string bytes(const Id& id);
Sealed sealed(std::string_view content);

inline constexpr std::int64_t hour_us = 3'600'000'000;
inline constexpr std::int64_t day_us = 24 * hour_us;
/// When specs begin: 2026-01-01T00:00:00Z.
inline constexpr Instant start{1'767'225'600'000'000};
inline constexpr Instant after(std::int64_t us) { return {start.us + us}; }

struct World {
  World();

  organisations::Directory directory;
  members::Roster roster;
  policy::State policy;

  void register_organisation(std::string_view name, Level::Value level, std::string_view parent, std::string code = {});
  void register_member(std::string_view name, std::string_view organisation);
  /// The grant's id is id("<member>/<role>").
  void grant(std::string_view member, Role::Value role, std::string_view organisation);
  void revoke(std::string_view member, Role::Value role);

  Context context(const Actor& actor, Instant now = start) const { return {now, actor, directory, policy, roster}; }
};

Actor nobody();
Actor system();
/// The member as the Writer sees them in a stream of others: a pseudonym, active grants.
Actor person(const World& world, std::string_view name);
/// The same in their own member stream.
Actor self(const World& world, std::string_view name);
/// The pseudonym that person() gives.
Id pseudonym(std::string_view name);
Id grant_id(std::string_view member, Role::Value role);

}  // namespace pioneer::domain::specs
