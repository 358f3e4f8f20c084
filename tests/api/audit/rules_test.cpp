// An auditor's own rules find each breach that they name, and none in what decisions may do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/audit/story.hpp"

namespace pioneer::api::rules {
namespace {

using namespace audit_tests;  // NOLINT: stories by their words
using testing::ElementsAre;
using testing::IsEmpty;

// Events, short.
AnyEvent created(std::uint32_t capacity, std::uint32_t per_member = 2, bool waitlist = true) {
  ProductCreated e;
  auto& terms = *e.mutable_terms();
  terms.set_capacity(capacity);
  terms.set_max_per_member(per_member);
  terms.set_waitlist(waitlist);
  auto& session = *terms.add_sessions();
  session.set_starts_us(session_us);
  session.set_ends_us(session_us + 60 * minute_us);
  return e;
}
AnyEvent placed(std::uint32_t ticket, std::uint32_t places, ClaimState::Value state = ClaimState::confirmed) {
  ClaimPlaced e;
  e.set_ticket(ticket);
  e.set_places(places);
  e.set_state(state);
  return e;
}
AnyEvent waits(std::uint32_t ticket, std::uint32_t places) { return placed(ticket, places, ClaimState::waitlisted); }
template <class E>
AnyEvent on(std::uint32_t ticket) {
  E e;
  e.set_ticket(ticket);
  return e;
}
AnyEvent rated(std::uint32_t ticket, std::uint32_t stars = 5) {
  ClaimRated e;
  e.set_ticket(ticket);
  e.set_stars(stars);
  return e;
}
AnyEvent promoted(std::uint32_t first, std::uint32_t last, std::vector<std::uint32_t> skipped = {}) {
  PlacesPromoted e;
  e.set_first(first);
  e.set_last(last);
  for (const auto ticket : skipped) e.add_skipped(ticket);
  return e;
}
AnyEvent capacity(std::uint32_t places) {
  CapacityChanged e;
  e.set_capacity(places);
  return e;
}

AnyEvent granted(std::string_view grant, Role::Value role = Role::cadre, std::string_view organisation = {}) {
  RoleGranted e;
  e.set_grant(bytes_of(grant));
  e.set_role(role);
  if (!organisation.empty()) e.set_organisation(bytes_of(organisation));
  return e;
}

/// By grace, a cadre.
Story offered(std::uint32_t places, std::uint32_t per_member = 2, bool waitlist = true) {
  Story story;
  story.then("member", "grace-herself", "", {granted("grace")});
  story.product("grace", {created(places, per_member, waitlist)}).product("grace", {ProductPublished{}});
  return story;
}

TEST(ProductRules, HoldInALifeThatDecisionsAllow) {
  auto story = offered(3);
  story.product("ann", {placed(1, 2)})
      .product("ben", {waits(2, 2)})
      .product("eve", {waits(3, 1)})
      .product("ann", {on<ClaimCancelled>(1), promoted(2, 3)})
      .product("grace", {capacity(4)})
      .product("dan", {placed(4, 1)})
      .wait_until(session_us - 60 * minute_us)
      .product("grace", {on<CheckedIn>(2)})
      .wait_until(session_us + 120 * minute_us)
      .product("grace", {on<NoShowMarked>(3)})
      .product("grace", {on<ClaimCompleted>(2)})
      .product("grace", {ProductCompleted{}})
      .product("ben", {rated(2)});
  EXPECT_THAT(story.broken(), IsEmpty());
  EXPECT_EQ(story.report().products, 1u);
}

TEST(ProductRules, PassOverWhoWantsMoreThanThereIs) {
  auto story = offered(3);
  story.product("ann", {placed(1, 2)})
      .product("ben", {waits(2, 2)})
      .product("eve", {waits(3, 1)})
      .product("ann", {on<ClaimCancelled>(1), promoted(2, 3)});
  EXPECT_THAT(story.broken(), IsEmpty());
  auto lowered = offered(3, 3);
  lowered.product("ann", {placed(1, 1)})
      .product("ben", {waits(2, 3)})
      .product("eve", {waits(3, 1)})
      .product("grace", {capacity(2), promoted(2, 3, {2})});
  EXPECT_THAT(lowered.broken(), IsEmpty());
}

TEST(ProductRules, FindWhatIsSoldTwice) {
  auto story = offered(3);
  story.product("ann", {placed(1, 2)}).product("ben", {placed(2, 2)});
  EXPECT_THAT(story.broken(), ElementsAre("oversold"));
  auto lowered = offered(3);
  lowered.product("ann", {placed(1, 2)}).product("grace", {capacity(1)});
  EXPECT_THAT(lowered.broken(), ElementsAre("oversold"));
}

TEST(ProductRules, FindWhoOvertakes) {
  auto story = offered(2);
  story.product("ann", {placed(1, 1)}).product("ben", {waits(2, 2)}).product("eve", {placed(3, 1)});
  EXPECT_THAT(story.broken(), ElementsAre("overtook"));
  auto skipped = offered(2);
  skipped.product("ann", {placed(1, 2)})
      .product("ben", {waits(2, 1)})
      .product("eve", {waits(3, 1)})
      .product("ann", {on<ClaimCancelled>(1), promoted(2, 3, {2})});
  EXPECT_THAT(skipped.broken(), ElementsAre("skipped_unfairly", "overtook", "left_waiting"));
  auto later = offered(2);
  later.product("ann", {placed(1, 2)})
      .product("ben", {waits(2, 2)})
      .product("eve", {waits(3, 2)})
      .product("ann", {on<ClaimCancelled>(1), promoted(3, 3)});
  EXPECT_THAT(later.broken(), ElementsAre("overtook"));
}

TEST(ProductRules, FindWhoIsLeftWaiting) {
  auto story = offered(2);
  story.product("ann", {placed(1, 2)}).product("ben", {waits(2, 1)}).product("ann", {on<ClaimCancelled>(1)});
  EXPECT_THAT(story.broken(), ElementsAre("left_waiting"));
  auto needless = offered(2);
  needless.product("ann", {waits(1, 1)});
  EXPECT_THAT(needless.broken(), ElementsAre("made_to_wait", "left_waiting"));
  auto listless = offered(2, 2, false);
  listless.product("ann", {placed(1, 2)}).product("ben", {waits(2, 1)});
  EXPECT_THAT(listless.broken(), ElementsAre("no_waiting_list"));
}

TEST(ProductRules, FindWhoHoldsOrDoesTooMuch) {
  auto story = offered(5);
  story.product("ann", {placed(1, 2)}).product("ann", {placed(2, 1)});
  EXPECT_THAT(story.broken(), ElementsAre("too_many_places"));
  auto stranger = offered(5);
  stranger.product("ann", {placed(1, 2)}).product("ben", {on<ClaimCancelled>(1)});
  EXPECT_THAT(stranger.broken(), ElementsAre("not_the_owner"));
  auto again = offered(5);
  again.product("ann", {placed(1, 1)}).product("ann", {on<ClaimCancelled>(1)}).product("ann", {on<ClaimCancelled>(1)});
  EXPECT_THAT(again.broken(), ElementsAre("wrong_state"));
  auto gap = offered(5);
  gap.product("ann", {placed(2, 1)}).product("ann", {on<CheckedIn>(7)});
  EXPECT_THAT(gap.broken(), ElementsAre("claim_number", "unknown_claim"));
}

TEST(ProductRules, FindWhatWasTooEarlyOrTooLate) {
  auto story = offered(5);
  story.product("ann", {placed(1, 1)}).product("grace", {on<CheckedIn>(1)});
  EXPECT_THAT(story.broken(), ElementsAre("too_early")) << "two days before it begins";
  auto late = offered(5);
  late.product("ann", {placed(1, 1)})
      .wait_until(session_us)
      .product("ben", {placed(2, 1)})
      .product("ann", {on<ClaimCancelled>(1)});
  EXPECT_THAT(late.broken(), ElementsAre("too_late", "too_late"));
  auto absent = offered(5);
  absent.product("ann", {placed(1, 1)}).product("grace", {on<NoShowMarked>(1)}).product("grace", {ProductCompleted{}});
  EXPECT_THAT(absent.broken(), ElementsAre("too_early", "too_early"));
}

TEST(ProductRules, FindWhoRatesWithoutARight) {
  auto story = offered(5);
  story.product("ann", {placed(1, 1)}).product("ann", {rated(1)});
  EXPECT_THAT(story.broken(), ElementsAre("wrong_state"));
  auto served = offered(5);
  served.product("ann", {placed(1, 1)})
      .wait_until(session_us)
      .product("grace", {on<CheckedIn>(1)})
      .product("grace", {rated(1)})
      .product("ann", {rated(1, 6)});
  EXPECT_THAT(served.broken(), ElementsAre("rated_by_another", "impossible_stars", "rated_twice"));
}

// Requests.
AnyEvent submitted(std::string_view asker) {
  RequestSubmitted e;
  e.set_asker(bytes_of(asker));
  return e;
}
AnyEvent clock(std::uint32_t number, DeadlineKind::Value kind, std::int64_t due_us) {
  RequestDeadlineSet e;
  e.set_deadline(number);
  e.set_kind(kind);
  e.set_due_us(due_us);
  return e;
}
AnyEvent passed(std::uint32_t number, DeadlineKind::Value kind) {
  RequestDeadlinePassed e;
  e.set_deadline(number);
  e.set_kind(kind);
  return e;
}
AnyEvent stars(std::uint32_t count) {
  RequestRated e;
  e.set_stars(count);
  return e;
}

constexpr std::int64_t hour_us = 60 * minute_us;

/// Asked by ann; grace and gus are cadres.
Story asked() {
  Story story;
  story.then("member", "grace-herself", "", {granted("grace")})
      .then("member", "gus-himself", "", {granted("gus")})
      .request("ann", {submitted("ann"), clock(1, DeadlineKind::accept, begin_us + hour_us),
                       clock(2, DeadlineKind::resolve, begin_us + 10 * hour_us)});
  return story;
}
Story resolved() {
  auto story = asked();
  story.request("grace", {RequestAccepted{}}).request("gus", {RequestProgressed{}});
  story.request("grace", {RequestResolved{}, clock(3, DeadlineKind::confirm, begin_us + 20 * hour_us)});
  return story;
}

TEST(RequestRules, HoldInALifeThatDecisionsAllow) {
  auto story = resolved();
  story.request("ann", {RequestDisputed{}, clock(4, DeadlineKind::resolve, begin_us + 12 * hour_us)})
      .request("grace", {RequestResolved{}, clock(5, DeadlineKind::confirm, begin_us + 20 * hour_us)})
      .request("ann", {RequestConfirmed{}})
      .request("ann", {stars(4)});
  EXPECT_THAT(story.broken(), IsEmpty());
  auto silent = resolved();
  silent.wait_until(begin_us + 20 * hour_us).request("", {RequestClosedUnconfirmed{}}).request("ann", {stars(1)});
  EXPECT_THAT(silent.broken(), IsEmpty());
  auto late = asked();
  late.wait_until(begin_us + hour_us)
      .request("", {passed(1, DeadlineKind::accept)})
      .request("ann", {RequestWithdrawn{}});
  EXPECT_THAT(late.broken(), IsEmpty());
}

TEST(RequestRules, FindWhoJudgesWithoutARight) {
  auto story = resolved();
  story.request("grace", {RequestConfirmed{}}).request("ben", {stars(4)});
  EXPECT_THAT(story.broken(), ElementsAre("judged_by_another", "judged_own_work", "judged_by_another"));
  auto own = asked();
  own.then("member", "ann-herself", "", {granted("ann")})
      .request("ann", {RequestAccepted{}})
      .request("ann", {RequestResolved{}, clock(3, DeadlineKind::confirm, begin_us + 20 * hour_us)})
      .request("ann", {RequestConfirmed{}})
      .request("ann", {stars(5)})
      .request("ann", {stars(9)});
  EXPECT_THAT(own.broken(),
              ElementsAre("judged_own_work", "judged_own_work", "judged_own_work", "impossible_stars", "rated_twice"));
}

TEST(RequestRules, FindWorkWithoutAnOffice) {
  auto story = asked();
  RoleRevoked revoked;
  revoked.set_grant(bytes_of("gus"));
  story.request("ben", {RequestAccepted{}})
      .then("member", "gus-himself", "", {revoked})
      .request("gus", {RequestProgressed{}})
      .then("member", "grace-herself", "", {MemberErased{}})
      .request("grace", {RequestProgressed{}});
  EXPECT_THAT(story.broken(), ElementsAre("no_office", "no_office", "no_office"));
}

TEST(RequestRules, FindClocksThatAreNotKept) {
  auto story = asked();
  story.request("", {passed(1, DeadlineKind::accept)}).request("", {passed(1, DeadlineKind::accept)});
  EXPECT_THAT(story.broken(), ElementsAre("too_early", "clock_twice", "too_early"));
  auto over = resolved();
  over.wait_until(begin_us + 20 * hour_us).request("ann", {RequestConfirmed{}});
  EXPECT_THAT(over.broken(), ElementsAre("too_late"));
  auto hasty = resolved();
  hasty.request("", {RequestClosedUnconfirmed{}});
  EXPECT_THAT(hasty.broken(), ElementsAre("too_early"));
  auto unclocked = asked();
  unclocked.request("grace", {RequestAccepted{}}).request("grace", {RequestResolved{}});
  EXPECT_THAT(unclocked.broken(), ElementsAre("no_clock"));
  auto counted = asked();
  counted.request("grace", {clock(7, DeadlineKind::resolve, begin_us)});
  EXPECT_THAT(counted.broken(), ElementsAre("clock_number", "clock_alone", "clock_due"));
  auto running = asked();
  running.wait_until(begin_us + 2 * hour_us).request("grace", {RequestAssigned{}});
  EXPECT_EQ(running.report().running_late, 1u);
}

TEST(RequestRules, FindClocksThatNothingBegins) {
  const auto set = [](Story story, DeadlineKind::Value kind, std::uint32_t number) {
    return story.request("", {clock(number, kind, begin_us + 30 * hour_us)}).broken();
  };
  EXPECT_THAT(set(asked(), DeadlineKind::accept, 3), ElementsAre("clock_alone")) << "the one to accept starts anew";
  EXPECT_THAT(set(asked(), DeadlineKind::confirm, 3), ElementsAre("clock_alone"));
  EXPECT_THAT(set(resolved(), DeadlineKind::confirm, 4), ElementsAre("clock_alone"));
  auto other = resolved();
  other.request("ann", {RequestDisputed{}, clock(4, DeadlineKind::accept, begin_us + 30 * hour_us)});
  EXPECT_THAT(other.broken(), ElementsAre("clock_alone")) << "a dispute begins the one to resolve";
  auto twice = asked();
  twice.request("grace", {RequestAccepted{}})
      .request("grace", {RequestResolved{}, clock(3, DeadlineKind::confirm, begin_us + 20 * hour_us),
                         clock(4, DeadlineKind::confirm, begin_us + 30 * hour_us)});
  EXPECT_THAT(twice.broken(), ElementsAre("clock_alone"));
}

TEST(RequestRules, FindAnOrderThatNoLifeHas) {
  auto story = asked();
  story.request("grace", {RequestResolved{}, clock(3, DeadlineKind::confirm, begin_us + 20 * hour_us)});
  EXPECT_THAT(story.broken(), ElementsAre("wrong_state"));
  auto rated_open = asked();
  rated_open.request("ann", {stars(3)}).request("ann", {submitted("ann")});
  EXPECT_THAT(rated_open.broken(), ElementsAre("wrong_state", "begun_twice"));
}

AnyEvent below(std::string_view parent) {
  OrganisationRegistered e;
  e.set_parent(bytes_of(parent));
  return e;
}
AnyEvent submitted_to(std::string_view organisation, std::string_view category) {
  RequestSubmitted e;
  e.set_asker(bytes_of("ann"));
  e.set_organisation(bytes_of(organisation));
  e.set_category(std::string(category));
  return e;
}

TEST(RequestRules, FindWorkOfWhoDoesNotCoverTheHolder) {
  const auto begun = [] {
    Story story;
    story.then("organisation", "city", "", {OrganisationRegistered{}})
        .then("organisation", "north", "", {below("city")})
        .then("organisation", "south", "", {below("city")})
        .then("member", "grace-herself", "", {granted("grace", Role::cadre, "north")})
        .then("member", "carl-himself", "", {granted("carl", Role::cadre, "city")})
        .request("ann", {submitted_to("north", "repair")});
    return story;
  };
  auto allowed = begun();
  allowed.request("grace", {RequestAccepted{}}).request("carl", {RequestProgressed{}});
  EXPECT_THAT(allowed.broken(), IsEmpty());
  RequestAssigned to_the_south;
  to_the_south.set_organisation(bytes_of("south"));
  auto elsewhere = begun();
  elsewhere.request("grace", {RequestAccepted{}})
      .request("carl", {to_the_south})
      .request("grace", {RequestProgressed{}});
  EXPECT_THAT(elsewhere.broken(), ElementsAre("not_the_holder"));
  OrganisationMerged into_the_north;
  into_the_north.set_into(bytes_of("north"));
  auto merged = begun();
  merged.request("grace", {RequestAccepted{}})
      .request("carl", {to_the_south})
      .then("organisation", "south", "", {into_the_north})
      .request("grace", {RequestProgressed{}});
  EXPECT_THAT(merged.broken(), IsEmpty()) << "the north answers for it";
  OrganisationMoved under_the_south;
  under_the_south.set_parent(bytes_of("south"));
  auto circle = begun();
  OrganisationMoved under_the_north;
  under_the_north.set_parent(bytes_of("north"));
  circle.then("organisation", "north", "", {under_the_south})
      .then("organisation", "south", "", {under_the_north})
      .request("carl", {RequestAccepted{}});
  EXPECT_THAT(circle.broken(), ElementsAre("not_the_holder")) << "and it ends";
}

AnyEvent adopted(std::uint32_t accept, std::uint32_t resolve, std::uint32_t confirm) {
  PolicyAdopted e;
  auto& category = *e.mutable_policy()->add_categories();
  category.set_code("repair");
  category.set_accept_within_minutes(accept);
  category.set_resolve_within_minutes(resolve);
  e.mutable_policy()->set_confirm_within_minutes(confirm);
  return e;
}

TEST(RequestRules, FindClocksThatAreNotThePolicys) {
  const auto begun = [](std::string_view category, std::int64_t accept) {
    Story story;
    story.then("organisation", "city", "", {OrganisationRegistered{}})
        .then("policy", "services", "", {adopted(60, 600, 6'000)})
        .under_policy(1);
    const auto now_us = story.now_us() + minute_us;
    story.request("ann", {submitted_to("city", category), clock(1, DeadlineKind::accept, now_us + accept * minute_us),
                          clock(2, DeadlineKind::resolve, now_us + 600 * minute_us)});
    return story;
  };
  EXPECT_THAT(begun("repair", 60).broken(), IsEmpty());
  EXPECT_THAT(begun("repair", 61).broken(), ElementsAre("clock_measure"));
  EXPECT_THAT(begun("magic", 60).broken(), ElementsAre("clock_measure", "clock_measure"));
  Story unclocked;
  unclocked.then("organisation", "city", "", {OrganisationRegistered{}})
      .then("policy", "services", "", {adopted(60, 600, 6'000)})
      .under_policy(1);
  unclocked.request("ann", {submitted_to("city", "repair")});
  EXPECT_THAT(unclocked.broken(), ElementsAre("no_clock", "no_clock"));
  auto later = begun("repair", 60);
  later.then("policy", "services", "", {adopted(60, 300, 6'000)});
  EXPECT_THAT(later.broken(), IsEmpty());
  later.request("ann", {RequestWithdrawn{}});
  EXPECT_THAT(later.broken(), ElementsAre("policy_not_named")) << "the new one is in force";
}

TEST(Invariants, FindRevisionsThatAreMissing) {
  auto story = asked();
  story.request("grace", {RequestAccepted{}}).from_revision(40).request("grace", {RequestProgressed{}});
  EXPECT_THAT(story.broken(), ElementsAre("revision"));
  EXPECT_EQ(story.report(1).breaches.counts().at("revision"), 1u) << "in many parts, too";
  EXPECT_THAT(asked().request("grace", {RequestAccepted{}}).from_revision(1).broken(), ElementsAre("revision"));
  EXPECT_THAT(offered(1).then_in("policy/levels", "", {FeatureLevelRaised{}}).from_revision(3).broken(),
              ElementsAre("revision"));
  EXPECT_THAT(offered(1).then("refusal", "one", "ann", {CommandRefused{}}).from_revision(3).broken(),
              ElementsAre("revision"));
}

TEST(Invariants, FindARoleForOneself) {
  Story story;
  story.then("member", "ada", "", {granted("ada-administrator", Role::administrator)})
      .then("member", "ben", "ada-administrator", {granted("ben-cadre")})
      .then("member", "ada", "ada-administrator", {granted("ada-cadre")});
  EXPECT_THAT(story.broken(), ElementsAre("role_for_oneself"));
}

TEST(Invariants, AreTheSameInAnyNumberOfParts) {
  Story story;
  story.then("member", "grace-herself", "", {granted("grace")});
  for (int i = 0; i < 30; ++i) {
    const auto name = "product " + std::to_string(i);
    story.then("product", name, "grace", {created(1)}).then("product", name, "grace", {ProductPublished{}});
    story.then("product", name, "ann", {placed(1, 1)}).then("product", name, "ben", {placed(2, 1)});
  }
  for (const std::uint64_t entries : {1'000u, 40u, 7u}) {
    const auto report = story.report(entries);
    EXPECT_EQ(report.breaches.counts().at("oversold"), 30u);
    EXPECT_EQ(report.products, 30u);
    EXPECT_EQ(report.commits, 121u);
  }
}

}  // namespace
}  // namespace pioneer::api::rules
