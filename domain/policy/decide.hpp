// Adopting a policy: by the system only, as a whole, and only if it holds together. Raising the level of features.
// With the policy the event holds this program's table of permissions, so that each decision's stands in the log.
// Pure; refusals in policy/refusals.hpp.
#pragma once

#include "domain/common/decision.hpp"
#include "domain/policy/state.hpp"

namespace pioneer::domain::policy {

Decided<Decision<Event>> decide(const State& state, const AdoptPolicy& command, const Context& context);
/// True where this program decides by another table of permissions than the one that stands in the log: then the policy
/// is to be adopted again, unchanged.
bool permissions_differ(const State& state);
/// Whether the programs that read this log know the level is for the caller to find out.
Decided<Decision<Event>> decide(const State& state, const RaiseFeatureLevel& command, const Context& context);

}  // namespace pioneer::domain::policy
