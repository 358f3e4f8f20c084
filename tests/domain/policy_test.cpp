// A policy is adopted as a whole, by the system, and only if it holds together.
#include "domain/policy/decide.hpp"

#include "domain/authorisation/authorisation.hpp"
#include "domain/policy/difference.hpp"
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
  *adopted.mutable_permissions() = permission_rows();
  spec.when(adopt(), system()).then({adopted});
  ASSERT_NE(spec.state().category("repair"), nullptr);
  EXPECT_EQ(spec.state().category("repair")->accept_within_minutes(), 30U);
  EXPECT_EQ(spec.state().category("magic"), nullptr);
  spec.when(adopt(), system()).refused(refusals::policy_unchanged);
}

TEST(AdoptPolicy, IsRepeatedWhereAnotherTableOfPermissionsDecides) {
  PolicySpec spec;
  PolicyAdopted before;  // as a program wrote it that did not record them
  *before.mutable_policy() = adopt().policy();
  spec.given(before);
  EXPECT_TRUE(policy::permissions_differ(spec.state()));
  PolicyAdopted now = before;
  *now.mutable_permissions() = permission_rows();
  spec.when(adopt(), system()).then({now});
  EXPECT_FALSE(policy::permissions_differ(spec.state()));
  spec.when(adopt(), system()).refused(refusals::policy_unchanged);
  auto wider = now;
  wider.mutable_permissions(0)->add_may(Standing::cadre);
  spec.given(wider);
  EXPECT_TRUE(policy::permissions_differ(spec.state()));
}

TEST(PermissionRows, SayWhatTheTableSays) {
  const auto rows = permission_rows();
  ASSERT_EQ(static_cast<std::size_t>(rows.size()), action_count);
  const auto& accept = rows[static_cast<int>(Action::accept_request)];
  EXPECT_EQ(accept.action(), "accept_request");
  ASSERT_EQ(accept.may_size(), 1);
  EXPECT_EQ(accept.may(0), Standing::cadre);
  EXPECT_TRUE(accept.hidden());
}

std::vector<std::string> told(const PolicyAdopted& before, const PolicyAdopted& after) {
  std::vector<std::string> lines;
  for (const auto& d : policy::differences(before, after))
    lines.push_back(d.of + " " + d.what + ": " + d.before + " -> " + d.after);
  return lines;
}

TEST(Difference, NamesEachFieldThatSaysOtherwise) {
  PolicyAdopted before;
  *before.mutable_policy() = adopt().policy();
  EXPECT_TRUE(told(before, before).empty());
  auto after = before;
  after.mutable_policy()->set_confirm_within_minutes(60);
  after.mutable_policy()->mutable_categories(0)->set_accept_within_minutes(15);
  auto& lift = *after.mutable_policy()->add_categories();
  lift.set_code("lift");
  lift.set_name_en("Lifts");
  lift.set_accept_within_minutes(120);
  lift.set_resolve_within_minutes(1440);
  EXPECT_EQ(told(before, after),
            (std::vector<std::string>{" confirm_within_minutes: 10080 -> 60", "repair accept_within_minutes: 30 -> 15",
                                      "lift category:  -> Lifts, 120 and 1440 minutes"}));
  EXPECT_EQ(told(after, before).back(), "lift category: Lifts, 120 and 1440 minutes -> ");
}

TEST(Difference, TellsWhoMayMoreOrLess) {
  PolicyAdopted before;
  *before.mutable_policy() = adopt().policy();
  auto after = before;
  *after.mutable_permissions() = permission_rows();
  EXPECT_TRUE(told(before, after).empty()) << "what was not recorded is not compared";
  before = after;
  auto& row = *after.mutable_permissions(static_cast<int>(Action::accept_request));
  row.add_may(Standing::administrator);
  row.set_hidden(false);
  before.mutable_permissions()->RemoveLast();
  EXPECT_EQ(told(before, after),
            (std::vector<std::string>{"accept_request permission: cadre (hidden) -> cadre, administrator",
                                      std::string(permissions.back().name) + " permission:  -> anyone"}));
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
