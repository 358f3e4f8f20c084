// An auditor's own rules of who may do what: each right that a role gives is asked for, where it is needed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/audit/story.hpp"

namespace pioneer::api::rules {
namespace {

using namespace audit_tests;  // NOLINT: stories by their words
using testing::ElementsAre;
using testing::IsEmpty;

AnyEvent granted(std::string_view grant, Role::Value role, std::string_view organisation) {
  RoleGranted e;
  e.set_grant(bytes_of(grant));
  e.set_role(role);
  e.set_organisation(bytes_of(organisation));
  return e;
}
template <class E>
AnyEvent in(std::string_view organisation) {
  E e;
  e.set_organisation(bytes_of(organisation));
  return e;
}
template <class E>
AnyEvent under(std::string_view parent) {
  E e;
  e.set_parent(bytes_of(parent));
  return e;
}
template <class E>
AnyEvent of_claim(std::uint32_t ticket = 1) {
  E e;
  e.set_ticket(ticket);
  return e;
}
AnyEvent created(std::string_view organisation) {
  ProductCreated e;
  auto& terms = *e.mutable_terms();
  terms.set_organisation(bytes_of(organisation));
  terms.set_capacity(3);
  terms.set_max_per_member(3);
  terms.set_waitlist(true);
  auto& session = *terms.add_sessions();
  session.set_starts_us(session_us);
  session.set_ends_us(session_us + 60 * minute_us);
  return e;
}
AnyEvent placed(std::uint32_t ticket) {
  ClaimPlaced e;
  e.set_ticket(ticket);
  e.set_places(1);
  e.set_state(ClaimState::confirmed);
  return e;
}
AnyEvent taken(std::string_view grant) {
  RoleRevoked e;
  e.set_grant(bytes_of(grant));
  return e;
}
AnyEvent token(TokenPurpose::Value purpose = TokenPurpose::unspecified) {
  TokenIssued e;
  e.set_purpose(purpose);
  return e;
}
AnyEvent capacity(std::uint32_t places) {
  CapacityChanged e;
  e.set_capacity(places);
  return e;
}

/// city over north and south; carl is a cadre of the city, grace of north, ada administers north, otto audits all.
Story founded() {
  Story story;
  story.then("organisation", "city", "", {OrganisationRegistered{}})
      .then("organisation", "north", "", {under<OrganisationRegistered>("city")})
      .then("organisation", "south", "", {under<OrganisationRegistered>("city")})
      .then("member", "carl", "", {granted("carl-cadre", Role::cadre, "city")})
      .then("member", "grace", "", {granted("grace-cadre", Role::cadre, "north")})
      .then("member", "ada", "", {granted("ada-admin", Role::administrator, "north")})
      .then("member", "otto", "", {granted("otto-auditor", Role::auditor, "city")});
  return story;
}
Story offered(std::string_view organisation = "north") {
  auto story = founded();
  story.product("grace-cadre", {created(organisation)});
  return story;
}

TEST(Rights, OfProductsAreThoseOfTheirOrganisationsCadres) {
  auto story = offered();
  story.product("carl-cadre", {ProductPublished{}})
      .product("grace-cadre", {PicturesChanged{}})
      .product("grace-cadre", {capacity(2)})
      .product("ann", {placed(1)})
      .product("ann", {placed(2)})
      .wait_until(session_us)
      .product("ann", {of_claim<CheckedIn>(1)})
      .product("grace-cadre", {of_claim<ClaimCompleted>(1)})
      .product("grace-cadre", {of_claim<NoShowMarked>(2)})
      .wait_until(session_us + 60 * minute_us)
      .product("grace-cadre", {ProductCompleted{}});
  EXPECT_THAT(story.broken(), IsEmpty());
  EXPECT_THAT(offered("south").broken(), ElementsAre("office_elsewhere"));
  for (const std::string_view stranger : {"ann", "ada-admin", "otto-auditor", ""}) {
    auto published = offered();
    published.product(stranger, {ProductPublished{}});
    EXPECT_THAT(published.broken(), ElementsAre("no_office")) << stranger;
  }
  auto many = offered();
  many.product("carl-cadre", {ProductPublished{}})
      .product("ann", {placed(1)})
      .product("ann", {PicturesChanged{}})
      .product("ann", {capacity(2)})
      .wait_until(session_us)
      .product("ben", {of_claim<CheckedIn>()})
      .product("ann", {of_claim<ClaimCompleted>()})
      .product("ann", {ProductCancelled{}});
  EXPECT_THAT(many.broken(), ElementsAre("no_office", "no_office", "no_office", "no_office", "no_office"));
  auto absent = offered();
  absent.product("carl-cadre", {ProductPublished{}})
      .product("ann", {placed(1)})
      .wait_until(session_us + 60 * minute_us)
      .product("ann", {of_claim<NoShowMarked>()})
      .product("ann", {ProductCompleted{}});
  EXPECT_THAT(absent.broken(), ElementsAre("no_office", "no_office"));
}

TEST(Rights, EndWithTheOffice) {
  auto story = offered();
  story.then("member", "grace", "ada-admin", {taken("grace-cadre")}).product("grace-cadre", {ProductPublished{}});
  EXPECT_THAT(story.broken(), ElementsAre("no_office"));
  auto again = founded();
  again.then("member", "grace", "ada-admin", {taken("grace-cadre")})
      .then("member", "grace", "ada-admin", {taken("grace-cadre")})
      .then("member", "carl", "ada-admin", {taken("grace-cadre")});
  EXPECT_THAT(again.broken(), ElementsAre("wrong_state", "unknown_office"));
}

TEST(Rights, OfPersonsAreNotThoseOfOfficesOrTheSystem) {
  PlacesPromoted promoted;
  promoted.set_first(1);
  promoted.set_last(1);
  auto story = offered();
  story.product("carl-cadre", {ProductPublished{}})
      .product("", {placed(1)})
      .product("carl-cadre", {placed(2)})
      .product("ann", {promoted});
  EXPECT_THAT(story.broken(), ElementsAre("not_a_person", "not_a_person", "not_the_system"));
  RequestSubmitted of_ben;
  of_ben.set_asker(bytes_of("ben"));
  of_ben.set_organisation(bytes_of("north"));
  auto asked = founded();
  asked.request("ann", {of_ben});
  EXPECT_THAT(asked.broken(), ElementsAre("asked_for_another"));
}

TEST(Rights, OfTheSystemToAskComeFromARatingThatToldAProblem) {
  ClaimRated rated;
  rated.set_ticket(1);
  rated.set_stars(2);
  rated.mutable_problem();
  RequestSubmitted of_ben;
  of_ben.set_asker(bytes_of("ben"));
  of_ben.set_organisation(bytes_of("north"));
  const auto served = [&](const ClaimRated& rating) {
    auto story = offered();
    story.product("grace-cadre", {ProductPublished{}}).product("ben-there", {placed(1)}).wait_until(session_us);
    return story.product("grace-cadre", {of_claim<CheckedIn>()}).product("ben-there", {rating});
  };
  const auto asks = [&](Story story, std::uint64_t entry, Channel::Value channel = Channel::feedback) -> Story {
    of_ben.set_channel(channel);
    of_ben.set_cause(entry + 1);
    return story.request("", {of_ben}).caused_by(entry);
  };
  const auto problem = served(rated).entries() - 1;
  EXPECT_THAT(asks(served(rated), problem).broken(), IsEmpty()) << "a reaction speaks for who told a problem";
  EXPECT_THAT(asks(served(rated), problem, Channel::web).broken(), ElementsAre("unknown_cause"));
  EXPECT_THAT(asks(served(rated), problem - 1).broken(), ElementsAre("unknown_cause"));
  auto twice = asks(served(rated), problem);
  twice.then("request", "another", "", {of_ben}).caused_by(problem);
  EXPECT_THAT(twice.broken(), ElementsAre("unknown_cause"));
  auto two = served(rated);
  EXPECT_THAT(two.request("", {of_ben}).caused_by(problem - 1).broken(), ElementsAre("unknown_cause"));
  rated.clear_problem();
  EXPECT_THAT(asks(served(rated), problem).broken(), ElementsAre("unknown_cause"));
  of_ben.clear_cause();
  of_ben.set_channel(Channel::web);
  EXPECT_THAT(founded().request("", {of_ben}).broken(), ElementsAre("unknown_cause")) << "in ben's name";
  of_ben.set_channel(Channel::feedback);
  EXPECT_THAT(founded().request("ben", {of_ben}).broken(), ElementsAre("not_the_system"));
}

TEST(Rights, OfTheSystemAreNobodyElses) {
  RequestSubmitted asked;
  asked.set_asker(bytes_of("ann"));
  asked.set_organisation(bytes_of("north"));
  RequestDeadlineSet clock;
  clock.set_deadline(1);
  clock.set_kind(DeadlineKind::accept);
  clock.set_due_us(begin_us + 20 * minute_us);
  RequestDeadlinePassed passed;
  passed.set_deadline(1);
  passed.set_kind(DeadlineKind::accept);
  auto story = founded();
  story.request("ann", {asked, clock}).wait_until(begin_us + 30 * minute_us).request("grace-cadre", {passed});
  EXPECT_THAT(story.broken(), ElementsAre("not_the_system"));
  RequestImported imported;
  imported.set_state(RequestState::submitted);
  auto others = founded();
  others.request("grace-cadre", {imported})
      .then("policy", "services", "ada-admin", {PolicyAdopted{}})
      .under_policy(8)
      .then("policy", "levels", "ada-admin", {FeatureLevelRaised{}})
      .then("organisation", "another", "ada-admin", {OrganisationRegistered{}});
  EXPECT_THAT(others.broken(), ElementsAre("not_the_system", "not_the_system", "not_the_system", "not_the_system"));
}

TEST(Rights, ToAssignEndOneStepAbove) {
  RequestSubmitted asked;
  asked.set_asker(bytes_of("ann"));
  asked.set_organisation(bytes_of("north"));
  const auto assigned = [&](std::string_view actor, std::string_view to, std::string_view official = {}) {
    auto story = founded();
    RequestAssigned e;
    e.set_organisation(bytes_of(to));
    if (!official.empty()) e.set_grant(bytes_of(official));
    story.request("ann", {asked}).request(actor, {e});
    return story.broken();
  };
  EXPECT_THAT(assigned("grace-cadre", "city"), IsEmpty());
  EXPECT_THAT(assigned("carl-cadre", "south", "carl-cadre"), IsEmpty());
  EXPECT_THAT(assigned("grace-cadre", "south"), ElementsAre("out_of_reach"));
  EXPECT_THAT(assigned("grace-cadre", "north", "ada-admin"), ElementsAre("no_office"));
  EXPECT_THAT(assigned("ann", "north"), ElementsAre("no_office"));
}

TEST(Rights, OverMembersAndOrganisationsAreTheirAdministrators) {
  auto story = founded();
  story.then("member", "ben", "grace-cadre", {in<MemberRegistered>("north")})
      .then("member", "ben", "ada-admin", {granted("ben-cadre", Role::cadre, "north")})
      .then("member", "ben", "ada-admin", {token()})
      .then("member", "ben", "grace-cadre", {token(TokenPurpose::sign_in)})
      .then("member", "ben", "", {TokenRevoked{}, token(TokenPurpose::session)})
      .then("member", "ben", "ada-admin", {TokenRevoked{}})
      .then("member", "ben", "ben", {MemberErased{}})
      .then("organisation", "street", "ada-admin", {under<OrganisationRegistered>("north")})
      .then("organisation", "street", "ada-admin", {OrganisationRenamed{}})
      .then("organisation", "street", "ada-admin", {OrganisationClosed{}});
  EXPECT_THAT(story.broken(), IsEmpty());
  auto wrong = founded();
  wrong.then("member", "ben", "ann", {in<MemberRegistered>("north")})
      .then("member", "ben", "grace-cadre", {granted("ben-cadre", Role::cadre, "north")})
      .then("member", "ben", "ada-admin", {granted("ben-south", Role::cadre, "south")})
      .then("member", "ben", "grace-cadre", {token()})
      .then("member", "ben", "grace-cadre", {TokenRevoked{}})
      .then("member", "ben", "otto-auditor", {token(TokenPurpose::sign_in)})
      .then("member", "ben", "ada-admin", {MemberErased{}});
  EXPECT_THAT(wrong.broken(), ElementsAre("no_office", "no_office", "office_elsewhere", "no_office", "no_office",
                                          "no_office", "not_a_person"));
  OrganisationMerged into_the_south;
  into_the_south.set_into(bytes_of("south"));
  auto tree = founded();
  tree.then("organisation", "street", "carl-cadre", {under<OrganisationRegistered>("north")})
      .then("organisation", "south", "ada-admin", {OrganisationRenamed{}})
      .then("organisation", "street", "ada-admin", {under<OrganisationMoved>("south")})
      .then("organisation", "south", "ada-admin", {OrganisationClosed{}})
      .then("organisation", "north", "ada-admin", {into_the_south});
  EXPECT_THAT(tree.broken(),
              ElementsAre("no_office", "office_elsewhere", "office_elsewhere", "office_elsewhere", "office_elsewhere"));
}

TEST(Rights, OfASessionComeFromAToken) {
  const auto session = token(TokenPurpose::session);
  const auto found = [](std::vector<AnyEvent> events, std::string_view actor = "ben") {
    return founded().then("member", "ben", actor, std::move(events)).broken();
  };
  EXPECT_THAT(found({TokenRevoked{}, session}, ""), IsEmpty());
  for (const std::string_view actor : {"", "ben", "ada-admin"})
    EXPECT_THAT(found({session}, actor), testing::Contains("session_alone")) << actor;
  EXPECT_THAT(found({TokenRevoked{}, TokenRevoked{}, session}), ElementsAre("session_alone"));
  EXPECT_THAT(found({MemberErased{}, session}), ElementsAre("session_alone"));
  EXPECT_THAT(found({TokenRevoked{}, token()}), ElementsAre("token_aside"));
  EXPECT_THAT(found({MemberErased{}, token(TokenPurpose::sign_in)}), ElementsAre("token_aside"));
}

TEST(Rights, ToLookAreWritten) {
  const auto month = [](Story& story, std::string_view organisation, std::string_view actor, AnyEvent event) -> Story& {
    return story.then_in("access/" + id_of(organisation).text() + "-202311", actor, {std::move(event)});
  };
  auto story = founded();
  month(story, "north", "grace-cadre", PersonalDataOpened{});
  month(story, "city", "otto-auditor", EntriesFetched{});
  EXPECT_THAT(story.broken(), IsEmpty());
  month(story, "south", "grace-cadre", PersonalDataOpened{});
  month(story, "north", "ann", PersonalDataOpened{});
  month(story, "city", "carl-cadre", EntriesFetched{});
  EXPECT_THAT(story.broken(), ElementsAre("office_elsewhere", "no_office", "no_office"));
}

}  // namespace
}  // namespace pioneer::api::rules
