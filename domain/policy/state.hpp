// The rules of the deployment as they stand now. Plain values; const calls from any thread while nobody evolves.
#pragma once

#include <string_view>
#include <variant>

#include "domain/common/context.hpp"
#include "domain/policy/policy.pb.h"

namespace pioneer::domain::policy {

using Event = std::variant<PolicyAdopted>;

struct State {
  bool adopted = false;
  Policy policy;

  /// Null: no such category.
  const Category* category(std::string_view code) const;
};

void evolve(State& state, const Event& event, const Happened& happened);

}  // namespace pioneer::domain::policy
