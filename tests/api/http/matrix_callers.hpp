// Who asks in the matrix of routes and callers, and what the table of permissions lets each be told.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "domain/authorisation/authorisation.hpp"

namespace pioneer::api::http {

/// Where a role is held. What the routes act on lies in a community inside `district`; `sibling` is another district.
enum class Scope : std::uint8_t { none, district, sibling, city };

struct CallerKind {
  std::string_view name;
  std::string_view role = {};  ///< empty: none
  Scope scope = Scope::none;
  bool revoked = false;
  bool erased = false;
  bool anonymous = false;
  bool owner = false;
};

inline constexpr std::array callers{
    CallerKind{.name = "anonymous", .anonymous = true},
    CallerKind{.name = "unrelated member"},
    CallerKind{.name = "owner", .owner = true},
    CallerKind{.name = "cadre inside", .role = "cadre", .scope = Scope::district},
    CallerKind{.name = "cadre of a sibling", .role = "cadre", .scope = Scope::sibling},
    CallerKind{.name = "cadre above", .role = "cadre", .scope = Scope::city},
    CallerKind{.name = "auditor inside", .role = "auditor", .scope = Scope::district},
    CallerKind{.name = "auditor outside", .role = "auditor", .scope = Scope::sibling},
    CallerKind{.name = "auditor above", .role = "auditor", .scope = Scope::city},
    CallerKind{.name = "administrator inside", .role = "administrator", .scope = Scope::district},
    CallerKind{.name = "administrator outside", .role = "administrator", .scope = Scope::sibling},
    CallerKind{.name = "administrator above", .role = "administrator", .scope = Scope::city},
    CallerKind{.name = "revoked cadre", .role = "cadre", .scope = Scope::district, .revoked = true},
    CallerKind{.name = "erased member", .erased = true},
};

/// 200: allowed, whatever the business says then.
enum class Told : std::uint16_t { allowed = 200, not_signed_in = 401, forbidden = 403, not_found = 404 };

/// What one cell acts on.
struct Subject {
  std::string path;
  std::string body = "{}";
  std::string owner;  ///< token of whom it belongs to; empty: nobody's
};

struct Fixture {
  std::function<Subject()> make;
  bool root = false;               ///< it concerns the city itself, not a community inside the district
  bool succeeds = true;            ///< somebody of the callers gets a 2xx
  bool nothing_there = false;      ///< whoever may ask is told 404: there is none yet
  bool absent_for_others = false;  ///< to all but the owner there is no such thing
  bool draft = false;              ///< strangers are told that there is nothing, whatever the table says
};

/// The oracle: the table's row, and whether the caller's role covers what is concerned.
inline Told expected(const domain::Permission& row, const CallerKind& caller, bool identifies, const Fixture& fixture) {
  if (caller.erased && identifies) return Told::not_signed_in;  // their token names nobody
  if (caller.anonymous || caller.erased) return row.anyone ? Told::allowed : Told::not_signed_in;
  const bool holds = !caller.role.empty() && !caller.revoked;
  const bool covers = holds && (caller.scope == Scope::city || (caller.scope == Scope::district && !fixture.root));
  const bool named = (caller.role == "cadre" && row.cadre) || (caller.role == "auditor" && row.auditor) ||
                     (caller.role == "administrator" && row.administrator);
  if (fixture.absent_for_others && !caller.owner) return Told::not_found;
  if (row.anyone || row.any_member || (caller.owner && row.own) || (covers && named)) return Told::allowed;
  if (fixture.draft && !covers) return Told::not_found;
  return row.hidden && !covers && !caller.owner ? Told::not_found : Told::forbidden;
}

}  // namespace pioneer::api::http
