// Every state of a member, every command, every kind of person.
#include "tests/domain/cells.hpp"
#include "tests/domain/document.hpp"
#include "tests/domain/members_world.hpp"

namespace pioneer::domain::specs {
namespace {

using Command = std::function<members::Outcome(const members::State&, const Context&)>;

template <class C>
Command run(C command) {
  return [command](const members::State& state, const Context& context) {
    return members::decide(state, command, context);
  };
}

World with_dora(const std::function<void(World&)>& change) {
  World w;
  w.register_member("dora", "community_a");
  change(w);
  return w;
}

TEST(MemberCells, AreWhatTheReadmeSays) {
  TokenIssued token;
  token.set_token_hash(token_hash());
  TokenIssued code;
  code.set_token_hash(token_hash("code"));
  code.set_expires_us(after(day_us).us);
  code.set_purpose(TokenPurpose::sign_in);
  const std::vector<std::pair<std::string, World>> states = {
      {"nothing yet", World{}},
      {"active", with_dora([](World&) {})},
      {"active, cadre of the community", with_dora([](World& w) { w.grant("dora", Role::cadre, "community_a"); })},
      {"active, auditor of the city", with_dora([](World& w) { w.grant("dora", Role::auditor, "city"); })},
      {"active, with a token", with_dora([&](World& w) { w.roster.evolve(id("dora"), token, {}); })},
      {"active, with a sign-in code", with_dora([&](World& w) { w.roster.evolve(id("dora"), code, {}); })},
      {"erased", with_dora([](World& w) { w.roster.evolve(id("dora"), MemberErased{}, {}); })},
  };
  auto grant = grant_role("dora", Role::cadre, "community_a");
  grant.set_grant(bytes("a new grant"));
  const std::vector<std::pair<std::string, Command>> commands = {
      {"RegisterMember", run(register_member("dora"))},
      {"GrantRole cadre of the community", run(grant)},
      {"RevokeRole cadre of the community", run(revoke_role("dora", Role::cadre, "community_a"))},
      {"IssueToken", run(issue_token("dora", 0, "another"))},
      {"RevokeToken", run(revoke_token("dora"))},
      {"IssueSignIn", run(issue_sign_in("dora", "another"))},
      {"OpenSession", run(open_session("dora"))},
      {"EraseMember", run(erase_member("dora"))},
  };
  const World w = with_dora([](World&) {});
  const std::vector<std::pair<std::string, Actor>> roles = {
      {"nobody", nobody()},
      {"the member", self(w, "dora")},
      {"another member", person(w, "alice")},
      {"cadre there", person(w, "cadre_a")},
      {"auditor above", person(w, "auditor")},
      {"administrator of the street", person(w, "administrator")},
      {"administrator of the city", person(w, "root_administrator")},
      {"system", system()},
  };
  expect_generated("domain/members/README.md", "cells",
                   cells(names(commands), names(states), names(roles), [&](auto c, auto s, auto r) {
                     const World& world = states[s].second;
                     const auto* state = world.roster.member(id("dora"));
                     return cell_of(commands[c].second(state == nullptr ? members::State{} : *state,
                                                       world.context(roles[r].second)));
                   }));
}

using Noting = std::function<Decided<Decision<members::AccessEvent>>(bool there, const Context&)>;

/// `there`: the organisation is one that exists.
template <class C>
Noting note(C command) {
  return [command](bool there, const Context& context) mutable {
    if (!there) command.set_organisation(bytes("nowhere"));
    return members::decide(command, context);
  };
}

TEST(JournalCells, AreWhatTheReadmeSays) {
  RecordPersonalDataOpened opened;
  opened.set_organisation(bytes("community_a"));
  opened.set_purpose("get_member");
  *opened.add_subjects() = sealed("dora");
  RecordEntriesFetched of_community;
  of_community.set_organisation(bytes("community_a"));
  RecordEntriesFetched fetched;
  fetched.set_organisation(bytes("city"));
  const std::vector<std::pair<std::string, World>> states = {
      {"no such organisation", World{}}, {"active", World{}}, {"closed", [] {
                                                                 World w;
                                                                 w.directory.evolve(id("community_a"),
                                                                                    OrganisationClosed{}, {});
                                                                 return w;
                                                               }()}};
  const std::vector<std::pair<std::string, Noting>> commands = {
      {"RecordPersonalDataOpened", note(opened)},
      {"RecordEntriesFetched of a root", note(fetched)},
      {"RecordEntriesFetched of a community", note(of_community)}};
  const World w;
  const std::vector<std::pair<std::string, Actor>> roles = {
      {"nobody", nobody()},
      {"a member", person(w, "alice")},
      {"cadre there", person(w, "cadre_a")},
      {"cadre elsewhere", person(w, "cadre_b")},
      {"auditor above", person(w, "auditor")},
      {"administrator of the street", person(w, "administrator")},
      {"administrator of the city", person(w, "root_administrator")},
      {"system", system()},
  };
  expect_generated("domain/members/README.md", "journal cells",
                   cells(names(commands), names(states), names(roles), [&](auto c, auto s, auto r) {
                     auto noting = commands[c].second;
                     return cell_of(noting(s != 0, states[s].second.context(roles[r].second)));
                   }));
}

}  // namespace
}  // namespace pioneer::domain::specs
