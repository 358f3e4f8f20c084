// The rules of requests, one by one.
#include "domain/requests/snapshot.hpp"
#include "tests/domain/requests_world.hpp"

namespace pioneer::domain::specs {
namespace {

namespace refusals = requests::refusals;
namespace shared = domain::refusals;
const Id cadre_grant = grant_id("cadre_a", Role::cadre);

TEST(SubmitRequest, StartsBothClocks) {
  RequestSpec spec;
  spec.when(submit(), person(spec.world, "alice"))
      .then({case_key_issued(), submitted(), deadline_set(1, DeadlineKind::accept, after(accept_us)),
             deadline_set(2, DeadlineKind::resolve, after(resolve_us))})
      .as(pseudonym("alice"));
  spec.when(submit(), person(spec.world, "alice")).refused(shared::already_exists);
}

TEST(SubmitRequest, RefusesWhatDoesNotFit) {
  RequestSpec spec;
  const Actor alice = person(spec.world, "alice");
  const auto changed = [](auto change) {
    auto command = submit();
    change(command);
    return command;
  };
  spec.when(submit(), nobody()).refused(shared::not_signed_in);
  spec.when(changed([](auto& c) { c.set_category("magic"); }), alice).refused(shared::unknown_category, "category");
  spec.when(changed([](auto& c) { c.set_organisation(bytes("nowhere")); }), alice)
      .refused(shared::unknown_organisation, "organisation");
  spec.when(changed([](auto& c) { c.set_organisation(bytes("closed_community")); }), alice)
      .refused(shared::organisation_closed, "organisation");
  spec.when(changed([](auto& c) { c.clear_title(); }), alice).refused(shared::out_of_bounds, "title");
  spec.when(changed([](auto& c) { c.set_channel(Channel::unspecified); }), alice)
      .refused(shared::out_of_bounds, "channel");
  spec.when(changed([](auto& c) { c.set_channel(Channel::imported); }), alice)
      .refused(shared::out_of_bounds, "channel");
  spec.when(changed([](auto& c) { c.set_channel(Channel::feedback); }), alice)
      .refused(shared::out_of_bounds, "channel");
  spec.when(changed([](auto& c) { c.set_asker(bytes(pseudonym("bob"))); }), alice)
      .refused(shared::out_of_bounds, "asker");
  spec.when(changed([](auto& c) {
              for (int i = 0; i < 7; ++i) c.add_photos();
            }),
            alice)
      .refused(shared::out_of_bounds, "photos");
  spec.when(changed([](auto& c) { *c.mutable_beneficiary_phone() = sealed("5"); }), alice)
      .refused(shared::out_of_bounds, "onBehalfOf");
}

TEST(SubmitRequest, ByAReactionSpeaksForTheRaterOrForNobody) {
  SubmitRequest command = submit();
  command.set_channel(Channel::feedback);
  command.set_cause(8);
  RequestSpec spec;
  spec.when(command, system()).happened().as({});
  EXPECT_TRUE(spec.state().asker.is_zero());
  RequestSpec named;
  command.set_asker(bytes(pseudonym("alice")));
  named.when(command, system()).happened().as({});
  EXPECT_EQ(named.state().asker, pseudonym("alice"));
}

TEST(SubmitRequest, ByTheSystemIsAReactionOnly) {
  SubmitRequest command = submit();
  command.set_asker(bytes(pseudonym("alice")));
  command.set_cause(8);
  const RequestSpec spec;
  const auto asked = [&](const Actor& actor) { return RequestSpec(spec).when(command, actor); };
  asked(system()).refused(shared::out_of_bounds, "channel");
  command.set_channel(Channel::feedback);
  command.clear_cause();
  asked(system()).refused(shared::out_of_bounds, "cause");
  command = submit();
  command.set_cause(8);
  asked(person(spec.world, "alice")).refused(shared::out_of_bounds, "cause");
}

TEST(SubmitRequest, ByAReactionToAClosedOrganisationGoesToTheOneAbove) {
  SubmitRequest command = submit();
  command.set_organisation(bytes("closed_community"));
  RequestSpec spec;
  spec.when(command, person(spec.world, "alice")).refused(shared::organisation_closed, "organisation");
  command.set_channel(Channel::feedback);
  command.set_cause(8);
  spec.when(command, system()).happened();
  EXPECT_EQ(spec.state().organisation, id("street"));
}

TEST(Requests, OfAClosedOrganisationAreFinishedByThoseAbove) {
  RequestSpec spec;
  spec.when(submit(), person(spec.world, "alice")).happened();
  spec.world.directory.evolve(id("community_a"), OrganisationClosed{}, {});
  spec.when(AcceptRequest{}, person(spec.world, "cadre_street")).then({RequestAccepted{}});
  spec.when(assign("street"), person(spec.world, "cadre_a")).happened();
  EXPECT_EQ(spec.state().organisation, id("street"));
}

TEST(Requests, OfAMergedOrganisationAreFinishedByTheOther) {
  RequestSpec spec;
  spec.when(submit(), person(spec.world, "alice")).happened();
  spec.when(AcceptRequest{}, person(spec.world, "cadre_b")).refused(shared::not_found);
  OrganisationMerged merged;
  merged.set_into(bytes("community_b"));
  spec.world.directory.evolve(id("community_a"), merged, {});
  spec.when(AcceptRequest{}, person(spec.world, "cadre_b")).then({RequestAccepted{}});
  spec.when(with_text<ResolveRequest>(), person(spec.world, "cadre_b")).happened();
  RequestSpec later;
  later.world.directory.evolve(id("community_a"), merged, {});
  later.when(submit(), person(later.world, "alice")).happened();
  EXPECT_EQ(later.state().organisation, id("community_b"));
}

TEST(SubmitRequest, ByAReactionNeedsNoCategoryOfItsOwn) {
  SubmitRequest command = submit();
  command.set_channel(Channel::feedback);
  command.set_cause(8);
  command.set_asker(bytes(pseudonym("alice")));
  command.clear_category();
  RequestSpec spec;
  spec.when(command, system()).happened();
  EXPECT_EQ(spec.state().category, "care") << "the policy's category of feedback";
  command.set_channel(Channel::web);
  command.clear_cause();
  command.clear_asker();
  RequestSpec asked;
  asked.when(command, person(asked.world, "alice")).refused(shared::unknown_category, "category");
}

TEST(SubmitRequest, OfAnErasedRaterSaysNothing) {
  SubmitRequest command = submit();
  command.set_channel(Channel::feedback);
  command.set_cause(8);
  command.clear_title();
  command.clear_description();
  RequestSpec spec;
  spec.when(command, system()).happened();
  EXPECT_TRUE(spec.state().asker.is_zero());
  command.set_asker(bytes(pseudonym("alice")));
  RequestSpec named;
  named.when(command, system()).refused(shared::out_of_bounds, "title");
}

TEST(SubmitRequest, GoesToWhoeverTookOverTheOrganisation) {
  RequestSpec spec;
  OrganisationMerged merged;
  merged.set_into(bytes("community_b"));
  spec.world.directory.evolve(id("community_a"), merged, {});
  spec.when(submit(), person(spec.world, "alice")).happened();
  EXPECT_EQ(spec.state().organisation, id("community_b"));
}

TEST(AcceptRequest, IsForCadresOfTheHolder) {
  auto spec = asked();
  const auto& w = spec.world;
  // Who may not see it is told what a query tells; who may, why not.
  spec.when(AcceptRequest{}, person(w, "bob")).refused(shared::not_found);
  spec.when(AcceptRequest{}, person(w, "cadre_b")).refused(shared::not_found);
  spec.when(AcceptRequest{}, person(w, "auditor")).refused(shared::forbidden);
  spec.when(AcceptRequest{}, person(w, "alice")).refused(shared::forbidden);
  spec.when(AcceptRequest{}, system()).refused(shared::forbidden);
  spec.when(AcceptRequest{}, person(w, "cadre_a")).then({RequestAccepted{}}).as(cadre_grant);
  spec.when(AcceptRequest{}, person(w, "cadre_street")).refused(refusals::already_accepted);
}

TEST(AcceptRequest, OfARevokedCadreIsRefused) {
  auto spec = asked();
  spec.world.revoke("cadre_a", Role::cadre);
  spec.when(AcceptRequest{}, person(spec.world, "cadre_a")).refused(shared::not_found);
}

TEST(AcceptRequest, TellsAnAskerWhoIsACadreElsewhereWhoMay) {
  auto spec = asked();
  spec.world.grant("alice", Role::cadre, "community_b");
  spec.when(AcceptRequest{}, person(spec.world, "alice")).refused(refusals::not_holder);
}

TEST(AssignRequest, GoesDownTheCadresTreeOrUpToTheParent) {
  auto spec = asked();
  const auto& w = spec.world;
  spec.when(assign("community_b"), person(w, "cadre_a")).refused(refusals::assign_out_of_reach, "organisation");
  spec.when(assign("district"), person(w, "cadre_a")).refused(refusals::assign_out_of_reach, "organisation");
  spec.when(assign("closed_community"), person(w, "cadre_a")).refused(shared::organisation_closed, "organisation");
  spec.when(assign("community_a"), person(w, "cadre_a")).refused(refusals::already_assigned);
  spec.when(assign("street"), person(w, "cadre_a")).then({assigned("street")}).as(cadre_grant);
  spec.when(AcceptRequest{}, person(w, "cadre_a")).refused(shared::not_found);
  spec.when(assign("community_b"), person(w, "cadre_street")).then({assigned("community_b")});
  spec.when(AcceptRequest{}, person(w, "cadre_b")).then({RequestAccepted{}});
}

TEST(AssignRequest, CanNameAnOfficialWhoWorksThere) {
  auto spec = asked();
  const auto& w = spec.world;
  const Id cadre_b = grant_id("cadre_b", Role::cadre);
  const Actor street = person(w, "cadre_street");
  spec.when(assign("community_a", cadre_b), street).refused(refusals::not_an_official_there, "member");
  spec.when(assign("community_a", grant_id("auditor", Role::auditor)), street)
      .refused(refusals::not_an_official_there, "member");
  spec.when(assign("community_a", cadre_grant), street).then({assigned("community_a", cadre_grant)});
  spec.when(assign("community_b", cadre_b), street).then({assigned("community_b", cadre_b)});
  EXPECT_EQ(spec.state().assigned_grant, cadre_b);
}

TEST(ReportProgress, NeedsAnAcceptedRequestAndWords) {
  auto spec = asked();
  const Actor cadre = person(spec.world, "cadre_a");
  spec.when(with_text<ReportProgress>(), cadre).refused(refusals::not_accepted);
  spec.when(AcceptRequest{}, cadre).happened();
  spec.when(ReportProgress{}, cadre).refused(shared::out_of_bounds, "text");
  spec.when(with_text<ReportProgress>(), cadre).then({with_text<RequestProgressed>()});
  spec.when(with_text<ReportProgress>("more"), cadre).then({with_text<RequestProgressed>("more")});
  EXPECT_EQ(spec.state().state, RequestState::in_progress);
}

TEST(ResolveRequest, StartsTheTimeToConfirm) {
  auto spec = accepted();
  spec.at(after(day_us))
      .when(with_text<ResolveRequest>(), person(spec.world, "cadre_a"))
      .then({with_text<RequestResolved>(), deadline_set(3, DeadlineKind::confirm, after(day_us + confirm_us))});
  spec.when(with_text<ReportProgress>(), person(spec.world, "cadre_a")).refused(refusals::awaiting_confirmation);
  spec.when(assign("street"), person(spec.world, "cadre_a")).refused(refusals::awaiting_confirmation);
}

TEST(ConfirmRequest, IsTheAskersWithinTheWindow) {
  auto spec = resolved();
  const auto& w = spec.world;
  spec.when(ConfirmRequest{}, person(w, "bob")).refused(shared::not_found);
  spec.when(ConfirmRequest{}, person(w, "cadre_a")).refused(shared::forbidden);
  spec.at(after(confirm_us)).when(ConfirmRequest{}, person(w, "alice")).refused(refusals::confirmation_over);
  spec.at(after(confirm_us - 1)).when(ConfirmRequest{}, person(w, "alice")).then({RequestConfirmed{}});
  spec.when(ConfirmRequest{}, person(w, "alice")).refused(refusals::request_closed);
  spec.when(with_text<ResolveRequest>(), person(w, "cadre_a")).refused(refusals::request_closed);
}

TEST(ConfirmRequest, WaitsForAResult) {
  auto spec = accepted();
  spec.when(ConfirmRequest{}, person(spec.world, "alice")).refused(refusals::not_resolved);
}

TEST(DisputeRequest, IsTheAskersWithinTheWindow) {
  auto spec = resolved();
  const auto& w = spec.world;
  spec.when(with_reason<DisputeRequest>(), person(w, "bob")).refused(shared::not_found);
  spec.when(with_reason<DisputeRequest>(), person(w, "cadre_a")).refused(shared::forbidden);
  spec.at(after(confirm_us))
      .when(with_reason<DisputeRequest>(), person(w, "alice"))
      .refused(refusals::confirmation_over);
  spec.at(after(confirm_us - 1)).when(with_reason<DisputeRequest>(), person(w, "alice")).happened();
}

TEST(DisputeRequest, SetsTheWorkGoingAgain) {
  auto spec = resolved();
  const Actor alice = person(spec.world, "alice");
  const Actor cadre = person(spec.world, "cadre_a");
  spec.at(after(day_us)).when(DisputeRequest{}, alice).refused(shared::out_of_bounds, "reason");
  spec.when(with_reason<DisputeRequest>(), alice)
      .then({with_reason<RequestDisputed>(), deadline_set(4, DeadlineKind::resolve, after(day_us + resolve_us))});
  EXPECT_EQ(spec.state().state, RequestState::in_progress);
  spec.when(pass(2), system()).refused(refusals::deadline_replaced);
  spec.at(after(20 * day_us)).when(pass(3), system()).refused(refusals::deadline_met);
  spec.when(pass(4), system()).then({deadline_passed(4, DeadlineKind::resolve)});
  spec.when(with_text<ResolveRequest>(), cadre)
      .then({with_text<RequestResolved>(), deadline_set(5, DeadlineKind::confirm, after(20 * day_us + confirm_us))});
}

TEST(RateRequest, IsTheAskersOnceAfterClosing) {
  auto spec = resolved();
  const Actor alice = person(spec.world, "alice");
  spec.when(rate_request(4), alice).refused(refusals::not_closed);
  spec.when(ConfirmRequest{}, alice).happened();
  spec.when(rate_request(0), alice).refused(shared::out_of_bounds, "stars");
  spec.when(rate_request(6), alice).refused(shared::out_of_bounds, "stars");
  spec.when(rate_request(4), person(spec.world, "bob")).refused(shared::not_found);
  spec.when(rate_request(4), person(spec.world, "cadre_a")).refused(shared::forbidden);
  RequestRated rated;
  rated.set_stars(4);
  spec.when(rate_request(4), alice).then({rated}).as(pseudonym("alice"));
  spec.when(rate_request(1), alice).refused(refusals::request_already_rated);
}

TEST(RateRequest, IsNeverOfOwnWork) {
  RequestSpec spec;
  spec.when(submit(), person(spec.world, "cadre_a")).happened();
  spec.when(AcceptRequest{}, person(spec.world, "cadre_a")).happened();
  spec.when(with_text<ResolveRequest>(), person(spec.world, "cadre_a")).happened();
  // Laying the role down does not make the work somebody else's.
  spec.world.revoke("cadre_a", Role::cadre);
  spec.when(ConfirmRequest{}, person(spec.world, "cadre_a")).refused(refusals::own_work);
  spec.at(after(confirm_us)).when(pass(3), system()).then({RequestClosedUnconfirmed{}});
  spec.when(rate_request(5), person(spec.world, "cadre_a")).refused(refusals::own_work);
}

TEST(WithdrawRequest, IsTheAskersBeforeClosing) {
  auto spec = resolved();
  const auto& w = spec.world;
  spec.when(with_reason<WithdrawRequest>(), person(w, "bob")).refused(shared::not_found);
  spec.when(with_reason<WithdrawRequest>(), person(w, "cadre_a")).refused(shared::forbidden);
  spec.when(with_reason<WithdrawRequest>(), person(w, "alice")).then({with_reason<RequestWithdrawn>()});
  spec.when(WithdrawRequest{}, person(w, "alice")).refused(refusals::request_withdrawn);
  spec.when(rate_request(1), person(w, "alice")).refused(refusals::request_withdrawn);
  spec.at(after(confirm_us)).when(pass(3), system()).refused(refusals::deadline_met);
  auto done = closed();
  done.when(WithdrawRequest{}, person(done.world, "alice")).refused(refusals::request_closed);
}

TEST(PassDeadline, HappensOnceAndNotBefore) {
  auto spec = asked();
  spec.when(pass(1), person(spec.world, "cadre_a")).refused(shared::forbidden);
  spec.when(pass(0), system()).refused(refusals::no_such_deadline);
  spec.when(pass(3), system()).refused(refusals::no_such_deadline);
  spec.at(after(accept_us - 1)).when(pass(1), system()).refused(refusals::deadline_not_due);
  EXPECT_FALSE(is_overdue(spec.state()));
  spec.at(after(accept_us)).when(pass(1), system()).then({deadline_passed(1, DeadlineKind::accept)}).as({});
  EXPECT_TRUE(is_overdue(spec.state()));
  spec.when(pass(1), system()).refused(refusals::deadline_passed);
  spec.when(AcceptRequest{}, person(spec.world, "cadre_a")).then({RequestAccepted{}});
  EXPECT_FALSE(is_overdue(spec.state()));
  spec.at(after(resolve_us)).when(pass(2), system()).then({deadline_passed(2, DeadlineKind::resolve)});
  EXPECT_TRUE(is_overdue(spec.state()));
}

TEST(PassDeadline, OfWhatWasMetIsRefused) {
  auto spec = accepted();
  spec.at(after(accept_us)).when(pass(1), system()).refused(refusals::deadline_met);
}

TEST(PassDeadline, OfSilenceClosesAsUnconfirmed) {
  auto spec = resolved();
  spec.at(after(confirm_us)).when(pass(3), system()).then({RequestClosedUnconfirmed{}}).as({});
  EXPECT_EQ(spec.state().state, RequestState::closed_unconfirmed);
  spec.when(pass(3), system()).refused(refusals::deadline_passed);
  RequestRated rated;
  rated.set_stars(2);
  spec.when(rate_request(2), person(spec.world, "alice")).then({rated});
}

TEST(ImportRequest, KeepsWhatTheSourceSaysAndSetsNoClock) {
  RequestSpec spec;
  spec.when(import_request(), person(spec.world, "root_administrator")).refused(shared::forbidden);
  spec.when(import_request(RequestState::closed_unconfirmed), system()).happened().as({});
  EXPECT_EQ(spec.state().state, RequestState::closed_unconfirmed);
  EXPECT_EQ(spec.state().deadlines_set, 0U);
  EXPECT_EQ(spec.state().submitted, after(-30 * day_us));
  spec.when(import_request(RequestState::closed_unconfirmed), system()).refused(refusals::already_imported);
}

TEST(ImportRequest, RefusesWhatTheSourceCannotSay) {
  RequestSpec spec;
  const auto refuses = [&](std::string_view field, auto change) {
    auto command = import_request();
    change(command);
    spec.when(command, system()).refused(shared::out_of_bounds, field);
  };
  refuses("state", [](auto& c) { c.set_state(RequestState::closed_confirmed); });
  refuses("state", [](auto& c) { c.set_state(RequestState::accepted); });
  refuses("submitted", [](auto& c) { c.set_submitted_us(after(1).us); });
  refuses("closed", [](auto& c) { c.set_closed_us(after(-1).us); });
  refuses("closed", [](auto& c) {
    c.set_state(RequestState::withdrawn);
    c.set_closed_us(c.submitted_us() - 1);
  });
  refuses("source", [](auto& c) { c.clear_source(); });
  refuses("sourceNumber", [](auto& c) { c.clear_source_number(); });
  refuses("title", [](auto& c) { c.clear_title(); });
}

TEST(ImportRequest, CanBeWorkedOnAfterwards) {
  RequestSpec spec;
  const Actor cadre = person(spec.world, "cadre_a");
  spec.when(import_request(), system()).happened();
  spec.when(AcceptRequest{}, cadre).then({RequestAccepted{}});
  spec.when(with_text<ResolveRequest>(), cadre)
      .then({with_text<RequestResolved>(), deadline_set(1, DeadlineKind::confirm, after(confirm_us))});
  spec.when(ConfirmRequest{}, person(spec.world, "alice")).refused(shared::not_found);
}

TEST(Commands, OnARequestThatIsNotThereFindNothing) {
  RequestSpec spec;
  spec.when(AcceptRequest{}, person(spec.world, "cadre_a")).refused(shared::not_found);
  spec.when(ConfirmRequest{}, person(spec.world, "alice")).refused(shared::not_found);
  spec.when(pass(1), system()).refused(shared::not_found);
}

// Cut a whole life at every event: the snapshot and the rest give the same state as the whole.
TEST(RequestSnapshot, AndItsTailEqualTheWholeStream) {
  auto spec = resolved();
  spec.when(with_reason<DisputeRequest>(), person(spec.world, "alice")).happened();
  spec.when(assign("street"), person(spec.world, "cadre_a")).happened();
  spec.at(after(4 * day_us)).when(pass(4), system()).happened();
  spec.when(with_text<ResolveRequest>(), person(spec.world, "cadre_street")).happened();
  spec.when(ConfirmRequest{}, person(spec.world, "alice")).happened();
  spec.when(rate_request(5), person(spec.world, "alice")).happened();
  for (std::size_t cut = 0; cut <= spec.past().size(); ++cut) {
    requests::State first;
    for (std::size_t i = 0; i < cut; ++i) evolve(first, spec.past()[i].first, spec.past()[i].second);
    auto resumed = requests::decode(requests::encode(first));
    ASSERT_TRUE(resumed);
    for (std::size_t i = cut; i < spec.past().size(); ++i) {
      evolve(*resumed, spec.past()[i].first, spec.past()[i].second);
    }
    EXPECT_EQ(requests::encode(*resumed), requests::encode(spec.state())) << "cut at " << cut;
  }
  EXPECT_EQ(spec.state().workers.size(), 2U);
  EXPECT_FALSE(requests::decode("no snapshot"));
}

}  // namespace
}  // namespace pioneer::domain::specs
