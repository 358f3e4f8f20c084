// Logs of whole simulated lives keep every rule of an auditor's (run.cpp asks for each seed); here one commit of such a
// log is changed, and the rule that it breaks must be named. What these lives never do stands in tests/api/audit.
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <string>

#include "api/audit/rules/invariants.hpp"
#include "tests/api/audit/listed_commits.hpp"
#include "tests/simulation/run.hpp"

namespace pioneer::tests {
namespace {

using namespace domain;  // NOLINT: events by their names
using Commits = std::vector<eventstore::AcceptedCommit>;
using eventstore::CommitBody;
using eventstore::StreamPart;

/// Among so many lives everything that is looked for happens.
constexpr std::uint64_t seeds_max = 12;

const Commits& log_of(std::uint64_t seed) {
  static std::deque<Commits> logs;
  while (logs.size() < seed) {
    Run run(logs.size() + 1);
    run.play();
    logs.push_back(run.commits());
  }
  return logs[seed - 1];
}

/// The first event of its type for which `change` says that it changed it.
template <class E>
bool change(Commits& commits, const std::function<bool(E&, StreamPart&, CommitBody&)>& how) {
  const std::string type = E::descriptor()->name();
  for (auto& commit : commits) {
    for (auto& part : *commit.body.mutable_parts()) {
      for (auto& event : *part.mutable_events()) {
        E message;
        if (event.type() != type || !message.ParseFromString(event.payload())) continue;
        if (!how(message, part, commit.body)) continue;
        event.set_payload(message.SerializeAsString());
        return true;
      }
    }
  }
  return false;
}
template <class E>
std::function<bool(Commits&)> with(std::function<void(E&)> how) {
  return [how](Commits& commits) {
    return change<E>(commits, [&](E& event, StreamPart&, CommitBody&) { return how(event), true; });
  };
}
template <class E>
std::function<bool(Commits&)> by(std::string actor) {
  return [actor](Commits& commits) {
    return change<E>(commits, [&](E&, StreamPart& part, CommitBody&) { return part.set_actor(actor), true; });
  };
}
/// Without the first event of this type that follows another.
template <class E>
bool without(Commits& commits) {
  for (auto& commit : commits) {
    for (auto& part : *commit.body.mutable_parts()) {
      if (part.events_size() < 2 || part.events(1).type() != E::descriptor()->name()) continue;
      part.mutable_events()->DeleteSubrange(1, 1);
      return true;
    }
  }
  return false;
}
/// Once more, at the end.
template <class E>
bool again(Commits& commits) {
  for (const auto& commit : commits) {
    if (commit.body.parts_size() != 1 || commit.body.parts(0).events(0).type() != E::descriptor()->name()) continue;
    auto copy = commit;
    copy.sequence = eventstore::Sequence{commits.size()};
    copy.body.set_recorded_at_us(commits.back().body.recorded_at_us());
    commits.push_back(std::move(copy));
    return true;
  }
  return false;
}

struct Plant {
  const char* rule;
  std::function<bool(Commits&)> into;
};

const std::string stranger(16, '\x7e');

std::vector<Plant> into_products() {
  return {
      {"oversold", with<ProductCreated>([](auto& e) { e.mutable_terms()->set_capacity(0); })},
      {"too_many_places", with<ProductCreated>([](auto& e) { e.mutable_terms()->set_max_per_member(0); })},
      {"too_late", with<ProductCreated>([](auto& e) { e.mutable_terms()->set_closes_us(1); })},
      {"too_early", with<ProductCreated>([](auto& e) { e.mutable_terms()->set_opens_us(1LL << 60); })},
      {"no_waiting_list",
       [](Commits& commits) {
         for (bool any = false;; any = true)
           if (!change<ProductCreated>(commits, [](auto& e, auto&, auto&) {
                 const bool had = e.terms().waitlist();
                 e.mutable_terms()->set_waitlist(false);
                 return had;
               }))
             return any;
       }},
      {"overtook",
       [](Commits& commits) {
         std::map<std::string, int> waiting;
         return change<ClaimPlaced>(commits, [&](auto& e, auto& part, auto&) {
           if (e.state() != ClaimState::waitlisted || ++waiting[part.stream()] < 2) return false;
           e.set_state(ClaimState::confirmed);
           return true;
         });
       }},
      {"made_to_wait", with<ClaimPlaced>([](auto& e) { e.set_state(ClaimState::waitlisted); })},
      {"left_waiting", without<PlacesPromoted>},
      {"skipped_unfairly", with<PlacesPromoted>([](auto& e) { e.add_skipped(e.last()); })},
      {"claim_number", with<ClaimPlaced>([](auto& e) { e.set_ticket(e.ticket() + 7); })},
      {"impossible_places", with<ClaimPlaced>([](auto& e) { e.set_places(0); })},
      {"unknown_claim", with<ClaimCancelled>([](auto& e) { e.set_ticket(99'999); })},
      {"not_the_owner", by<ClaimCancelled>(stranger)},
      {"not_a_person", by<ClaimPlaced>("")},
      {"no_office", by<ProductPublished>(stranger)},
      {"office_elsewhere",
       [](Commits& commits) {
         return change<ProductCreated>(
             commits, [](auto& e, auto&, auto&) { return e.mutable_terms()->set_organisation(stranger), true; });
       }},
      {"rated_by_another", by<ClaimRated>(stranger)},
      {"rated_twice", again<ClaimRated>},
      {"begun_twice", again<ProductCreated>},
      {"wrong_state", again<ProductPublished>},
  };
}

std::vector<Plant> into_requests_and_offices() {
  return {
      {"impossible_stars", with<RequestRated>([](auto& e) { e.set_stars(9); })},
      {"judged_by_another", by<RequestConfirmed>(stranger)},
      {"asked_for_another", with<RequestSubmitted>([](auto& e) { e.set_asker(stranger); })},
      {"unknown_cause",
       [](Commits& commits) {
         return change<RequestSubmitted>(commits, [](auto& e, auto&, auto& body) {
           if (body.cause() == 0) return false;
           body.set_cause(body.cause() + 1);
           e.set_cause(body.cause());
           return true;
         });
       }},
      {"clock_alone",
       [](Commits& commits) {
         return change<RequestAccepted>(commits, [](auto&, auto& part, auto&) {
           RequestDeadlineSet e;
           e.set_deadline(3);
           e.set_kind(DeadlineKind::accept);
           auto& set = *part.add_events();
           set.set_type("RequestDeadlineSet");
           set.set_payload(e.SerializeAsString());
           return true;
         });
       }},
      {"not_the_holder", with<RequestSubmitted>([](auto& e) { e.set_organisation(stranger); })},
      {"not_the_system", by<RequestDeadlinePassed>(stranger)},
      {"clock_measure", with<RequestDeadlineSet>([](auto& e) { e.set_due_us(e.due_us() + 1); })},
      {"clock_number", with<RequestDeadlineSet>([](auto& e) { e.set_deadline(e.deadline() + 5); })},
      {"clock_due", with<RequestDeadlineSet>([](auto& e) { e.set_due_us(1); })},
      {"clock_kind", with<RequestDeadlineSet>([](auto& e) { e.set_kind(DeadlineKind::unspecified); })},
      {"clock_twice", again<RequestDeadlinePassed>},
      {"judged_own_work",
       [](Commits& commits) {
         std::map<std::string, std::string> worker;
         for (const auto& commit : commits)
           for (const auto& part : commit.body.parts())
             if (part.events(0).type() == "RequestResolved") worker[part.stream()] = part.actor();
         return change<RequestConfirmed>(
             commits, [&](auto&, auto& part, auto&) { return part.set_actor(worker.at(part.stream())), true; });
       }},
      // Offices and policy.
      {"role_for_oneself",
       [](Commits& commits) {
         return change<RoleGranted>(commits, [&](auto& e, auto& part, auto&) {
           auto& before = *part.add_events();
           before.set_type("RoleGranted");
           e.set_role(Role::administrator);
           before.set_payload(e.SerializeAsString());
           return part.set_actor(e.grant()), true;
         });
       }},
      {"revision",
       [](Commits& commits) {
         return change<RequestAccepted>(commits,
                                        [](auto&, auto& part, auto&) { return part.set_first_revision(40), true; });
       }},
      {"policy_not_named",
       [](Commits& commits) {
         return change<ClaimPlaced>(commits, [](auto&, auto&, auto& body) {
           return body.set_policy_sequence(body.policy_sequence() + 1), true;
         });
       }},
  };
}

std::vector<Plant> plants() {
  auto all = into_products();
  for (auto& plant : into_requests_and_offices()) all.push_back(std::move(plant));
  return all;
}

std::map<std::string, std::uint64_t> broken(const Commits& commits) {
  const auto report = api::rules::check_invariants([&] { return listed(commits); }, {.entries = commits.size()});
  EXPECT_TRUE(report) << report.error().detail;
  return report ? report->breaches.counts() : std::map<std::string, std::uint64_t>{};
}

TEST(PlantedBreach, OfEachRuleIsNamed) {
  for (const auto& plant : plants()) {
    bool found = false;
    for (std::uint64_t seed = 1; seed <= seeds_max && !found; ++seed) {
      auto commits = log_of(seed);
      ASSERT_TRUE(broken(commits).empty()) << seed;
      found = plant.into(commits) && broken(commits).contains(plant.rule);
    }
    EXPECT_TRUE(found) << plant.rule;
  }
}

/// Whatever of these was changed, no decision led to it.
TEST(PlantedBreach, ComesOutOtherwiseWhenItIsDecidedAgain) {
  for (const auto& plant : plants()) {
    bool found = false;
    for (std::uint64_t seed = 1; seed <= seeds_max && !found; ++seed) {
      auto commits = log_of(seed);
      if (!plant.into(commits)) continue;
      const auto again = api::rerun::rerun([&] { return listed(commits); }, {.entries = commits.size()});
      ASSERT_TRUE(again) << plant.rule;
      found = again->all().differs > 0;
    }
    EXPECT_TRUE(found) << plant.rule;
  }
}

/// Over the seeds, every command that such a life knows is made again, and comes out the same.
TEST(PlantedBreach, WouldBeSeenInEveryKindOfDecision) {
  std::map<std::string, std::uint64_t> same;
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    const auto& commits = log_of(seed);
    const auto report =
        api::rerun::rerun([&] { return listed(commits); }, {.entries = commits.size(), .entries_per_part = 100});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->all().differs, 0u);
    for (const auto& [command, tally] : report->commands) same[command] += tally.same;
  }
  for (const auto* command :
       {"AdoptPolicy",    "RegisterOrganisation", "MergeOrganisation", "RegisterMember", "GrantRole",
        "IssueToken",     "EraseMember",          "SubmitRequest",     "AcceptRequest",  "ReportProgress",
        "ResolveRequest", "ConfirmRequest",       "DisputeRequest",    "RateRequest",    "WithdrawRequest",
        "PassDeadline",   "CreateProduct",        "PublishProduct",    "ChangeCapacity", "CancelProduct",
        "PlaceClaim",     "CancelClaim",          "CheckIn",           "RateClaim"})
    EXPECT_GT(same[command], 0u) << command;
}

}  // namespace
}  // namespace pioneer::tests
