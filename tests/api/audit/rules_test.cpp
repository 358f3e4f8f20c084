// An auditor's own rules find each breach that they name, and none in what decisions may do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "api/audit/rules/invariants.hpp"
#include "api/audit/rules/product_rules.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::api::rules {
namespace {

using namespace domain;  // NOLINT: events by their names
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t begin_us = 1'700'000'000'000'000;
constexpr std::int64_t session_us = begin_us + 48 * 60 * minute_us;

Id id_of(std::string_view name) {
  std::string bytes(name);
  bytes.resize(16, '.');
  return Id::of(bytes);
}
std::string bytes_of(std::string_view name) { return std::string(id_of(name).view()); }

/// Commits of one log, written by hand.
class Story {
 public:
  /// What one commit does to one stream, a minute after the one before.
  Story& then(std::string_view kind, std::string_view subject, std::string_view actor, std::vector<AnyEvent> events) {
    eventstore::AcceptedCommit commit;
    commit.sequence = eventstore::Sequence{commits_.size()};
    commit.body.set_recorded_at_us(at_us_ += minute_us);
    auto& part = *commit.body.add_parts();
    part.set_stream(std::string(kind) + "/" + id_of(subject).text());
    if (!actor.empty()) part.set_actor(bytes_of(actor));
    for (const auto& event : events) {
      auto& raw = *part.add_events();
      raw.set_type(std::string(event_type(event)));
      raw.set_payload(event_payload(event));
    }
    commits_.push_back(std::move(commit));
    return *this;
  }
  Story& product(std::string_view actor, std::vector<AnyEvent> events) {
    return then("product", "haircuts", actor, std::move(events));
  }
  Story& request(std::string_view actor, std::vector<AnyEvent> events) {
    return then("request", "lamp", actor, std::move(events));
  }
  Story& wait_until(std::int64_t us) {
    at_us_ = us;
    return *this;
  }
  std::int64_t now_us() const { return at_us_; }

  InvariantReport report(std::uint64_t entries_per_part = 1'000) const {
    class Source final : public projections::CommitSource {
     public:
      explicit Source(const std::vector<eventstore::AcceptedCommit>& commits) : commits_(commits) {}
      eventstore::Result<std::vector<eventstore::AcceptedCommit>> next() override {
        if (given_ == commits_.size()) return std::vector<eventstore::AcceptedCommit>{};
        return std::vector{commits_[given_++]};
      }

     private:
      const std::vector<eventstore::AcceptedCommit>& commits_;
      std::size_t given_ = 0;
    };
    auto report = check_invariants([&] { return std::make_unique<Source>(commits_); },
                                   {.entries = commits_.size(), .entries_per_part = entries_per_part});
    EXPECT_TRUE(report) << report.error().detail;
    return std::move(*report);
  }
  std::vector<std::string> broken() const {
    std::vector<std::string> rules;
    const auto found = report();
    for (const auto& breach : found.breaches.kept()) rules.push_back(breach.rule);
    return rules;
  }

 private:
  std::vector<eventstore::AcceptedCommit> commits_;
  std::int64_t at_us_ = begin_us;
};

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

Story offered(std::uint32_t places, std::uint32_t per_member = 2, bool waitlist = true) {
  Story story;
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
AnyEvent granted(std::string_view grant, Role::Value role = Role::cadre) {
  RoleGranted e;
  e.set_grant(bytes_of(grant));
  e.set_role(role);
  return e;
}
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
  EXPECT_THAT(counted.broken(), ElementsAre("clock_number", "clock_due"));
  auto running = asked();
  running.wait_until(begin_us + 2 * hour_us).request("grace", {RequestAssigned{}});
  EXPECT_EQ(running.report().running_late, 1u);
}

TEST(RequestRules, FindAnOrderThatNoLifeHas) {
  auto story = asked();
  story.request("grace", {RequestResolved{}, clock(3, DeadlineKind::confirm, begin_us + 20 * hour_us)});
  EXPECT_THAT(story.broken(), ElementsAre("wrong_state"));
  auto rated_open = asked();
  rated_open.request("ann", {stars(3)}).request("ann", {submitted("ann")});
  EXPECT_THAT(rated_open.broken(), ElementsAre("wrong_state", "begun_twice"));
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
