// The one table of who may do what, run for every action, role and place in the tree.
#include "domain/authorisation/authorisation.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <set>

#include "tests/domain/document.hpp"
#include "tests/domain/world.hpp"

namespace pioneer::domain::specs {
namespace {

std::string snake(std::string_view pascal) {
  std::string out;
  for (const char c : pascal) {
    if (std::isupper(static_cast<unsigned char>(c)) && !out.empty()) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

template <std::size_t... I>
std::vector<std::string> command_names(std::index_sequence<I...>) {
  return {snake(std::variant_alternative_t<I, AnyCommand>::descriptor()->name())...};
}

TEST(Permissions, NameEveryCommandByItsMessage) {
  const auto names = command_names(std::make_index_sequence<command_count>{});
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(permissions[i].name, names[i]);
  EXPECT_EQ(action_of(PlaceClaim{}), Action::place_claim);
  EXPECT_EQ(action_of(ContinuePromotion{}), Action::continue_promotion);
  std::set<std::string_view> unique;
  for (const Permission& p : permissions) EXPECT_TRUE(unique.insert(p.name).second) << p.name;
}

TEST(Permissions, AreWhatTheReadmeSays) {
  std::string table =
      "| action | anyone | any member | asker, owner, self | cadre | auditor | administrator | system | strangers see "
      "|\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const Permission& p : permissions) {
    table += "| `" + std::string(p.name) + "` |";
    for (const bool may : {p.anyone, p.any_member, p.own, p.cadre, p.auditor, p.administrator, p.system}) {
      table += may ? " yes |" : " |";
    }
    table += p.hidden ? " nothing (404) |\n" : " |\n";
  }
  expect_generated("domain/authorisation/README.md", "permissions", table);
}

/// A person with one role in one place, and whether the place covers community_a.
struct Official {
  Role::Value role;
  std::string_view organisation;
  bool covers;
};

TEST(Authorise, FollowsTheTableForEveryRoleAndPlace) {
  const World world;
  const Id here = id("community_a");
  std::vector<Official> officials;
  for (const auto role : {Role::member, Role::cadre, Role::auditor, Role::administrator}) {
    for (const auto* above : {"community_a", "street", "district", "city"}) officials.push_back({role, above, true});
    for (const auto* beside : {"community_b", "department", "far_city"}) officials.push_back({role, beside, false});
  }
  for (std::size_t i = 0; i < action_count; ++i) {
    const Permission& p = permissions[i];
    for (const Official& official : officials) {
      for (const auto relation : {Relation::none, Relation::own}) {
        Actor actor = person(world, "alice");
        actor.grants = {{id("grant"), official.role, id(official.organisation)}};
        const bool by_role = official.covers && ((official.role == Role::cadre && p.cadre) ||
                                                 (official.role == Role::auditor && p.auditor) ||
                                                 (official.role == Role::administrator && p.administrator));
        const bool by_relation = relation == Relation::own && p.own;
        const auto answer = authorise(p.action, actor, relation, here, world.directory);
        ASSERT_EQ(answer.has_value(), by_role || by_relation || p.any_member || p.anyone)
            << p.name << " " << official.organisation;
        if (!answer) {
          const bool stranger = relation == Relation::none && (!official.covers || official.role == Role::member);
          EXPECT_EQ(answer.error().code, p.hidden && stranger ? "not_found" : "forbidden") << p.name;
        } else if (!by_relation && by_role) {
          EXPECT_EQ(*answer, id("grant")) << p.name;
        } else {
          EXPECT_EQ(*answer, actor.pseudonym) << p.name;
        }
      }
    }
    EXPECT_EQ(authorise(p.action, nobody(), Relation::none, here, world.directory).has_value(), p.anyone) << p.name;
    EXPECT_EQ(authorise(p.action, system(), Relation::none, here, world.directory).has_value(), p.system || p.anyone)
        << p.name;
  }
}

TEST(Authorise, ActsUnderTheNearestGrant) {
  const World world;
  Actor actor = person(world, "alice");
  actor.grants = {{id("far"), Role::cadre, id("far_city")},
                  {id("city grant"), Role::cadre, id("city")},
                  {id("street grant"), Role::cadre, id("street")},
                  {id("administrator"), Role::administrator, id("community_a")}};
  const auto as = authorise(Action::accept_request, actor, Relation::none, id("community_a"), world.directory);
  ASSERT_TRUE(as);
  EXPECT_EQ(*as, id("street grant"));
  EXPECT_EQ(covering_grant(actor, Role::auditor, id("community_a"), world.directory), nullptr);
}

TEST(Authorise, GivesNothingWhereNoOrganisationIsConcerned) {
  const World world;
  const auto none = authorise(Action::get_log, person(world, "auditor"), Relation::none, {}, world.directory);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "forbidden");
}

}  // namespace
}  // namespace pioneer::domain::specs
