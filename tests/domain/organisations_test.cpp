// The tree of organisations, its rules one by one, and a random tree compared with a plain one.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "domain/authorisation/authorisation.hpp"
#include "tests/domain/organisations_world.hpp"

namespace pioneer::domain::specs {
namespace {

namespace refusals = organisations::refusals;
namespace shared = domain::refusals;

template <class Event>
Event with_parent(std::string_view parent) {
  Event e;
  e.set_parent(bytes(parent));
  return e;
}
OrganisationMerged merged_into(std::string_view into) {
  OrganisationMerged e;
  e.set_into(bytes(into));
  return e;
}
OrganisationAbsorbed absorbed(std::string_view from) {
  OrganisationAbsorbed e;
  e.set_from(bytes(from));
  return e;
}

TEST(Directory, CoversASubtreeAndNothingElse) {
  const World w;
  const auto& d = w.directory;
  EXPECT_TRUE(d.covers(id("city"), id("community_a")));
  EXPECT_TRUE(d.covers(id("community_a"), id("community_a")));
  EXPECT_FALSE(d.covers(id("community_a"), id("city")));
  EXPECT_FALSE(d.covers(id("community_a"), id("community_b")));
  EXPECT_FALSE(d.covers(id("far_city"), id("community_a")));
  EXPECT_FALSE(d.covers(id("nowhere"), id("community_a")));
  EXPECT_FALSE(d.covers(id("city"), id("nowhere")));
  EXPECT_FALSE(d.covers({}, id("city")));
  EXPECT_FALSE(d.covers(id("city"), {}));
  EXPECT_EQ(d.distance(id("city"), id("community_a")), 3);
  EXPECT_EQ(d.depth(id("community_a")), 4U);
  EXPECT_EQ(d.height(id("city")), 4U);
  EXPECT_EQ(d.ancestors(id("community_a")), (std::vector<Id>{id("street"), id("district"), id("city")}));
  EXPECT_EQ(d.subtree(id("street")), (std::vector<Id>{id("street"), id("community_a"), id("community_b")}));
  EXPECT_EQ(d.roots(), (std::vector<Id>{id("city"), id("far_city")}));
  EXPECT_EQ(d.by_code("350203001001"), id("community_a"));
}

TEST(RegisterOrganisation, IsForAdministratorsOfTheParentAndRootsForTheSystem) {
  DirectorySpec spec;
  const auto& w = spec.world;
  const auto community = register_organisation("community_c", Level::community, "street");
  spec.when(community, nobody()).refused(shared::not_signed_in);
  spec.when(community, person(w, "cadre_street")).refused(shared::forbidden);
  const auto in_district = register_organisation("other", Level::street, "district");
  spec.when(in_district, person(w, "administrator")).refused(shared::forbidden);
  spec.when(register_organisation("new_city", Level::city, ""), person(w, "root_administrator"))
      .refused(shared::forbidden);
  OrganisationRegistered event;
  event.set_name("community_c");
  event.set_level(Level::community);
  event.set_parent(bytes("street"));
  spec.when(community, person(w, "administrator")).then({{"community_c", event}});
  spec.when(community, person(w, "administrator")).refused(shared::already_exists);
  spec.when(register_organisation("new_city", Level::city, "", "3401"), system()).happened();
  EXPECT_EQ(w.directory.by_code("3401"), id("new_city"));
}

TEST(RegisterOrganisation, KeepsLevelsCodesAndDepth) {
  DirectorySpec spec;
  const auto refused = [&](const RefusalText& why, Level::Value level, std::string_view parent, std::string code) {
    spec.when(register_organisation("new", level, parent, std::move(code)), system()).refused(why);
  };
  refused(refusals::level_not_below_parent, Level::street, "street", "");
  refused(refusals::level_not_below_parent, Level::city, "district", "");
  refused(refusals::level_not_below_parent, Level::enterprise, "department", "");
  refused(refusals::code_malformed, Level::city, "", "350");
  refused(refusals::code_malformed, Level::district, "city", "35020");
  refused(refusals::code_malformed, Level::street, "district", "35020300x");
  refused(refusals::code_malformed, Level::community, "street", "350203001");
  refused(refusals::code_taken, Level::community, "street", "350203001001");
  refused(shared::unknown_organisation, Level::community, "nowhere", "");
  refused(shared::organisation_closed, Level::department, "closed_community", "");
  refused(shared::out_of_bounds, Level::unspecified, "street", "");
  spec.when(register_organisation("council", Level::community, "city", "LA-Arleta"), system()).happened();
  spec.when(register_organisation("skips levels", Level::community, "city", "350299001001"), system()).happened();
  spec.when(register_organisation("company", Level::enterprise, "street", "91350200MA2XW0KD1F"), system()).happened();
  std::string parent = "department";  // at depth 3
  for (int depth = 4; depth <= 8; ++depth) {
    const std::string name = "office " + std::to_string(depth);
    spec.when(register_organisation(name, Level::department, parent), system()).happened();
    parent = name;
  }
  refused(refusals::too_deep, Level::department, parent, "");
}

TEST(RegisterOrganisation, NeedsAName) {
  DirectorySpec spec;
  auto command = register_organisation("new", Level::community, "street");
  command.set_name(" ");
  spec.when(command, system()).refused(shared::out_of_bounds, "name");
  command.set_name(std::string(121, 'x'));
  spec.when(command, system()).refused(shared::out_of_bounds, "name");
}

TEST(RenameOrganisation, ChangesTheName) {
  DirectorySpec spec;
  const auto& w = spec.world;
  OrganisationRenamed event;
  event.set_name("Harbour");
  spec.when(rename_organisation("street", "street"), system()).refused(refusals::same_name, "name");
  spec.when(rename_organisation("street", ""), system()).refused(shared::out_of_bounds, "name");
  spec.when(rename_organisation("nowhere", "x"), system()).refused(shared::not_found);
  spec.when(rename_organisation("closed_community", "x"), system()).refused(shared::organisation_closed);
  spec.when(rename_organisation("district", "Harbour"), person(w, "administrator")).refused(shared::forbidden);
  spec.when(rename_organisation("street", "Harbour"), person(w, "administrator")).then({{"street", event}});
  EXPECT_EQ(w.directory.find(id("street"))->name, "Harbour");
}

TEST(MoveOrganisation, TakesItsSubtreeAlong) {
  DirectorySpec spec;
  const auto& w = spec.world;
  spec.when(register_organisation("district_2", Level::district, "city"), system()).happened();
  spec.when(move_organisation("street", "district_2"), person(w, "administrator")).refused(shared::forbidden);
  spec.when(move_organisation("street", "far_city"), person(w, "root_administrator")).refused(shared::forbidden);
  spec.when(move_organisation("street", "district_2"), person(w, "root_administrator"))
      .then({{"street", with_parent<OrganisationMoved>("district_2")}});
  EXPECT_TRUE(w.directory.covers(id("district_2"), id("community_a")));
  EXPECT_FALSE(w.directory.covers(id("district"), id("community_a")));
  EXPECT_EQ(w.directory.subtree(id("district")), (std::vector<Id>{id("district"), id("department")}));
  spec.when(move_organisation("street", "district_2"), system()).refused(refusals::same_parent, "parent");
}

TEST(MoveOrganisation, RefusesCyclesLevelsAndDepth) {
  DirectorySpec spec;
  spec.when(move_organisation("city", "community_a"), system()).refused(refusals::own_descendant, "parent");
  spec.when(move_organisation("street", "street"), system()).refused(refusals::own_descendant, "parent");
  spec.when(move_organisation("street", "community_b"), system()).refused(refusals::own_descendant, "parent");
  spec.when(move_organisation("district", "street"), system()).refused(refusals::own_descendant, "parent");
  spec.when(move_organisation("far_city", "city"), system()).refused(refusals::level_not_below_parent, "parent");
  spec.when(move_organisation("street", "closed_community"), system()).refused(shared::organisation_closed, "parent");
  std::string parent = "far_city";
  for (int depth = 2; depth <= 7; ++depth) {
    const std::string name = "bureau " + std::to_string(depth);
    spec.when(register_organisation(name, Level::department, parent), system()).happened();
    parent = name;
  }
  spec.when(register_organisation("desk", Level::department, "department"), system()).happened();
  spec.when(move_organisation("department", parent), system()).refused(refusals::too_deep, "parent");
  spec.when(move_organisation("desk", parent), system()).happened();
}

TEST(MergeOrganisation, WritesBothStreamsAndMovesAllThatRefersToIt) {
  DirectorySpec spec;
  const auto& w = spec.world;
  spec.when(register_organisation("street_2", Level::street, "district"), system()).happened();
  spec.when(merge_organisation("street", "street_2"), person(w, "administrator")).refused(shared::forbidden);
  spec.when(merge_organisation("street", "street_2"), person(w, "root_administrator"))
      .then({{"street", merged_into("street_2")}, {"street_2", absorbed("street")}});
  const auto& d = w.directory;
  EXPECT_EQ(d.resolve(id("street")), id("street_2"));
  EXPECT_EQ(d.find(id("street"))->state, OrganisationState::merged);
  EXPECT_EQ(d.find(id("community_a"))->parent, id("street_2"));
  EXPECT_EQ(d.subtree(id("street")), (std::vector<Id>{id("street_2"), id("community_a"), id("community_b")}));
  // A role in the old one holds in the new one; its code is free again.
  EXPECT_TRUE(d.covers(id("street"), id("street_2")));
  EXPECT_NE(covering_grant(person(w, "cadre_street"), Role::cadre, id("community_a"), d), nullptr);
  EXPECT_TRUE(d.by_code("350203001").is_zero());
  spec.when(rename_organisation("street", "x"), system()).refused(shared::organisation_closed);
  spec.when(register_organisation("community_c", Level::community, "street"), system()).happened();
  EXPECT_EQ(d.find(id("community_c"))->parent, id("street_2"));
}

TEST(MergeOrganisation, RefusesWhatWouldNotFit) {
  DirectorySpec spec;
  spec.when(merge_organisation("street", "community_a"), system()).refused(refusals::own_descendant, "into");
  spec.when(merge_organisation("street", "street"), system()).refused(refusals::own_descendant, "into");
  spec.when(merge_organisation("street", "department"), system()).refused(refusals::merge_levels, "into");
  spec.when(merge_organisation("community_a", "closed_community"), system())
      .refused(shared::organisation_closed, "into");
  spec.when(merge_organisation("community_a", "nowhere"), system()).refused(shared::unknown_organisation, "into");
  // Into its own parent it may go.
  spec.when(merge_organisation("community_a", "street"), system()).happened();
}

TEST(CloseOrganisation, NeedsNoActiveChildren) {
  DirectorySpec spec;
  const auto& w = spec.world;
  spec.when(close_organisation("street"), person(w, "administrator")).refused(refusals::has_children);
  spec.when(close_organisation("community_a"), person(w, "cadre_a")).refused(shared::forbidden);
  spec.when(close_organisation("community_a"), person(w, "administrator"))
      .then({{"community_a", OrganisationClosed{}}});
  spec.when(close_organisation("community_a"), person(w, "administrator")).refused(shared::organisation_closed);
  EXPECT_EQ(w.directory.active(id("community_a")), nullptr);
  // What is closed is still read by those above it, and its code is free again.
  EXPECT_TRUE(w.directory.covers(id("street"), id("community_a")));
  EXPECT_TRUE(w.directory.by_code("350203001001").is_zero());
  EXPECT_EQ(w.directory.closed(), (std::vector<Id>{id("closed_community"), id("community_a")}));
  EXPECT_EQ(w.directory.nearest_active(id("community_a")), id("street"));
  EXPECT_EQ(w.directory.nearest_active(id("community_b")), id("community_b"));
  EXPECT_TRUE(w.directory.nearest_active(id("nowhere")).is_zero());
  spec.when(close_organisation("community_b"), person(w, "administrator")).happened();
  spec.when(close_organisation("street"), person(w, "administrator")).happened();
}

/// Parents of active organisations, followed step by step; merges by rewriting every child.
struct PlainTree {
  std::map<Id, Id> parent;
  bool below(Id id, const Id& top) const {
    while (!id.is_zero()) {
      if (id == top) return true;
      id = parent.at(id);
    }
    return false;
  }
};

class RandomTree : public testing::TestWithParam<unsigned> {};

TEST_P(RandomTree, StaysATreeAndAgreesWithAPlainOne) {
  std::mt19937 random(GetParam());
  const auto below = [&](std::size_t n) { return random() % n; };
  DirectorySpec spec;
  PlainTree plain;
  std::vector<Id> names;
  spec.world.directory.for_each([&](const Id& at, const organisations::Organisation& o) {
    if (o.state == OrganisationState::active) plain.parent[at] = o.parent, names.push_back(at);
  });
  std::sort(names.begin(), names.end());
  for (int step = 0; step < 600; ++step) {
    const Id one = names[below(names.size())];
    const Id two = names[below(names.size())];
    const auto kind = below(10);
    if (kind < 5) {
      auto command = register_organisation("tree " + std::to_string(step), Level::department, "");
      command.set_level(static_cast<Level::Value>(1 + below(6)));
      command.set_parent(bytes(two));
      spec.when(command, system());
      if (!spec.outcome()) continue;
      names.push_back(Id::of(command.id()));
      plain.parent[names.back()] = spec.world.directory.resolve(two);
    } else if (kind < 7) {
      MoveOrganisation command;
      command.set_organisation(bytes(one));
      command.set_parent(bytes(two));
      spec.when(command, system());
      if (!spec.outcome()) continue;
      plain.parent[one] = spec.world.directory.resolve(two);
    } else if (kind < 9) {
      MergeOrganisation command;
      command.set_organisation(bytes(one));
      command.set_into(bytes(two));
      spec.when(command, system());
      if (!spec.outcome()) continue;
      const Id into = spec.world.directory.resolve(two);
      plain.parent.erase(one);
      for (auto& [child, parent] : plain.parent) {
        if (parent == one) parent = into;
      }
    } else {
      CloseOrganisation command;
      command.set_organisation(bytes(one));
      spec.when(command, system());
      if (!spec.outcome()) continue;
      plain.parent.erase(one);
    }
    spec.happened();
  }
  const auto& d = spec.world.directory;
  for (const auto& [lower, parent] : plain.parent) {
    ASSERT_LE(d.depth(lower), 8U);
    for (const auto& [upper, ignored] : plain.parent) {
      ASSERT_EQ(d.covers(upper, lower), plain.below(lower, upper));
    }
    const auto subtree = d.subtree(lower);
    const std::set<Id> unique(subtree.begin(), subtree.end());
    ASSERT_EQ(unique.size(), subtree.size());
    const auto expected = std::count_if(plain.parent.begin(), plain.parent.end(),
                                        [&](const auto& entry) { return plain.below(entry.first, lower); });
    ASSERT_EQ(subtree.size(), static_cast<std::size_t>(expected));
  }
  EXPECT_GT(plain.parent.size(), 10U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomTree, testing::Range(1U, 21U));

}  // namespace
}  // namespace pioneer::domain::specs
