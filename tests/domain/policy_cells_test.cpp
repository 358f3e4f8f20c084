// Every state of the policy, its one command, every kind of person.
#include "tests/domain/cells.hpp"
#include "tests/domain/document.hpp"
#include "tests/domain/policy_world.hpp"

namespace pioneer::domain::specs {
namespace {

TEST(PolicyCells, AreWhatTheReadmeSays) {
  PolicySpec same;
  same.when(adopt(), system()).happened();
  PolicySpec other;
  auto earlier = adopt();
  earlier.mutable_policy()->set_confirm_within_minutes(60);
  other.when(earlier, system()).happened();
  const std::vector<std::pair<std::string, PolicySpec>> states = {
      {"none adopted", PolicySpec{}}, {"another one adopted", other}, {"this one adopted", same}};
  const World w;
  const std::vector<std::pair<std::string, Actor>> roles = {
      {"nobody", nobody()},
      {"a member", person(w, "alice")},
      {"cadre", person(w, "cadre_a")},
      {"auditor", person(w, "auditor")},
      {"administrator of the city", person(w, "root_administrator")},
      {"system", system()},
  };
  expect_generated("domain/policy/README.md", "cells",
                   cells({"AdoptPolicy"}, names(states), names(roles), [&](auto, auto s, auto r) {
                     const PolicySpec& spec = states[s].second;
                     return cell_of(decide(spec.state(), adopt(), spec.world.context(roles[r].second)));
                   }));
}

}  // namespace
}  // namespace pioneer::domain::specs
