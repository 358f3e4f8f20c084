// Decisions made again: what a refusal on record can and cannot say, and what is told of another program's decisions.
// Whole logs are made again in tests/simulation and tests/api/cli.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "api/audit/rerun/rerun.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "tests/api/audit/story.hpp"

namespace pioneer::api::rerun {
namespace {

using namespace audit_tests;  // NOLINT: stories by their words
using testing::HasSubstr;

/// The last decision of a story.
Judged last(const Story& story, std::size_t claims_max = Rerun::claims_kept_max) {
  Rerun again([](const std::string&) { return true; }, claims_max);
  std::optional<Judged> judged;
  const auto source = story.source();
  for (auto next = source->next(); next && !next->empty(); next = source->next()) {
    const auto commit = projections::read_commit(next->front());
    judged = again.take(*commit, true);
  }
  return judged.value();
}

AnyEvent town() {
  OrganisationRegistered e;
  e.set_name("Town");
  e.set_level(Level::community);
  return e;
}
AnyEvent level(std::uint32_t number) {
  FeatureLevelRaised e;
  e.set_level(number);
  return e;
}
AnyEvent created(std::uint32_t capacity, bool waitlist) {
  ProductCreated e;
  auto& terms = *e.mutable_terms();
  terms.set_organisation(bytes_of("town"));
  terms.set_capacity(capacity);
  terms.set_max_per_member(2);
  terms.set_waitlist(waitlist);
  auto& session = *terms.add_sessions();
  session.set_starts_us(session_us);
  session.set_ends_us(session_us + 60 * minute_us);
  return e;
}
AnyEvent placed(std::uint32_t ticket, std::uint32_t places) {
  ClaimPlaced e;
  e.set_ticket(ticket);
  e.set_places(places);
  e.set_state(ClaimState::confirmed);
  return e;
}
AnyEvent cancelled() {
  ProductCancelled e;
  e.set_reason("Rain");
  return e;
}
AnyEvent submitted() {
  RequestSubmitted e;
  e.set_asker(bytes_of("ann"));
  e.set_organisation(bytes_of("town"));
  return e;
}
AnyEvent granted(std::string_view grant) {
  RoleGranted e;
  e.set_grant(bytes_of(grant));
  e.set_role(Role::cadre);
  e.set_organisation(bytes_of("town"));
  return e;
}

Story founded(std::uint32_t feature_level = 2) {
  Story story;
  story.then("policy", "levels", "", {level(feature_level)}).then("organisation", "town", "", {town()});
  story.then("member", "grace-herself", "", {SubjectKeyIssued{}, MemberRegistered{}, granted("grace")});
  return story;
}
Story offered(std::uint32_t capacity, bool waitlist = false) {
  auto story = founded();
  story.product("grace", {created(capacity, waitlist)}).product("grace", {ProductPublished{}});
  return story;
}
AnyEvent refusal(const std::string& command, const std::string& code, std::string_view kind = "product",
                 std::string_view subject = "haircuts") {
  CommandRefused e;
  e.set_command(command);
  e.set_stream(std::string(kind) + "/" + id_of(subject).text());
  e.set_code(code);
  if (code == "product_full" || code == "too_many_places") e.set_field("places");
  return e;
}
/// Puts a refusal on record, about the story's product or request.
Judged refused(Story story, const std::string& command, const std::string& code, std::string_view kind = "product",
               std::string_view subject = "haircuts") {
  story.then("refusal", "one", "somebody", {refusal(command, code, kind, subject)});
  return last(story);
}
Verdict asked(const Story& story, const std::string& command, const std::string& code) {
  return refused(story, command, code, "request", "lamp").verdict;
}

TEST(Rerun, OfARefusalIsSureWhereNothingThatIsMissingMatters) {
  auto story = offered(3);
  EXPECT_EQ(refused(story, "PublishProduct", "product_not_draft").verdict, Verdict::same);
  EXPECT_EQ(refused(story, "CompleteProduct", "not_yet").verdict, Verdict::same);
  story.product("grace", {cancelled()});
  EXPECT_EQ(refused(story, "PlaceClaim", "product_cancelled").verdict, Verdict::same);
  auto over = offered(3);
  over.wait_until(session_us);
  EXPECT_EQ(refused(over, "PlaceClaim", "claims_closed").verdict, Verdict::same);
}

TEST(Rerun, OfARefusalSaysThatSomeAreRefusedSo) {
  auto story = offered(2);
  story.product("ann", {placed(1, 2)});
  const auto full = refused(story, "PlaceClaim", "product_full");
  EXPECT_EQ(full.verdict, Verdict::possible);
  // A stranger and ann, one to three places each, with and without waiting.
  EXPECT_EQ(full.sentence,
            "Of 12 senders and contents that the rules tell apart, 4 are refused so; which it was is not in the log.");
  EXPECT_EQ(refused(story, "PlaceClaim", "too_many_places").verdict, Verdict::possible);
  EXPECT_EQ(refused(story, "CheckIn", "check_in_not_open").verdict, Verdict::same);
}

TEST(Rerun, OfARefusalNamesWhatNobodyCouldHaveBeenTold) {
  const auto story = offered(200);
  const auto full = refused(story, "PlaceClaim", "product_full");
  EXPECT_EQ(full.verdict, Verdict::differs);
  EXPECT_EQ(full.sentence,
            "No sender and nothing that it could say leads to product_full, but to: accepted, too_many_places.");
  EXPECT_EQ(refused(story, "PublishProduct", "product_cancelled").verdict, Verdict::differs);
  EXPECT_EQ(refused(story, "RateClaim", "claim_already_rated").verdict, Verdict::differs) << "there is no claim";
  auto early = founded(1);
  EXPECT_THAT(refused(early, "PublishProduct", "product_not_draft").sentence, HasSubstr("feature level"));
  auto named = offered(3);
  named.under_policy(3);
  EXPECT_THAT(refused(named, "PublishProduct", "product_not_draft").sentence, HasSubstr("another policy"));
}

TEST(Rerun, OfARefusalOfARequestKnowsWhoMayAct) {
  auto story = founded();
  story.request("ann", {submitted()}).request("grace", {RequestAccepted{}});
  EXPECT_EQ(asked(story, "AcceptRequest", "already_accepted"), Verdict::possible);
  EXPECT_EQ(asked(story, "AcceptRequest", "not_holder"), Verdict::possible);
  EXPECT_EQ(asked(story, "AcceptRequest", "request_closed"), Verdict::differs);
  EXPECT_EQ(asked(story, "ConfirmRequest", "not_resolved"), Verdict::same);
  story.request("grace", {RequestResolved{}, [] {
                            RequestDeadlineSet e;
                            e.set_deadline(1);
                            e.set_kind(DeadlineKind::confirm);
                            e.set_due_us(session_us);
                            return AnyEvent(e);
                          }()});
  EXPECT_EQ(asked(story, "ConfirmRequest", "own_work"), Verdict::possible) << "grace may be ann";
  story.request("ann", {RequestConfirmed{}});
  EXPECT_EQ(asked(story, "ConfirmRequest", "request_closed"), Verdict::same);
  EXPECT_EQ(asked(story, "RateRequest", "own_work"), Verdict::possible);
  EXPECT_EQ(asked(story, "RateRequest", "request_already_rated"), Verdict::differs);
}

TEST(Rerun, SaysWhatIsMissingWhereItCannotDecide) {
  const auto told = refused(founded(), "GrantRole", "already_granted", "member", "grace-herself");
  EXPECT_EQ(told.verdict, Verdict::not_run);
  EXPECT_EQ(told.command, "refused GrantRole");
  EXPECT_EQ(told.sentence, "What a refused GrantRole said is not in the log.");
  auto story = offered(3);
  EXPECT_EQ(last(story).verdict, Verdict::same);
  story.product("grace", {ProductPublished{}, placed(1, 1)});
  EXPECT_EQ(last(story).sentence,
            "It is refused: product_not_draft. The product was published before. It can be published only once.");
}

TEST(Rerun, LetsGoOfAProductThatWouldTakeTooMuchMemory) {
  auto story = offered(9);
  story.product("ann", {placed(1, 1)}).product("ben", {placed(2, 1)});
  EXPECT_EQ(last(story, 1).verdict, Verdict::same) << "it is what comes after that is not known";
  story.product("cem", {placed(3, 1)});
  EXPECT_EQ(last(story, 2).verdict, Verdict::same);
  const auto beyond = last(story, 1);
  EXPECT_EQ(beyond.verdict, Verdict::not_run);
  EXPECT_THAT(beyond.sentence, HasSubstr("ask for it alone"));
  EXPECT_EQ(refused(story, "PublishProduct", "product_not_draft").verdict, Verdict::same);
  auto other = offered(9);
  other.then("product", "other", "grace", {created(9, false)}).then("product", "other", "grace", {ProductPublished{}});
  other.product("ann", {placed(1, 1)}).then("product", "other", "ann", {placed(1, 1)}).product("ben", {placed(2, 1)});
  EXPECT_EQ(last(other, 1).verdict, Verdict::same) << "the other one was let go, and gave its room back";
}

TEST(Rerun, LetsNothingStandThatNoCommandLeadsTo) {
  RequestDeadlineSet clock;
  clock.set_deadline(3);
  clock.set_kind(DeadlineKind::accept);
  clock.set_due_us(session_us);
  TokenIssued session;
  session.set_purpose(TokenPurpose::session);
  RoleRevoked of_nobody;
  of_nobody.set_grant(bytes_of("nobody"));
  const auto begun = [] { return founded().request("ann", {submitted()}); };
  EXPECT_EQ(last(begun().request("", {clock})).verdict, Verdict::differs);
  EXPECT_EQ(last(begun().request("", {clock})).command, "RequestDeadlineSet");
  EXPECT_EQ(last(begun().request("ann", {clock})).sentence, "No command leads to these events.");
  EXPECT_EQ(last(begun().then("member", "grace-herself", "somebody", {session})).verdict, Verdict::differs);
  EXPECT_EQ(last(begun().then("member", "grace-herself", "", {of_nobody})).verdict, Verdict::differs);
  EXPECT_EQ(last(begun().request("", {})).verdict, Verdict::differs) << "nothing at all";
  EXPECT_EQ(last(begun().request("", {SubjectKeyIssued{}})).verdict, Verdict::differs);
  EXPECT_EQ(last(begun().request("", {SubjectKeyIssued{}, clock})).verdict, Verdict::differs);
  // Nor what stands beside it.
  EXPECT_EQ(last(begun().request("", {clock}).also("member", "ben", "", {granted("ben-cadre")})).verdict,
            Verdict::differs);
  EXPECT_EQ(last(begun().request("", {clock}).also("policy", "services", "", {PolicyAdopted{}})).verdict,
            Verdict::differs);
  EXPECT_EQ(last(begun().then("organisation", "town", "", {OrganisationAbsorbed{}})).verdict, Verdict::differs);
}

/// Under a policy of one category, a problem was told in a rating, of which a reaction asks.
class ToldProblem {
 public:
  ToldProblem() {
    PolicyAdopted policy;
    *policy.mutable_permissions() = permission_rows();
    auto& category = *policy.mutable_policy()->add_categories();
    category.set_code("repair");
    category.set_accept_within_minutes(60);
    category.set_resolve_within_minutes(600);
    story_.then("policy", "services", "", {policy}).under_policy(3);
    story_.product("grace", {created(3, false)}).product("grace", {ProductPublished{}}).product("ann", {placed(1, 1)});
    ClaimRated rated;
    rated.set_ticket(1);
    rated.set_stars(1);
    rated.mutable_problem();
    rated.set_problem_category("repair");
    story_.product("ann", {rated});
    cause_ = story_.entries();
  }
  std::uint64_t cause() const { return cause_; }
  /// The reaction, as `change` leaves it.
  Judged asked(const std::function<void(RequestSubmitted&)>& change, std::string_view actor = "", bool again = false) {
    auto story = story_;
    reaction(story, "lamp", change, actor);
    if (again) reaction(story, "another", change, actor);
    return last(story);
  }

 private:
  void reaction(Story& story, std::string_view subject, const std::function<void(RequestSubmitted&)>& change,
                std::string_view actor) const {
    RequestSubmitted e;
    e.mutable_title();
    e.set_category("repair");
    e.set_organisation(bytes_of("town"));
    e.set_channel(Channel::feedback);
    e.set_asker(bytes_of("ann-there"));
    e.set_cause(cause_);
    change(e);
    SubjectKeyIssued key;
    key.set_key(bytes_of("key"));
    key.set_kind(KeyKind::case_);
    const auto clock = [&](std::uint32_t number, DeadlineKind::Value kind, std::int64_t minutes) {
      RequestDeadlineSet set;
      set.set_deadline(number);
      set.set_kind(kind);
      set.set_due_us(story.now_us() + (minutes + 1) * minute_us);
      return AnyEvent(set);
    };
    story.then("request", subject, actor,
               {key, e, clock(1, DeadlineKind::accept, 60), clock(2, DeadlineKind::resolve, 600)});
    if (e.cause() != 0) story.caused_by(e.cause() - 1);
  }

  Story story_ = founded();
  std::uint64_t cause_ = 0;
};

TEST(Rerun, LetsTheSystemAskForWhoToldAProblemOnly) {
  ToldProblem told;
  const auto sound = told.asked([](auto&) {});
  EXPECT_EQ(sound.verdict, Verdict::same) << sound.sentence;
  EXPECT_EQ(told.asked([](auto& e) { e.clear_asker(); }).verdict, Verdict::same) << "who was erased since";
  EXPECT_THAT(told.asked([](auto& e) { e.set_channel(Channel::web); }).sentence, HasSubstr("refused: out_of_bounds"));
  EXPECT_THAT(told.asked([](auto& e) { e.clear_cause(); }).sentence, HasSubstr("refused: out_of_bounds"));
  EXPECT_THAT(told.asked([&](auto& e) { e.set_cause(told.cause() - 1); }).sentence,
              HasSubstr("Its cause is no rating"));
  EXPECT_THAT(told.asked([](auto&) {}, "", true).sentence, HasSubstr("Its cause is no rating")) << "a second time";
  EXPECT_THAT(told.asked([](auto& e) { e.set_asker(bytes_of("ben")); }, "ben").sentence, HasSubstr("It is refused"));
  auto other = offered(3);
  other.product("grace", {cancelled()}).caused_by(1);
  EXPECT_EQ(last(other).sentence, "It names a cause that is not its own.");
}

TEST(Rerun, MissesNoRevision) {
  const auto gap = [] { return offered(3).product("grace", {cancelled()}).from_revision(40); };
  EXPECT_EQ(last(gap()).sentence, "Its first event is number 40 of the stream, which has 2.");
  EXPECT_EQ(last(gap()).verdict, Verdict::differs);
  EXPECT_EQ(last(offered(3).product("grace", {cancelled()}).from_revision(1)).verdict, Verdict::differs);
  auto later = offered(3);
  later.product("ann", {placed(1, 1)}).from_revision(40).product("grace", {cancelled()});
  EXPECT_EQ(last(later).verdict, Verdict::same) << "one gap is told once: " << last(later).sentence;
  EXPECT_EQ(last(founded().then_in("policy/levels", "", {level(3)}).from_revision(7)).verdict, Verdict::differs);
  EXPECT_EQ(last(founded().then_in("policy/levels", "", {level(3)})).verdict, Verdict::same);
  auto refused_late = offered(3);
  refused_late.then("refusal", "one", "somebody", {refusal("PublishProduct", "product_not_draft")}).from_revision(1);
  EXPECT_THAT(last(refused_late).sentence, HasSubstr("a stream of its own"));
}

TEST(Rerun, ComparesTheFacts) {
  const auto cancels = [] { return offered(3).product("grace", {cancelled()}); };
  EXPECT_EQ(last(cancels()).verdict, Verdict::same);
  for (const auto* name : {"places_taken", "phone_holders"})
    EXPECT_EQ(last(cancels().noting(name, 0)).sentence, "It notes a fact that such a decision does not ask for.");
  const auto registers = [] {
    SubjectKeyIssued key;
    key.set_key(bytes_of("key"));
    key.set_kind(KeyKind::person);
    MemberRegistered e;
    e.mutable_name();
    e.mutable_phone();
    e.set_organisation(bytes_of("town"));
    return founded().then("member", "ben", "grace", {key, e});
  };
  EXPECT_EQ(last(registers().noting("phone_holders", 0)).verdict, Verdict::same)
      << last(registers().noting("phone_holders", 0)).sentence;
  EXPECT_EQ(last(registers()).verdict, Verdict::same) << "older logs do not say";
  EXPECT_THAT(last(registers().noting("phone_holders", 1)).sentence, HasSubstr("phone_taken"));
  EXPECT_THAT(last(registers().noting("phone_holders", -1)).sentence, HasSubstr("phone_taken"));
  EXPECT_THAT(last(registers().noting("phone_holders", 0).noting("phone_holders", 77)).sentence, HasSubstr("a fact"));
}

TEST(Rerun, LetsARefusalHideNothing) {
  const auto unsure = refusal("GrantRole", "already_granted", "member", "grace-herself");
  const auto put = [](std::string_view kind, std::string_view actor, std::vector<AnyEvent> events) {
    return founded().then(kind, "one", actor, std::move(events));
  };
  EXPECT_EQ(last(put("refusal", "somebody", {unsure})).verdict, Verdict::not_run);
  const auto beside = last(put("refusal", "somebody", {unsure}).also("member", "ben", "", {granted("ben-cadre")}));
  EXPECT_EQ(beside.verdict, Verdict::differs);
  EXPECT_EQ(beside.sentence, "A refusal stands alone: nothing else came of it.");
  EXPECT_EQ(last(put("refusal", "somebody", {unsure, granted("ben-cadre")})).verdict, Verdict::differs);
  EXPECT_THAT(last(put("member", "somebody", {unsure})).sentence, HasSubstr("a stream of its own"));
  EXPECT_THAT(last(put("refusal", "", {unsure})).sentence, HasSubstr("told to a person"));
  EXPECT_THAT(last(put("refusal", "grace", {unsure})).sentence, HasSubstr("told to a person"));
  EXPECT_THAT(last(put("refusal", "somebody", {unsure}).by({Rule::capacity})).sentence, HasSubstr("names no rules"));
  EXPECT_EQ(refused(founded(), "GrantAll", "already_granted", "member", "ben").verdict, Verdict::differs);
  EXPECT_EQ(refused(founded(), "GrantRole", "made_up", "member", "ben").verdict, Verdict::differs);
  EXPECT_EQ(refused(founded(), "GrantRole", "forbidden", "member", "ben").verdict, Verdict::differs);
}

TEST(Rerun, LeavesToAnotherProgramWhatItsTableOfPermissionsDecided) {
  PolicyAdopted policy;
  *policy.mutable_permissions() = permission_rows();
  const auto published_under = [](const PolicyAdopted& adopted) {
    auto story = founded();
    story.then("policy", "services", "", {adopted}).under_policy(3);
    story.product("grace", {created(3, false)}).product("grace", {ProductPublished{}});
    return last(story);
  };
  EXPECT_EQ(published_under(policy).verdict, Verdict::same);
  for (auto& row : *policy.mutable_permissions())
    if (row.action() == "publish_product") row.add_may(Standing::any_member);
  EXPECT_EQ(published_under(policy).verdict, Verdict::not_run);
  EXPECT_THAT(published_under(policy).sentence, HasSubstr("another table of permissions"));
}

TEST(Rerun, NamesTheActorTheRulesAndTheBytes) {
  auto story = offered(3);
  story.product("ann", {placed(1, 1)}).by({Rule::capacity});
  EXPECT_THAT(last(story).sentence,
              HasSubstr("Its rules are others: capacity, max_per_member, claims_are_open, organisation_active"));
  auto other = founded();
  other.product("ann", {created(3, false)});
  EXPECT_THAT(last(other).sentence, HasSubstr("It is refused: forbidden"));
  auto more = offered(3);
  more.product("ann", {placed(1, 1), placed(2, 1)});
  EXPECT_EQ(last(more).sentence, "It does not lead to ClaimPlaced.");
}

}  // namespace
}  // namespace pioneer::api::rerun
