// The rules of the deployment as they stand now. Plain values; const calls from any thread while nobody evolves.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "domain/common/context.hpp"
#include "domain/policy/policy.pb.h"

namespace pioneer::domain::feature {

/// The level from which on refusals may stand in the log.
inline constexpr std::uint32_t recorded_refusals = 2;

}  // namespace pioneer::domain::feature

namespace pioneer::domain::policy {

using Event = std::variant<PolicyAdopted, FeatureLevelRaised>;

struct State {
  bool adopted = false;
  Policy policy;
  /// By which the program that adopted it authorises; empty: from before it was recorded.
  google::protobuf::RepeatedPtrField<PermissionRow> permissions;
  /// What a program must know to read all of the log; every log begins at 1.
  std::uint32_t feature_level = 1;

  /// Null: no such category.
  const Category* category(std::string_view code) const;
};

void evolve(State& state, const Event& event, const Happened& happened);

}  // namespace pioneer::domain::policy
