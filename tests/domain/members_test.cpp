// Members, roles and tokens: the rules one by one.
#include "domain/common/limits.hpp"
#include "tests/domain/members_world.hpp"

namespace pioneer::domain::specs {
namespace {

namespace refusals = members::refusals;
namespace shared = domain::refusals;

TEST(RegisterMember, IsForCadresAndAdministratorsThere) {
  RosterSpec spec;
  const auto& w = spec.world;
  spec.when(register_member("carol"), nobody()).refused(shared::not_signed_in);
  spec.when(register_member("carol"), person(w, "alice")).refused(shared::forbidden);
  spec.when(register_member("carol"), person(w, "cadre_b")).refused(shared::forbidden);
  SubjectKeyIssued key;
  key.set_key(bytes("key of carol"));
  key.set_kind(KeyKind::person);
  MemberRegistered registered;
  *registered.mutable_name() = sealed("carol");
  registered.set_organisation(bytes("community_a"));
  spec.when(register_member("carol"), person(w, "cadre_a")).then({key, registered});
  EXPECT_TRUE(w.roster.is_member(id("carol")));
  EXPECT_EQ(w.roster.member(id("carol"))->key, id("key of carol"));
  spec.when(register_member("carol"), person(w, "cadre_a")).refused(refusals::already_registered);
}

TEST(RegisterMember, RefusesWhatDoesNotFit) {
  RosterSpec spec;
  auto command = register_member("carol");
  command.clear_name();
  spec.when(command, system()).refused(shared::out_of_bounds, "name");
  command = register_member("carol");
  command.clear_key();
  spec.when(command, system()).refused(shared::out_of_bounds, "key");
  spec.when(register_member("carol", "closed_community"), system()).refused(shared::organisation_closed);
  spec.when(register_member("carol", "nowhere"), system()).refused(shared::unknown_organisation, "organisation");
  const auto taken = members::decide(members::State{}, register_member("carol"), spec.world.context(system()), true);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, "phone_taken");
}

TEST(GrantRole, OfAnOfficeEndsWhateverTheMemberCouldActWith) {
  RosterSpec spec;
  const auto& roster = spec.world.roster;
  spec.when(issue_token("bob"), system()).happened();
  spec.when(issue_token("bob", 0, "revoked"), system()).happened();
  spec.when(revoke_token("bob", "revoked"), system()).happened();
  spec.when(issue_token("bob", after(day_us).us, "expired"), system()).happened();
  spec.when(issue_token("alice", 0, "of another"), system()).happened();
  spec.now = after(day_us);
  spec.when(issue_sign_in("bob"), system()).happened();
  spec.when(open_session("bob"), self(spec.world, "bob")).happened();
  spec.when(issue_sign_in("bob", "unused"), system()).happened();
  ASSERT_EQ(roster.member_of_token(token_hash("session"), spec.now), id("bob"));

  spec.when(grant_role("bob", Role::member, "community_b"), system()).happened();
  EXPECT_EQ(roster.member_of_token(token_hash("session"), spec.now), id("bob"));

  spec.when(grant_role("bob", Role::cadre, "community_b"), system()).happened();
  EXPECT_EQ(spec.outcome()->events.size(), 4U);  // the role; the token, the session, the unused code
  EXPECT_TRUE(roster.member_of_token(token_hash(), spec.now).is_zero());
  EXPECT_TRUE(roster.member_of_token(token_hash("session"), spec.now).is_zero());
  EXPECT_TRUE(roster.token(token_hash("unused"))->revoked);
  EXPECT_EQ(roster.member_of_token(token_hash("of another"), spec.now), id("alice"));
  spec.when(open_session("bob", "unused", "planted"), self(spec.world, "bob")).refused(refusals::code_used);
}

TEST(GrantRole, RefusesWhereMoreTokensWouldEndThanOneCommitHolds) {
  RosterSpec spec;
  for (std::size_t i = 0; i <= domain::limits::tokens_ended_at_once_max; ++i)
    spec.when(issue_token("bob", 0, "token " + std::to_string(i)), system()).happened();
  spec.when(grant_role("bob", Role::cadre, "community_b"), system()).refused(refusals::too_many_tokens);
  spec.when(revoke_token("bob", "token 0"), system()).happened();
  spec.when(grant_role("bob", Role::cadre, "community_b"), system()).happened();
}

TEST(GrantRole, IsForAdministratorsOverTheOrganisation) {
  RosterSpec spec;
  const auto& w = spec.world;
  const auto command = grant_role("alice", Role::cadre, "community_b");
  spec.when(command, person(w, "cadre_b")).refused(shared::forbidden);
  spec.when(grant_role("alice", Role::cadre, "district"), person(w, "administrator")).refused(shared::forbidden);
  spec.when(command, self(w, "alice")).refused(shared::forbidden);
  RoleGranted granted;
  granted.set_grant(bytes(grant_id("alice", Role::cadre)));
  granted.set_role(Role::cadre);
  granted.set_organisation(bytes("community_b"));
  spec.when(command, person(w, "administrator")).then({granted});
  ASSERT_EQ(w.roster.grants(id("alice")).size(), 1U);
  EXPECT_EQ(w.roster.grants(id("alice")).front().organisation, id("community_b"));
  spec.when(command, person(w, "administrator")).refused(shared::already_exists);
  auto again = command;
  again.set_grant(bytes("another grant"));
  spec.when(again, person(w, "administrator")).refused(refusals::already_granted);
  again.set_role(Role::unspecified);
  spec.when(again, system()).refused(shared::out_of_bounds, "role");
  spec.when(grant_role("nobody", Role::cadre, "community_b"), system()).refused(shared::not_found);
  spec.when(grant_role("bob", Role::cadre, "closed_community"), system()).refused(shared::organisation_closed);
}

TEST(GrantRole, IsNotForOneself) {
  RosterSpec spec;
  const auto& w = spec.world;
  for (const auto role : {Role::auditor, Role::cadre, Role::administrator})
    spec.when(grant_role("administrator", role, "community_b"), self(w, "administrator"))
        .refused(refusals::not_for_oneself);
  const auto command = grant_role("administrator", Role::auditor, "community_b");
  spec.when(command, system()).then({[&] {
    RoleGranted granted;
    granted.set_grant(command.grant());
    granted.set_role(Role::auditor);
    granted.set_organisation(bytes("community_b"));
    return granted;
  }()});
}

TEST(RevokeRole, EndsTheRoleAtOnce) {
  RosterSpec spec;
  const auto& w = spec.world;
  spec.when(revoke_role("cadre_a", Role::cadre, "community_a"), person(w, "cadre_a")).refused(shared::forbidden);
  spec.when(revoke_role("cadre_a", Role::auditor, "community_a"), person(w, "administrator"))
      .refused(refusals::not_granted);
  spec.when(revoke_role("cadre_a", Role::cadre, "community_b"), person(w, "administrator"))
      .refused(refusals::not_granted);
  RoleRevoked revoked;
  revoked.set_grant(bytes(grant_id("cadre_a", Role::cadre)));
  spec.when(revoke_role("cadre_a", Role::cadre, "community_a"), person(w, "administrator")).then({revoked});
  EXPECT_TRUE(w.roster.grants(id("cadre_a")).empty());
  ASSERT_NE(w.roster.holding(grant_id("cadre_a", Role::cadre)), nullptr);
  EXPECT_EQ(w.roster.holding(grant_id("cadre_a", Role::cadre))->member, id("cadre_a"));
  spec.when(revoke_role("cadre_a", Role::cadre, "community_a"), person(w, "administrator"))
      .refused(refusals::not_granted);
}

TEST(RevokeRole, FindsARoleWhoseOrganisationWasMerged) {
  RosterSpec spec;
  OrganisationMerged merged;
  merged.set_into(bytes("community_b"));
  spec.world.directory.evolve(id("community_a"), merged, {});
  spec.when(revoke_role("cadre_a", Role::cadre, "community_b"), system()).happened();
  EXPECT_TRUE(spec.world.roster.grants(id("cadre_a")).empty());
}

TEST(RevokeRole, LeavesTheLastAdministratorOfARoot) {
  RosterSpec spec;
  const auto& w = spec.world;
  const auto last = revoke_role("root_administrator", Role::administrator, "city");
  spec.when(last, self(w, "root_administrator")).refused(refusals::last_administrator);
  spec.when(erase_member("root_administrator"), self(w, "root_administrator")).refused(refusals::last_administrator);
  // Below a root, those above can always grant anew.
  spec.when(revoke_role("administrator", Role::administrator, "street"), self(w, "administrator")).happened();
  spec.when(grant_role("bob", Role::administrator, "city"), person(w, "root_administrator")).happened();
  spec.when(last, self(w, "root_administrator")).happened();
  spec.when(revoke_role("bob", Role::administrator, "city"), system()).happened();
}

TEST(IssueToken, IsNoWayUp) {
  RosterSpec spec;
  const auto& w = spec.world;
  spec.when(issue_token("bob"), person(w, "cadre_a")).refused(shared::forbidden);
  spec.when(issue_token("bob"), person(w, "alice")).refused(shared::forbidden);
  TokenIssued issued;
  issued.set_token_hash(token_hash());
  spec.when(issue_token("bob"), person(w, "administrator")).then({issued});
  spec.when(issue_token("bob", 0, "own"), self(w, "bob")).happened();
  spec.when(issue_token("bob", 0, "console"), system()).happened();
  // The auditor is registered below the administrator, but holds a role above them.
  spec.when(issue_token("auditor", 0, "way up"), person(w, "administrator")).refused(shared::forbidden);
  spec.when(revoke_token("auditor", "way up"), person(w, "administrator")).refused(shared::forbidden);
}

TEST(IssueToken, RefusesWhatDoesNotFit) {
  RosterSpec spec;
  auto command = issue_token("bob");
  command.set_token_hash("short");
  spec.when(command, system()).refused(shared::out_of_bounds, "tokenHash");
  spec.when(issue_token("bob", -1), system()).refused(shared::out_of_bounds, "expires");
  spec.when(issue_token("bob", start.us), system()).refused(refusals::token_expired, "expires");
  spec.when(issue_token("bob"), system()).happened();
  spec.when(issue_token("alice"), system()).refused(refusals::token_exists);
  spec.when(issue_token("nobody", 0, "other"), system()).refused(shared::not_found);
}

TEST(Token, CountsUntilItExpiresIsRevokedOrItsMemberIsErased) {
  RosterSpec spec;
  const auto& roster = spec.world.roster;
  spec.when(issue_token("bob", after(day_us).us), system()).happened();
  EXPECT_EQ(roster.member_of_token(token_hash(), start), id("bob"));
  EXPECT_EQ(roster.member_of_token(token_hash(), after(day_us - 1)), id("bob"));
  EXPECT_TRUE(roster.member_of_token(token_hash(), after(day_us)).is_zero());
  EXPECT_TRUE(roster.member_of_token(token_hash("unknown"), start).is_zero());
  spec.when(revoke_token("alice"), system()).refused(refusals::no_such_token);
  spec.when(revoke_token("bob"), self(spec.world, "bob")).happened();
  EXPECT_TRUE(roster.member_of_token(token_hash(), start).is_zero());
  spec.when(revoke_token("bob"), system()).refused(refusals::token_revoked);
  spec.when(issue_token("bob", 0, "second"), system()).happened();
  EXPECT_EQ(roster.member_of_token(token_hash("second"), after(999 * day_us)), id("bob"));
  spec.when(erase_member("bob"), self(spec.world, "bob")).happened();
  EXPECT_TRUE(roster.member_of_token(token_hash("second"), start).is_zero());
}

TEST(IssueSignIn, IsForCadresOverTheMemberAndNoWayUp) {
  RosterSpec spec;
  auto& w = spec.world;
  w.register_member("dora", "community_a");
  spec.when(issue_sign_in("dora"), nobody()).refused(shared::not_signed_in);
  spec.when(issue_sign_in("dora"), person(w, "alice")).refused(shared::forbidden);
  spec.when(issue_sign_in("dora"), person(w, "cadre_b")).refused(shared::forbidden);
  spec.when(issue_sign_in("dora"), person(w, "auditor")).refused(shared::forbidden);
  TokenIssued issued;
  issued.set_token_hash(token_hash("code"));
  issued.set_expires_us(after(7 * day_us).us);
  issued.set_purpose(TokenPurpose::sign_in);
  spec.when(issue_sign_in("dora"), person(w, "cadre_a")).then({issued});
  spec.when(issue_sign_in("dora", "own"), self(w, "dora")).happened();
  // Whoever is more than the cadre there cannot be signed in by the cadre; another cadre there can.
  w.grant("dora", Role::cadre, "community_a");
  spec.when(issue_sign_in("dora", "second"), person(w, "cadre_a")).happened();
  w.grant("dora", Role::auditor, "community_a");
  spec.when(issue_sign_in("dora", "way up"), person(w, "cadre_a")).refused(shared::forbidden);
  spec.when(issue_sign_in("dora", "third"), person(w, "administrator")).happened();
  w.grant("dora", Role::administrator, "city");
  spec.when(issue_sign_in("dora", "way up"), person(w, "administrator")).refused(shared::forbidden);
}

TEST(IssueSignIn, RefusesWhatDoesNotFit) {
  RosterSpec spec;
  spec.when(issue_sign_in("nobody"), system()).refused(shared::not_found);
  spec.when(issue_sign_in("bob", "code", start.us), system()).refused(refusals::token_expired, "expires");
  spec.when(issue_sign_in("bob", "code", after(32 * day_us).us), system()).refused(shared::out_of_bounds, "expires");
  auto command = issue_sign_in("bob");
  command.set_code_hash("short");
  spec.when(command, system()).refused(shared::out_of_bounds, "codeHash");
  spec.when(issue_sign_in("bob"), system()).happened();
  spec.when(issue_sign_in("alice"), system()).refused(refusals::token_exists);
}

TEST(OpenSession, TakesACodeOnceAndNothingElse) {
  RosterSpec spec;
  auto& w = spec.world;
  spec.when(issue_sign_in("bob"), system()).happened();
  EXPECT_TRUE(w.roster.member_of_token(token_hash("code"), start).is_zero()) << "a code is no token";
  spec.when(open_session("alice"), person(w, "alice")).refused(refusals::no_such_code);
  spec.when(open_session("bob", "another"), self(w, "bob")).refused(refusals::no_such_code);
  TokenRevoked ended;
  ended.set_token_hash(token_hash("code"));
  TokenIssued issued;
  issued.set_token_hash(token_hash("session"));
  issued.set_expires_us(after(90 * day_us).us);
  issued.set_purpose(TokenPurpose::session);
  issued.set_device(Device::phone);
  spec.when(open_session("bob"), self(w, "bob")).then({ended, issued});
  EXPECT_EQ(w.roster.member_of_token(token_hash("session"), start), id("bob"));
  EXPECT_EQ(w.roster.token(token_hash("session"))->issued, start);
  spec.when(open_session("bob", "code", "second"), self(w, "bob")).refused(refusals::code_used);
  spec.when(issue_token("bob"), system()).happened();
  spec.when(open_session("bob", "token", "second"), self(w, "bob")).refused(refusals::no_such_code);
  spec.when(issue_sign_in("bob", "late"), system()).happened();
  spec.now = after(7 * day_us);
  spec.when(open_session("bob", "late", "second"), self(w, "bob")).refused(refusals::code_expired);
}

TEST(OpenSession, GivesASessionForANewOne) {
  RosterSpec spec;
  const auto& w = spec.world;
  spec.when(issue_sign_in("bob"), system()).happened();
  spec.when(open_session("bob"), self(w, "bob")).happened();
  spec.when(open_session("bob", "session", "next"), self(w, "bob")).happened();
  EXPECT_TRUE(w.roster.member_of_token(token_hash("session"), start).is_zero());
  EXPECT_EQ(w.roster.member_of_token(token_hash("next"), start), id("bob"));
  spec.when(open_session("bob", "session", "third"), self(w, "bob")).refused(refusals::session_over);
  auto command = open_session("bob", "next", "third");
  command.set_expires_us(after(401 * day_us).us);
  spec.when(command, self(w, "bob")).refused(shared::out_of_bounds, "expires");
  spec.when(open_session("bob", "next", "code"), self(w, "bob")).refused(refusals::token_exists);
}

TEST(EraseMember, IsTheMembersOrTheSystemsAndFinal) {
  RosterSpec spec;
  const auto& w = spec.world;
  spec.when(erase_member("cadre_a"), person(w, "administrator")).refused(shared::forbidden);
  spec.when(erase_member("cadre_a"), system()).then({MemberErased{}});
  EXPECT_FALSE(w.roster.is_member(id("cadre_a")));
  EXPECT_TRUE(w.roster.grants(id("cadre_a")).empty());
  EXPECT_FALSE(w.roster.holding(grant_id("cadre_a", Role::cadre))->active);
  spec.when(erase_member("cadre_a"), system()).refused(refusals::member_erased);
  spec.when(grant_role("cadre_a", Role::auditor, "street"), system()).refused(refusals::member_erased);
  spec.when(issue_token("cadre_a"), system()).refused(refusals::member_erased);
  spec.when(register_member("cadre_a"), system()).refused(refusals::member_erased);
}

TEST(RecordPersonalDataOpened, NamesPurposeAndSubjects) {
  const World w;
  RecordPersonalDataOpened command;
  command.set_organisation(bytes("community_a"));
  command.set_purpose("call back");
  *command.add_subjects() = sealed("alice");
  const auto decided = members::decide(command, w.context(person(w, "cadre_a")));
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->acting_as, grant_id("cadre_a", Role::cadre));
  const auto code = [&](const Actor& actor) {
    const auto outcome = members::decide(command, w.context(actor));
    return outcome ? "" : outcome.error().code + " " + outcome.error().field;
  };
  EXPECT_EQ(code(person(w, "alice")), "forbidden ");
  EXPECT_EQ(code(person(w, "cadre_b")), "forbidden ");
  command.set_purpose("");
  EXPECT_EQ(code(system()), "out_of_bounds purpose");
  command.set_purpose("call back");
  for (int i = 0; i < 200; ++i) *command.add_subjects() = sealed("alice");
  EXPECT_EQ(code(system()), "out_of_bounds subjects");
  command.clear_subjects();
  EXPECT_EQ(code(system()), "out_of_bounds subjects");
}

TEST(RecordEntriesFetched, IsForAuditorsOfARootAndAStretchOfTheLog) {
  const World w;
  RecordEntriesFetched command;
  command.set_organisation(bytes("city"));
  command.set_first(65'536);
  command.set_last(131'071);
  const auto decided = members::decide(command, w.context(person(w, "auditor")));
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->acting_as, grant_id("auditor", Role::auditor));
  const auto& event = std::get<EntriesFetched>(decided->events.front());
  EXPECT_EQ(event.first(), 65'536u);
  EXPECT_EQ(event.last(), 131'071u);
  const auto code = [&](const Actor& actor) {
    const auto outcome = members::decide(command, w.context(actor));
    return outcome ? "" : outcome.error().code + " " + outcome.error().field;
  };
  EXPECT_EQ(code(person(w, "root_administrator")), "forbidden ");
  EXPECT_EQ(code(system()), "forbidden ");
  command.set_last(131'072);
  EXPECT_EQ(code(person(w, "auditor")), "out_of_bounds last");
  command.set_last(65'535);
  EXPECT_EQ(code(person(w, "auditor")), "out_of_bounds last");
  command.set_last(65'536);
  command.set_organisation(bytes("community_a"));
  EXPECT_EQ(code(person(w, "auditor")), "forbidden ");
}

}  // namespace
}  // namespace pioneer::domain::specs
