// Adopting a policy: by the system only, as a whole, and only if it holds together. Raising the level of features.
// Pure; refusals in policy/refusals.hpp.
#pragma once

#include "domain/common/decision.hpp"
#include "domain/policy/state.hpp"

namespace pioneer::domain::policy {

Decided<Decision<Event>> decide(const State& state, const AdoptPolicy& command, const Context& context);
/// Whether the programs that read this log know the level is for the caller to find out.
Decided<Decision<Event>> decide(const State& state, const RaiseFeatureLevel& command, const Context& context);

}  // namespace pioneer::domain::policy
