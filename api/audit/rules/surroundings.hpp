// What the rules of one product, request or member need of the rest of the log: who holds which office, what stands
// below what, which times are allowed. One thread.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "api/audit/rules/breach.hpp"
#include "api/audit/rules/measures.hpp"
#include "api/audit/rules/tree.hpp"

namespace pioneer::api::rules {

/// Whose grant it is, where, and whether it is held now.
struct Office {
  domain::Id member;
  domain::Id organisation;
  domain::Role::Value role = domain::Role::unspecified;
  bool held = false;
};
using Offices = std::unordered_map<domain::Id, Office, domain::IdHash>;
using Roles = std::initializer_list<domain::Role::Value>;

/// As everything stands now.
struct Surroundings {
  Offices offices;
  Tree tree;
  Measures measures;
  std::unordered_set<std::uint64_t> problems;  ///< told in ratings and not asked for yet, as causes are counted

  /// One of these roles, held now; null: none.
  const Office* office(const domain::Id& actor, Roles roles) const {
    const auto found = offices.find(actor);
    if (found == offices.end() || !found->second.held) return nullptr;
    return std::ranges::find(roles, found->second.role) == roles.end() ? nullptr : &found->second;
  }
  /// The right of an office, held or not: no person acts under it in their own name.
  bool is_office(const domain::Id& actor) const { return offices.contains(actor); }
};

/// One commit's part, with what surrounds it.
struct SeenAmong : Seen {
  const Surroundings& around;

  bool by_the_system() const { return part.actor.is_zero(); }
  /// `what`: "published it".
  void only_the_system(std::string_view what) const {
    if (!by_the_system()) wrong("not_the_system", "Somebody " + std::string(what) + "; only the system does.");
  }
  /// In their own name, which is a pseudonym.
  void only_a_person(std::string_view what) const {
    if (by_the_system() || around.is_office(part.actor))
      wrong("not_a_person", "A person " + std::string(what) + " in their own name, not the system or an office.");
  }
  /// Under an office whose organisation covers this one.
  void only_an_office(Roles roles, const domain::Id& organisation, std::string_view what) const {
    const auto* office = around.office(part.actor, roles);
    if (office == nullptr)
      wrong("no_office", "Somebody " + std::string(what) + " without the office for that at that time.");
    else if (!around.tree.covers(office->organisation, organisation))
      wrong("office_elsewhere",
            "Somebody " + std::string(what) + " under an office that does not cover the organisation concerned.");
  }
};

}  // namespace pioneer::api::rules
