// Adopting a policy: by the system only, as a whole, and only if it holds together.
// Pure; refusals in policy/refusals.hpp.
#pragma once

#include "domain/common/decision.hpp"
#include "domain/policy/state.hpp"

namespace pioneer::domain::policy {

Decided<Decision<Event>> decide(const State& state, const AdoptPolicy& command, const Context& context);

}  // namespace pioneer::domain::policy
