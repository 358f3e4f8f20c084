// Every state of the policy, its commands, every kind of person.
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
  PolicySpec raised;
  raised.when(raise_to(2), system()).happened();
  const std::vector<std::pair<std::string, PolicySpec>> levels = {{"at level 1", PolicySpec{}}, {"at level 2", raised}};
  const auto table = [&](const std::string& name, const auto& in, const auto& command) {
    return cells({name}, names(in), names(roles), [&](auto, auto s, auto r) {
      const PolicySpec& spec = in[s].second;
      return cell_of(decide(spec.state(), command, spec.world.context(roles[r].second)));
    });
  };
  expect_generated("domain/policy/README.md", "cells",
                   table("AdoptPolicy", states, adopt()) + table("RaiseFeatureLevel to 2", levels, raise_to(2)));
}

}  // namespace
}  // namespace pioneer::domain::specs
