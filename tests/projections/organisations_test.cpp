#include "projections/organisations/organisations.hpp"

#include "tests/projections/read_models_fixture.hpp"

namespace pioneer::projections {
namespace {

using domain::Level;
using domain::OrganisationState;

class OrganisationsTest : public ReadModelsTest {
 protected:
  void SetUp() override {
    add('C', registered("Xiamen", Level::city, {}, "3502"));
    add('D', registered("Siming", Level::district, id_of('C'), "350203"));
    add('H', registered("Huli", Level::district, id_of('C'), "350206"));
    add('a', registered("Lane", Level::community, id_of('D')));
    add('b', registered("Park", Level::community, id_of('H')));
    project();
  }
  template <class Event>
  void add(char letter, const Event& event) {
    log.add("organisation", id_of(letter), {}, event);
  }
  const Organisations& all() { return models->organisations(); }
  static std::string letters(const std::vector<domain::Id>& ids) {
    std::string text;
    for (const auto& id : ids) text.push_back(static_cast<char>(id.bytes[0]));
    return text;
  }
  std::string names(const OrganisationFilter& filter, std::size_t limit = 10) {
    std::string text;
    std::string next;
    do {
      const auto page = all().page(filter, next, limit).value();
      for (const auto& one : page.organisations) text += one.name + ";";
      next = page.next;
    } while (!next.empty());
    return text;
  }
};

TEST_F(OrganisationsTest, ListsByLevelCodeAndName) {
  EXPECT_EQ(names({}), "Xiamen;Siming;Huli;Lane;Park;");
  EXPECT_EQ(names({}, 2), "Xiamen;Siming;Huli;Lane;Park;");
  EXPECT_EQ(names({.parent = id_of('C')}), "Siming;Huli;");
  EXPECT_EQ(names({.parent = domain::Id{}}), "Xiamen;");
  EXPECT_EQ(names({.parent = id_of('?')}), "");
  EXPECT_EQ(names({.level = Level::community}), "Lane;Park;");
  EXPECT_EQ(names({.q = "sIM"}), "Siming;");
  EXPECT_EQ(names({.q = "3502"}), "Xiamen;Siming;Huli;");
  EXPECT_EQ(names({.code = "350206"}), "Huli;");
}

TEST_F(OrganisationsTest, KnowsTheTree) {
  EXPECT_EQ(letters(all().subtree(id_of('C'))), "CDHab");
  EXPECT_EQ(letters(all().subtree(id_of('H'))), "Hb");
  EXPECT_TRUE(all().subtree(id_of('?')).empty());
  ASSERT_EQ(all().ancestors(id_of('a')).size(), 2u);
  EXPECT_EQ(all().ancestors(id_of('a'))[0].name, "Xiamen");
  EXPECT_EQ(all().children(id_of('C')), 2u);
  EXPECT_EQ(all().by_code("350203")->name, "Siming");
}

TEST_F(OrganisationsTest, FollowsRenamesMovesAndClosing) {
  domain::OrganisationRenamed renamed;
  renamed.set_name("Lane One");
  add('a', renamed);
  domain::OrganisationMoved moved;
  moved.set_parent(bytes_of_id(id_of('H')));
  add('a', moved);
  add('b', domain::OrganisationClosed{});
  project();
  EXPECT_EQ(all().get(id_of('a'))->name, "Lane One");
  EXPECT_EQ(all().get(id_of('a'))->revision, 3u);
  // What is closed keeps its place, for what it still holds.
  EXPECT_EQ(letters(all().subtree(id_of('H'))), "Hab");
  EXPECT_EQ(letters(all().subtree(id_of('D'))), "D");
  EXPECT_EQ(all().children(id_of('D')), 0u);
  EXPECT_EQ(all().get(id_of('b'))->state, OrganisationState::closed);
  EXPECT_EQ(names({.level = Level::community, .active_only = false}), "Lane One;Park;");
}

TEST_F(OrganisationsTest, AMergedOnesChildrenAndPlaceAreTheOthers) {
  add('D', merged(id_of('H')));
  project();
  EXPECT_EQ(all().resolve(id_of('D')), id_of('H'));
  EXPECT_EQ(letters(all().subtree(id_of('H'))), "HDba");
  EXPECT_EQ(letters(all().subtree(id_of('D'))), "HDba");
  EXPECT_EQ(letters(all().alone(id_of('H'))), "HD");
  EXPECT_EQ(all().ancestors(id_of('a'))[1].name, "Huli");
  EXPECT_EQ(all().children(id_of('H')), 2u);
  EXPECT_EQ(names({.parent = id_of('H')}), "Lane;Park;");
  EXPECT_EQ(all().by_code("350203"), std::nullopt);
  EXPECT_EQ(letters(all().subtree(id_of('C'))), "CHDba");
}

TEST_F(OrganisationsTest, IsTheSameAfterAReopen) {
  add('D', merged(id_of('H')));
  project();
  const auto again = ReadModels::open(store).value();
  auto before = letters(all().subtree(id_of('C')));
  auto after = letters(again->organisations().subtree(id_of('C')));
  std::ranges::sort(before);
  std::ranges::sort(after);
  EXPECT_EQ(after, before);
}

class MembersTest : public ReadModelsTest {};

TEST_F(MembersTest, KnowsStateOrganisationAndGrants) {
  domain::MemberRegistered e;
  *e.mutable_name() = sealed("name");
  e.set_organisation(bytes_of_id(id_of('L')));
  domain::RoleGranted granted;
  granted.set_grant(bytes_of_id(id_of('g')));
  granted.set_role(domain::Role::cadre);
  granted.set_organisation(bytes_of_id(id_of('L')));
  log.add("member", id_of('m'), {}, domain::SubjectKeyIssued{}, e);
  log.add("member", id_of('m'), {}, granted);
  granted.set_grant(bytes_of_id(id_of('h')));
  log.add("member", id_of('m'), {}, granted);
  project();
  const auto& members = models->members();
  auto row = members.get(id_of('m')).value().value();
  EXPECT_EQ(row.name.box, "name");
  EXPECT_EQ(row.revision, 4u);
  EXPECT_EQ(members.grants(row).value().size(), 2u);
  EXPECT_EQ(members.grant(id_of('g')).value()->member, id_of('m'));
  domain::RoleRevoked revoked;
  revoked.set_grant(bytes_of_id(id_of('g')));
  log.add("member", id_of('m'), {}, revoked);
  project();
  EXPECT_FALSE(members.grant(id_of('g')).value()->active);
  EXPECT_EQ(members.get(id_of('m')).value()->grants.size(), 1u);
  log.add("member", id_of('m'), {}, domain::MemberErased{});
  project();
  row = members.get(id_of('m')).value().value();
  EXPECT_EQ(row.state, domain::MemberState::erased);
  EXPECT_TRUE(row.name.empty());
  EXPECT_TRUE(row.grants.empty());
}

}  // namespace
}  // namespace pioneer::projections
