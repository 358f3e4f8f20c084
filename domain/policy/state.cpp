#include "domain/policy/state.hpp"

#include <algorithm>

namespace pioneer::domain::policy {

// A policy has some dozens of categories: looking through them costs less than an index that copies must keep.
const Category* State::category(std::string_view code) const {
  const auto& all = policy.categories();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Category& c) { return c.code() == code; });
  return found == all.end() ? nullptr : &*found;
}

void evolve(State& state, const Event& event, const Happened&) {
  if (const auto* raised = std::get_if<FeatureLevelRaised>(&event)) {
    state.feature_level = raised->level();
    return;
  }
  const auto& adopted = std::get<PolicyAdopted>(event);
  state.adopted = true;
  state.policy = adopted.policy();
  state.permissions = adopted.permissions();
}

}  // namespace pioneer::domain::policy
