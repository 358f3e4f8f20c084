// Another policy over the same deeds: each figure here was computed by hand.
#include "api/audit/what_if/what_if.hpp"

#include <gmock/gmock.h>

#include "tests/api/audit/story.hpp"

namespace pioneer::api::what_if {
namespace {

using namespace audit_tests;  // NOLINT: stories by their words
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::int64_t hour_us = 60 * minute_us;

Policy policy(std::uint32_t accept, std::uint32_t resolve, std::uint32_t confirm) {
  Policy p;
  auto& category = *p.add_categories();
  category.set_code("repair");
  category.set_accept_within_minutes(accept);
  category.set_resolve_within_minutes(resolve);
  p.set_confirm_within_minutes(confirm);
  p.set_feedback_category("repair");
  return p;
}
const Policy in_force = policy(60, 600, 6'000);

AnyEvent adopted(const Policy& p) {
  PolicyAdopted e;
  *e.mutable_policy() = p;
  return e;
}
AnyEvent named(std::string_view name) {
  OrganisationRegistered e;
  e.set_name(std::string(name));
  return e;
}
AnyEvent submitted(std::string_view organisation, std::string_view category = "repair") {
  RequestSubmitted e;
  e.set_asker(bytes_of("ann"));
  e.set_organisation(bytes_of(organisation));
  e.set_category(std::string(category));
  return e;
}
AnyEvent assigned(std::string_view organisation) {
  RequestAssigned e;
  e.set_organisation(bytes_of(organisation));
  return e;
}
AnyEvent clock(DeadlineKind::Value kind, std::int64_t due_us) {
  RequestDeadlineSet e;
  e.set_kind(kind);
  e.set_due_us(due_us);
  return e;
}

/// A log whose times are those of `in_force`. Each request is submitted, and each of its steps done, at a whole minute
/// after `begin_us`.
class City {
 public:
  City() {
    story.then("policy", "services", "", {adopted(in_force)});
    story.then("organisation", "north", "", {named("North")}).then("organisation", "south", "", {named("South")});
  }
  City& at(std::int64_t minutes) {
    story.wait_until(begin_us + (minutes - 1) * minute_us);
    return *this;
  }
  City& ask(std::string_view request, std::string_view organisation = "north", std::string_view category = "repair") {
    const auto now_us = story.now_us() + minute_us;
    story.then("request", request, "ann",
               {submitted(organisation, category), clock(DeadlineKind::accept, now_us + 60 * minute_us),
                clock(DeadlineKind::resolve, now_us + 600 * minute_us)});
    return *this;
  }
  City& step(std::string_view request, AnyEvent event) {
    story.then("request", request, "grace", {std::move(event)});
    return *this;
  }
  City& resolve(std::string_view request) {
    const auto now_us = story.now_us() + minute_us;
    story.then("request", request, "grace",
               {RequestResolved{}, clock(DeadlineKind::confirm, now_us + 6'000 * minute_us)});
    return *this;
  }
  City& dispute(std::string_view request) {
    const auto now_us = story.now_us() + minute_us;
    story.then("request", request, "ann", {RequestDisputed{}, clock(DeadlineKind::resolve, now_us + 600 * minute_us)});
    return *this;
  }
  Report under(const Policy& other, Options options = {}) const {
    auto report = judge([&] { return story.source(); }, other, options);
    EXPECT_TRUE(report) << report.error().detail;
    return std::move(*report);
  }
  Story story;
};

using Kind = DeadlineKind;
Tally tally(std::uint64_t in_time, std::uint64_t late, std::uint64_t disputed = 0) {
  return {.in_time = in_time, .disputed = disputed, .late = late};
}

TEST(WhatIf, SaysNothingUnderThePolicyThatWasInForce) {
  City city;
  city.at(100).ask("lamp").at(150).step("lamp", RequestAccepted{}).at(1'000).resolve("lamp");
  const auto report = city.under(in_force);
  EXPECT_EQ(report.requests, 1u);
  EXPECT_THAT(report.kept, IsEmpty());
  EXPECT_THAT(report.changes, IsEmpty());
  EXPECT_THAT(report.differences, IsEmpty());
  ASSERT_EQ(report.organisations.size(), 1u);
  EXPECT_EQ(report.organisations[0].was[Kind::accept], tally(1, 0));
  EXPECT_EQ(report.organisations[0].was[Kind::resolve], tally(0, 1)) << "900 minutes, and 600 were allowed";
  EXPECT_FALSE(report.organisations[0].otherwise());
}

TEST(WhatIf, MovesRequestsOverTheirTimes) {
  City city;
  city.at(100).ask("29 minutes").ask("30 minutes").ask("90 minutes", "south");  // at 100, 101 and 102
  city.at(129).step("29 minutes", RequestAccepted{}).at(131).step("30 minutes", RequestAccepted{});
  city.at(192).step("90 minutes", RequestAccepted{});
  const auto stricter = city.under(policy(30, 600, 6'000));
  EXPECT_THAT(stricter.changes, ElementsAre(Pair("accept: in_time → late", 1u)));
  ASSERT_EQ(stricter.kept.size(), 1u);
  const auto& one = stricter.kept[0];
  EXPECT_EQ(one.request, id_of("30 minutes")) << "it is over at its due time, not after it";
  EXPECT_EQ(one.position, 4u);
  EXPECT_EQ(one.due_us, begin_us + 161 * minute_us);
  EXPECT_EQ(one.would_be_due_us, begin_us + 131 * minute_us);
  EXPECT_EQ(one.ended_us, begin_us + 131 * minute_us);
  EXPECT_EQ(one.holder, id_of("north"));
  const auto looser = city.under(policy(120, 600, 6'000));
  EXPECT_THAT(looser.changes, ElementsAre(Pair("accept: late → in_time", 1u)));
  ASSERT_EQ(looser.organisations.size(), 2u);
  EXPECT_EQ(looser.organisations[0].name, "North");
  EXPECT_FALSE(looser.organisations[0].otherwise());
  EXPECT_EQ(looser.organisations[1].was[Kind::accept], tally(0, 1));
  EXPECT_EQ(looser.organisations[1].would[Kind::accept], tally(1, 0));
  ASSERT_EQ(looser.differences.size(), 1u);
  EXPECT_EQ(looser.differences[0].before + " " + looser.differences[0].after, "60 120");
}

TEST(WhatIf, JudgesWhoHeldItWhenItsTimeEnded) {
  City city;
  city.at(100).ask("lamp").step("lamp", assigned("south")).at(140).step("lamp", RequestAccepted{});
  const auto report = city.under(policy(30, 600, 6'000));
  ASSERT_EQ(report.organisations.size(), 1u);
  EXPECT_EQ(report.organisations[0].id, id_of("south"));
}

TEST(WhatIf, LetsSilenceCloseSoonerOrLater) {
  City city;
  city.at(100).ask("confirmed").ask("disputed").ask("silent");
  for (const std::string_view name : {"confirmed", "disputed", "silent"}) city.step(name, RequestAccepted{});
  city.at(200).resolve("confirmed").resolve("disputed").resolve("silent");
  city.at(400).step("confirmed", RequestConfirmed{}).dispute("disputed");
  city.at(410).resolve("disputed").at(420).step("disputed", RequestConfirmed{});
  city.at(6'202).step("silent", RequestClosedUnconfirmed{});
  const auto sooner = city.under(policy(60, 600, 100));
  EXPECT_THAT(sooner.changes, ElementsAre(Pair("confirm: disputed → late", 1u), Pair("confirm: in_time → late", 1u)));
  EXPECT_EQ(sooner.organisations[0].was[Kind::confirm], tally(2, 1, 1));
  EXPECT_EQ(sooner.organisations[0].would[Kind::confirm], tally(1, 3))
      << "what followed the dispute keeps its judgement";
  const auto later = city.under(policy(60, 600, 7'000));
  EXPECT_THAT(later.changes, ElementsAre(Pair("confirm: late → open", 1u))) << "its asker could still answer";
  EXPECT_EQ(later.organisations[0].would[Kind::confirm], tally(2, 0, 1));
  city.at(7'300).ask("another");
  EXPECT_THAT(city.under(policy(60, 600, 7'000)).changes, IsEmpty()) << "until that time is over, too";
}

TEST(WhatIf, LeavesOpenWhatIsNotDueAndDropsWhatIsNotWanted) {
  City city;
  city.at(100).ask("waits").ask("withdrawn").at(110).step("withdrawn", RequestWithdrawn{});
  const auto report = city.under(policy(5, 600, 6'000));
  EXPECT_THAT(report.changes, ElementsAre(Pair("accept: dropped → late", 1u), Pair("accept: open → late", 1u)));
  EXPECT_EQ(report.organisations[0].was, Tallies{});
  EXPECT_EQ(report.kept[0].ended_us, 0);
  EXPECT_EQ(report.kept[1].ended_us, begin_us + 110 * minute_us);
  EXPECT_THAT(city.under(policy(20, 600, 6'000)).changes, IsEmpty());
}

TEST(WhatIf, TellsCategoriesThatTheOtherPolicyLacks) {
  City city;
  city.at(100).ask("lamp", "north", "lighting").at(150).step("lamp", RequestAccepted{});
  const auto report = city.under(policy(5, 5, 5));
  EXPECT_THAT(report.lacking, ElementsAre(Pair("lighting", 1u)));
  EXPECT_THAT(report.changes, IsEmpty());
  EXPECT_EQ(report.organisations[0].would[Kind::accept], tally(1, 0));
}

TEST(WhatIf, GivesAToldProblemTheOtherPolicysCategory) {
  City city;
  city.at(100).ask("told").story.by({Rule::category_known, Rule::feedback_category});
  city.at(150).step("told", RequestAccepted{});
  auto other = policy(60, 600, 6'000);
  auto& quick = *other.add_categories();
  quick = other.categories(0);
  quick.set_code("quick");
  quick.set_accept_within_minutes(10);
  EXPECT_THAT(city.under(other).changes, IsEmpty());
  other.set_feedback_category("quick");
  EXPECT_THAT(city.under(other).changes, ElementsAre(Pair("accept: in_time → late", 1u)));
}

TEST(WhatIf, CountsARangeByWhenRequestsBegan) {
  City city;
  city.at(100).ask("before").at(110).ask("within").at(140).step("within", RequestAccepted{});  // entries 3, 4, 5
  city.at(145).step("before", RequestAccepted{});
  const auto other = policy(30, 600, 6'000);
  EXPECT_EQ(city.under(other).changes.at("accept: in_time → late"), 2u);
  EXPECT_EQ(city.under(other, {.from = 4}).changes.at("accept: in_time → late"), 1u);
  const auto early = city.under(other, {.from = 4, .to = 5});
  EXPECT_EQ(early.requests, 1u);
  EXPECT_THAT(early.changes, IsEmpty()) << "then it ran, and was not due";
}

TEST(WhatIf, IsTheSameWhateverFitsInMemory) {
  City city;
  for (int i = 0; i < 40; ++i) city.at(100 + i).ask("request " + std::to_string(i), i % 3 == 0 ? "north" : "south");
  for (int i = 0; i < 40; i += 2) city.at(141 + i).step("request " + std::to_string(i), RequestAccepted{});
  const auto other = policy(43, 600, 6'000);
  const auto whole = city.under(other);
  EXPECT_EQ(whole.readings, 1u);
  const auto divided = city.under(other, {.open_max = 10});
  EXPECT_GT(divided.readings, 4u);
  EXPECT_EQ(divided.requests, 40u);
  EXPECT_EQ(divided.changes, whole.changes);
  ASSERT_EQ(divided.kept.size(), whole.kept.size());
  for (std::size_t i = 0; i < whole.kept.size(); ++i) EXPECT_EQ(divided.kept[i].request, whole.kept[i].request);
  ASSERT_EQ(divided.organisations.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(divided.organisations[i].would, whole.organisations[i].would);
}

}  // namespace
}  // namespace pioneer::api::what_if
