// A policy is adopted as a whole, by the system, and only if it holds together.
#include "domain/policy/decide.hpp"

#include "domain/policy/refusals.hpp"
#include "tests/domain/policy_world.hpp"

namespace pioneer::domain::specs {
namespace {

namespace refusals = policy::refusals;
namespace shared = domain::refusals;

TEST(AdoptPolicy, IsDoneByTheSystem) {
  PolicySpec spec;
  spec.when(adopt(), person(spec.world, "root_administrator")).refused(shared::forbidden);
  PolicyAdopted adopted;
  *adopted.mutable_policy() = adopt().policy();
  spec.when(adopt(), system()).then({adopted});
  ASSERT_NE(spec.state().category("repair"), nullptr);
  EXPECT_EQ(spec.state().category("repair")->accept_within_minutes(), 30U);
  EXPECT_EQ(spec.state().category("magic"), nullptr);
  spec.when(adopt(), system()).refused(refusals::policy_unchanged);
}

TEST(RaiseFeatureLevel, OnlyGoesUp) {
  PolicySpec spec;
  spec.when(raise_to(2), person(spec.world, "root_administrator")).refused(shared::forbidden);
  spec.when(raise_to(1), system()).refused(refusals::feature_level_reached, "level");
  FeatureLevelRaised raised;
  raised.set_level(3);
  spec.when(raise_to(3), system()).then({raised});
  EXPECT_EQ(spec.state().feature_level, 3U);
  EXPECT_FALSE(spec.state().adopted);
  spec.when(raise_to(2), system()).refused(refusals::feature_level_reached, "level");
}

TEST(AdoptPolicy, RefusesWhatDoesNotHoldTogether) {
  PolicySpec spec;
  const auto refuses = [&](const RefusalText& why, std::string_view field, auto change) {
    auto command = adopt();
    change(*command.mutable_policy());
    spec.when(command, system()).refused(why, field);
  };
  refuses(shared::out_of_bounds, "categories", [](auto& p) { p.clear_categories(); });
  refuses(shared::out_of_bounds, "code", [](auto& p) { p.mutable_categories(0)->set_code("Re-pair"); });
  refuses(shared::out_of_bounds, "nameZh", [](auto& p) { p.mutable_categories(0)->clear_name_zh(); });
  refuses(shared::out_of_bounds, "acceptWithinMinutes",
          [](auto& p) { p.mutable_categories(0)->set_accept_within_minutes(0); });
  refuses(shared::out_of_bounds, "resolveWithinMinutes",
          [](auto& p) { p.mutable_categories(0)->set_resolve_within_minutes(4'000'000'000U); });
  refuses(shared::out_of_bounds, "confirmWithinMinutes", [](auto& p) { p.set_confirm_within_minutes(0); });
  refuses(refusals::category_twice, "categories", [](auto& p) { *p.add_categories() = p.categories(0); });
  refuses(refusals::feedback_category_unknown, "feedbackCategory", [](auto& p) { p.set_feedback_category("magic"); });
}

}  // namespace
}  // namespace pioneer::domain::specs
