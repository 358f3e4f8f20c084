// The supermarket's rules, one by one.
#include "tests/domain/supermarket_world.hpp"

#include "domain/common/limits.hpp"
#include "domain/supermarket/snapshot.hpp"

namespace pioneer::domain::specs {
namespace {

namespace refusals = supermarket::refusals;
namespace shared = domain::refusals;
constexpr auto confirmed = ClaimState::confirmed;
constexpr auto waitlisted = ClaimState::waitlisted;

TEST(CreateProduct, IsDoneByACadreOfTheOrganisation) {
  ProductSpec spec;
  const auto& w = spec.world;
  spec.when(create(), nobody()).refused(shared::not_signed_in);
  spec.when(create(), person(w, "alice")).refused(shared::forbidden);
  spec.when(create(), person(w, "cadre_b")).refused(shared::forbidden);
  spec.when(create(), person(w, "administrator")).refused(shared::forbidden);
  spec.when(create(), person(w, "cadre_street")).then({created()}).as(grant_id("cadre_street", Role::cadre));
  spec.when(create(), person(w, "cadre_street")).refused(shared::already_exists);
}

TEST(CreateProduct, RefusesTermsOutOfBounds) {
  ProductSpec spec;
  const auto refuses = [&](std::string_view field, auto change) {
    ProductTerms terms = pottery();
    change(terms);
    spec.when(create(terms), person(spec.world, "cadre_street")).refused(shared::out_of_bounds, field);
  };
  refuses("title", [](auto& t) { t.set_title("  "); });
  refuses("title", [](auto& t) { t.set_title(std::string(121, 'x')); });
  refuses("description", [](auto& t) { t.set_description(std::string(4'001, 'x')); });
  refuses("kind", [](auto& t) { t.set_kind("An Activity"); });
  refuses("sessions", [](auto& t) { t.clear_sessions(); });
  refuses("sessions", [](auto& t) { t.mutable_sessions(0)->set_ends_us(t.sessions(0).starts_us()); });
  refuses("sessions", [](auto& t) {
    for (int i = 0; i < 52; ++i) *t.add_sessions() = t.sessions(0);
  });
  refuses("venue", [](auto& t) { t.mutable_sessions(0)->set_venue(""); });
  refuses("capacity", [](auto& t) { t.set_capacity(0); });
  refuses("capacity", [](auto& t) { t.set_capacity(1'000'001); });
  refuses("maxPerMember", [](auto& t) { t.set_max_per_member(0); });
  refuses("maxPerMember", [](auto& t) { t.set_max_per_member(101); });
  refuses("closesAt", [](auto& t) { t.set_closes_us(after(11 * day_us).us); });
  refuses("opensAt", [](auto& t) { t.set_opens_us(after(10 * day_us).us); });
}

TEST(CreateProduct, TakesNoSessionThatIsOver) {
  ProductSpec spec;
  ProductTerms terms = pottery();
  *terms.add_sessions() = terms.sessions(0);
  terms.mutable_sessions(1)->set_starts_us(after(-2 * hour_us).us);
  terms.mutable_sessions(1)->set_ends_us(after(0).us);
  terms.set_opens_us(0);
  spec.when(create(terms), person(spec.world, "cadre_a")).refused(refusals::session_in_the_past, "sessions");
  terms.mutable_sessions(1)->set_ends_us(after(1).us);
  spec.when(create(terms), person(spec.world, "cadre_a")).happened();
}

TEST(CreateProduct, NeedsAnActiveOrganisation) {
  ProductSpec spec;
  ProductTerms terms = pottery();
  terms.set_organisation(bytes("closed_community"));
  spec.when(create(terms), person(spec.world, "cadre_street")).refused(shared::organisation_closed, "organisation");
}

TEST(PublishProduct, HappensOnceAndBeforeTheLastSessionEnds) {
  ProductSpec spec;
  spec.given(created());
  const Actor cadre = person(spec.world, "cadre_a");
  spec.at(after(session_us + 2 * hour_us)).when(publish(), cadre).refused(refusals::sessions_over);
  spec.at(start).when(publish(), cadre).then({ProductPublished{}});
  spec.when(publish(), cadre).refused(refusals::product_not_draft);
}

TEST(PlaceClaim, IsConfirmedWhileItFits) {
  auto spec = offered();
  spec.when(claim(2), person(spec.world, "alice")).then({placed(1, 2, confirmed)}).as(pseudonym("alice"));
  EXPECT_EQ(places_left(spec.state()), 0U);
}

TEST(PlaceClaim, IsWaitlistedWhenFull) {
  auto spec = offered();
  spec.when(claim(2), person(spec.world, "alice")).then({placed(1, 2, confirmed)});
  spec.when(claim(1), person(spec.world, "bob")).then({placed(2, 1, waitlisted)});
  EXPECT_EQ(waitlist_position(spec.state(), 2), 1U);
  EXPECT_EQ(waitlist_position(spec.state(), 1), 0U);
}

TEST(PlaceClaim, IsRefusedWhenFullWithoutAWaitingList) {
  auto spec = offered(pottery(2, 2, false));
  spec.when(claim(1), person(spec.world, "alice")).then({placed(1, 1, confirmed)});
  spec.when(claim(2), person(spec.world, "bob")).refused(refusals::product_full, "places");
  spec.when(claim(1), person(spec.world, "bob")).then({placed(2, 1, confirmed)});
}

TEST(PlaceClaim, DoesNotWaitWhenOnlyAFreePlaceIsWished) {
  auto spec = offered(pottery(2, 2));
  PlaceClaim only = claim(1);
  only.set_only_if_free(true);
  spec.when(only, person(spec.world, "alice")).then({placed(1, 1, confirmed)});
  spec.when(claim(2), person(spec.world, "bob")).then({placed(2, 2, waitlisted)});
  // A place is free, but somebody waits for it.
  spec.when(only, person(spec.world, "cadre_b")).refused(refusals::product_full, "places");
  spec.when(claim(1), person(spec.world, "cadre_b")).then({placed(3, 1, waitlisted)});
}

TEST(PlaceClaim, DoesNotOvertakeThoseWhoWait) {
  auto spec = offered(pottery(3, 2));
  spec.when(claim(2), person(spec.world, "alice")).then({placed(1, 2, confirmed)});
  spec.when(claim(2), person(spec.world, "bob")).then({placed(2, 2, waitlisted)});
  spec.when(claim(1), person(spec.world, "cadre_b")).then({placed(3, 1, waitlisted)});
  EXPECT_EQ(waitlist_position(spec.state(), 3), 2U);
}

TEST(PlaceClaim, CountsAllOpenClaimsOfAPerson) {
  auto spec = offered(pottery(9, 2));
  const Actor alice = person(spec.world, "alice");
  spec.when(claim(3), alice).refused(refusals::too_many_places, "places");
  spec.when(claim(1), alice).then({placed(1, 1, confirmed)});
  spec.when(claim(1), alice).then({placed(2, 1, confirmed)});
  spec.when(claim(1), alice).refused(refusals::too_many_places, "places");
  spec.when(on_ticket<CancelClaim>(1), alice).then({on_ticket<ClaimCancelled>(1)});
  spec.when(claim(1), alice).then({placed(3, 1, confirmed)});
}

TEST(PlaceClaim, NeedsAtLeastOnePlace) {
  auto spec = offered();
  spec.when(claim(0), person(spec.world, "alice")).refused(shared::out_of_bounds, "places");
  spec.when(claim(4'000'000'000U), person(spec.world, "alice")).refused(refusals::too_many_places, "places");
}

TEST(PlaceClaim, IsRefusedWhenItCouldNeverFit) {
  auto spec = offered(pottery(1, 2));
  spec.when(claim(2), person(spec.world, "alice")).refused(refusals::product_full, "places");
}

TEST(PlaceClaim, KeepsTheTimesOfClaiming) {
  ProductTerms terms = pottery();
  terms.set_opens_us(after(day_us).us);
  terms.set_closes_us(after(2 * day_us).us);
  auto spec = offered(terms);
  const Actor alice = person(spec.world, "alice");
  spec.at(after(day_us - 1)).when(claim(), alice).refused(refusals::claims_not_open);
  spec.at(after(2 * day_us)).when(claim(), alice).refused(refusals::claims_closed);
  spec.at(after(2 * day_us - 1)).when(claim(), alice).then({placed(1, 1, confirmed)});
}

TEST(PlaceClaim, ClosesWithTheFirstSession) {
  auto spec = offered();
  const Actor alice = person(spec.world, "alice");
  spec.at(after(session_us)).when(claim(), alice).refused(refusals::claims_closed);
  spec.at(after(session_us - 1)).when(claim(), alice).then({placed(1, 1, confirmed)});
}

TEST(CancelClaim, PromotesInOrderWhileTheHeadFits) {
  auto spec = offered(pottery(4, 4));
  const auto& w = spec.world;
  spec.when(claim(4), person(w, "alice")).happened();
  spec.when(claim(1), person(w, "bob")).happened();      // 2 waits
  spec.when(claim(2), person(w, "cadre_a")).happened();  // 3 waits
  spec.when(claim(1), person(w, "bob")).happened();      // 4 waits
  spec.when(claim(2), person(w, "auditor")).happened();  // 5 waits: does not fit any more
  spec.when(claim(1), person(w, "cadre_b")).happened();  // 6 must not overtake 5
  spec.when(on_ticket<CancelClaim>(3), person(w, "cadre_a")).then({on_ticket<ClaimCancelled>(3)});
  spec.when(on_ticket<CancelClaim>(1), person(w, "alice")).then({on_ticket<ClaimCancelled>(1), promoted(2, 5, {3})});
  EXPECT_EQ(spec.state().taken, 4U);
  EXPECT_EQ(next_in_line(spec.state()), 6U);
}

TEST(CancelClaim, StopsAtTheFirstWhoDoesNotFit) {
  auto spec = offered(pottery(4, 4));
  const auto& w = spec.world;
  spec.when(claim(2), person(w, "alice")).happened();
  spec.when(claim(2), person(w, "bob")).happened();
  spec.when(claim(3), person(w, "cadre_a")).happened();  // 3 waits for three places
  spec.when(claim(1), person(w, "cadre_b")).happened();  // 4 waits behind it
  spec.when(on_ticket<CancelClaim>(1), person(w, "alice")).then({on_ticket<ClaimCancelled>(1)});
  EXPECT_FALSE(promotion_pending(spec.state()));
  // When the head leaves, the next may fit at once.
  spec.when(on_ticket<CancelClaim>(3), person(w, "cadre_a")).then({on_ticket<ClaimCancelled>(3), promoted(4, 4)});
}

TEST(CancelClaim, IsTheOwnersUntilTheFirstSession) {
  auto spec = offered();
  const auto& w = spec.world;
  spec.when(claim(1), person(w, "alice")).happened();
  spec.when(on_ticket<CancelClaim>(1), person(w, "bob")).refused(shared::not_found);
  spec.when(on_ticket<CancelClaim>(1), person(w, "cadre_a")).refused(shared::forbidden);
  spec.when(on_ticket<CancelClaim>(2), person(w, "alice")).refused(shared::not_found);
  spec.when(on_ticket<CancelClaim>(0), person(w, "alice")).refused(shared::not_found);
  spec.when(on_ticket<CancelClaim>(2), system()).refused(refusals::claim_not_found);
  spec.at(after(session_us)).when(on_ticket<CancelClaim>(1), person(w, "alice")).refused(refusals::already_started);
  spec.when(on_ticket<CancelClaim>(1), system()).then({on_ticket<ClaimCancelled>(1)}).as({});
  spec.when(on_ticket<CancelClaim>(1), system()).refused(refusals::already_cancelled);
}

TEST(ChangeCapacity, PromotesWhenRaisedAndStopsAtWhatIsTaken) {
  auto spec = offered(pottery(2, 2));
  const auto& w = spec.world;
  const Actor cadre = person(w, "cadre_a");
  spec.when(claim(2), person(w, "alice")).happened();
  spec.when(claim(1), person(w, "bob")).happened();
  spec.when(change_capacity(2), cadre).refused(refusals::capacity_unchanged, "capacity");
  spec.when(change_capacity(1), cadre).refused(refusals::capacity_below_confirmed, "capacity");
  spec.when(change_capacity(0), cadre).refused(shared::out_of_bounds, "capacity");
  spec.when(change_capacity(5), cadre).then({capacity_changed(5), promoted(2, 2)});
  spec.when(change_capacity(3), cadre).then({capacity_changed(3)});
  EXPECT_EQ(places_left(spec.state()), 0U);
}

TEST(ChangePictures, NamesAllThatThereAreFromThenOn) {
  ProductSpec spec;
  spec.given(created());
  const auto cadre = person(spec.world, "cadre_a");
  spec.when(change_pictures(2), cadre).then({pictures_changed(2)});
  spec.when(change_pictures(limits::pictures_max), cadre).then({pictures_changed(limits::pictures_max)});
  spec.when(change_pictures(limits::pictures_max + 1), cadre).refused(shared::out_of_bounds, "pictures");
  auto terms = pottery();
  *terms.mutable_pictures() = change_pictures(limits::pictures_max + 1).pictures();
  ProductSpec fresh;
  fresh.when(create(terms), cadre).refused(shared::out_of_bounds, "pictures");
}

// Whoever is shown may object when all is over.
TEST(ChangePictures, CanAlwaysBeTakenAway) {
  auto spec = offered();
  const auto cadre = person(spec.world, "cadre_a");
  spec.given(product_cancelled());
  spec.when(change_pictures(1), cadre).refused(refusals::product_cancelled);
  spec.when(change_pictures(0), cadre).then({pictures_changed(0)});
}

TEST(ChangeCapacity, PassesOverWhoWantsMoreThanThereIsNow) {
  auto spec = offered(pottery(5, 5));
  const auto& w = spec.world;
  const Actor cadre = person(w, "cadre_a");
  spec.when(claim(3), person(w, "alice")).then({placed(1, 3, confirmed)});
  spec.when(claim(5), person(w, "bob")).then({placed(2, 5, waitlisted)});
  spec.when(claim(1), person(w, "cadre_b")).then({placed(3, 1, waitlisted)});
  EXPECT_FALSE(is_passed_over(spec.state(), *ticket(spec.state(), 2)));
  spec.when(change_capacity(4), cadre).then({capacity_changed(4), promoted(2, 3, {2})});
  EXPECT_TRUE(is_passed_over(spec.state(), *ticket(spec.state(), 2)));
  EXPECT_EQ(waitlist_position(spec.state(), 2), 1U);
  EXPECT_EQ(next_in_line(spec.state()), 0U);
  // Nobody who fits waits, so a new claim is confirmed when it fits.
  spec.when(on_ticket<CancelClaim>(1), person(w, "alice")).then({on_ticket<ClaimCancelled>(1)});
  spec.when(claim(2), person(w, "auditor")).then({placed(4, 2, confirmed)});
  spec.when(claim(2), person(w, "alice")).then({placed(5, 2, waitlisted)});
  // When there are as many places again, it is first in line, as it came first.
  spec.when(change_capacity(5), cadre).then({capacity_changed(5)});
  EXPECT_EQ(next_in_line(spec.state()), 2U);
  spec.when(on_ticket<CancelClaim>(4), person(w, "auditor")).then({on_ticket<ClaimCancelled>(4)});
  spec.when(on_ticket<CancelClaim>(3), person(w, "cadre_b")).then({on_ticket<ClaimCancelled>(3), promoted(2, 2)});
  EXPECT_EQ(next_in_line(spec.state()), 5U);
  EXPECT_EQ(waitlist_position(spec.state(), 5), 1U);
}

TEST(ChangeCapacity, ServesWhoWasPassedOverBeforeThoseBehind) {
  auto spec = offered(pottery(5, 9));
  const auto& w = spec.world;
  const Actor cadre = person(w, "cadre_a");
  spec.when(claim(2), person(w, "alice")).happened();
  spec.when(claim(5), person(w, "bob")).happened();
  spec.when(change_capacity(2), cadre).then({capacity_changed(2)});
  for (std::uint32_t n = 3; n <= 5; ++n) spec.when(claim(2), person(w, "auditor")).happened();
  spec.when(change_capacity(4), cadre).then({capacity_changed(4), promoted(2, 3, {2})});
  spec.when(change_capacity(9), cadre).then({capacity_changed(9), promoted(2, 2)});
  spec.when(change_capacity(20), cadre).then({capacity_changed(20), promoted(4, 5)});
}

TEST(ChangeCapacity, PassesOverAWholeRange) {
  auto spec = offered(pottery(5, 5));
  spec.given(placed(1, 1, confirmed), id("somebody"));
  for (std::uint32_t i = 2; i <= 1'501; ++i) spec.given(placed(i, 5, waitlisted), id("claimant " + std::to_string(i)));
  spec.given(placed(1'502, 1, waitlisted), pseudonym("alice"));
  spec.when(change_capacity(4), person(spec.world, "cadre_a")).happened();
  ASSERT_EQ(spec.outcome()->events.size(), 2U);
  const auto& range = std::get<PlacesPromoted>(spec.outcome()->events[1]);
  EXPECT_EQ(range.first(), 2U);
  EXPECT_EQ(range.last(), 1'001U);
  EXPECT_EQ(range.skipped_size(), 1'000);
  EXPECT_TRUE(range.more());
  spec.when(ContinuePromotion{}, system()).happened();
  EXPECT_EQ(std::get<PlacesPromoted>(spec.outcome()->events[0]).last(), 1'502U);
  EXPECT_FALSE(std::get<PlacesPromoted>(spec.outcome()->events[0]).more());
  EXPECT_EQ(spec.state().taken, 2U);
  EXPECT_EQ(spec.state().passed_over, 1'500U);
}

TEST(ClosedOrganisation, OffersNothingNewAndFinishesWhatItHas) {
  auto spec = offered(pottery(2, 2));
  auto& w = spec.world;
  const Actor above = person(w, "cadre_street");
  spec.when(claim(2), person(w, "alice")).happened();
  spec.when(claim(1), person(w, "bob")).then({placed(2, 1, waitlisted)});
  w.directory.evolve(id("community_a"), OrganisationClosed{}, {});
  spec.when(claim(1), person(w, "bob")).refused(shared::organisation_closed);
  spec.when(change_capacity(9), above).refused(shared::organisation_closed);
  spec.when(on_ticket<CancelClaim>(1), person(w, "alice")).then({on_ticket<ClaimCancelled>(1), promoted(2, 2)});
  spec.at(after(session_us)).when(on_ticket<CheckIn>(2), above).then({on_ticket<CheckedIn>(2)});
  spec.at(after(session_us + day_us)).when(CompleteProduct{}, above).then({ProductCompleted{}});
  ProductSpec draft;
  draft.given(created());
  draft.world.directory.evolve(id("community_a"), OrganisationClosed{}, {});
  draft.when(publish(), person(draft.world, "cadre_street")).refused(shared::organisation_closed);
  draft.when(cancel_product(), person(draft.world, "cadre_street")).then({product_cancelled()});
}

TEST(ContinuePromotion, GoesOnWhereOneCommitEndedAndNobodyOvertakes) {
  auto spec = offered(pottery(1, 1));
  const auto& w = spec.world;
  for (std::uint32_t i = 1; i <= 2'501; ++i) {
    spec.given(placed(i, 1, i == 1 ? confirmed : waitlisted), id("claimant " + std::to_string(i)));
  }
  spec.when(ContinuePromotion{}, system()).refused(refusals::nothing_to_promote);
  spec.when(change_capacity(10'000), person(w, "cadre_a"))
      .then({capacity_changed(10'000), promoted(2, 1'001, {}, true)});
  EXPECT_TRUE(promotion_pending(spec.state()));
  spec.when(claim(1), person(w, "alice")).then({placed(2'502, 1, waitlisted)});
  spec.when(ContinuePromotion{}, person(w, "cadre_a")).refused(shared::forbidden);
  spec.when(ContinuePromotion{}, system()).then({promoted(1'002, 2'001, {}, true)});
  spec.when(ContinuePromotion{}, system()).then({promoted(2'002, 2'502)});
  EXPECT_FALSE(promotion_pending(spec.state()));
  spec.when(ContinuePromotion{}, system()).refused(refusals::nothing_to_promote);
  spec.when(claim(1), person(w, "bob")).then({placed(2'503, 1, confirmed)});
}

TEST(ContinuePromotion, PassesThoseWhoLeftHoweverMany) {
  auto spec = offered(pottery(1, 1));
  spec.given(placed(1, 1, confirmed), id("somebody"));
  for (std::uint32_t i = 2; i <= 3'000; ++i) spec.given(placed(i, 1, waitlisted), id("claimant " + std::to_string(i)));
  for (std::uint32_t i = 3; i <= 2'999; ++i) spec.given(on_ticket<ClaimCancelled>(i));
  spec.when(change_capacity(9), person(spec.world, "cadre_a")).then({capacity_changed(9), promoted(2, 2, {}, true)});
  EXPECT_TRUE(promotion_pending(spec.state()));
  spec.when(ContinuePromotion{}, system()).then({promoted(3'000, 3'000)});
  EXPECT_FALSE(promotion_pending(spec.state()));
}

TEST(CancelProduct, EndsAHundredThousandClaimsInOneEvent) {
  auto spec = offered(pottery(100'000, 1));
  for (std::uint32_t i = 1; i <= 100'000; ++i) {
    spec.given(placed(i, 1, confirmed), id("claimant " + std::to_string(i)));
  }
  spec.given(placed(100'001, 1, waitlisted), pseudonym("alice"));
  spec.when(cancel_product(), person(spec.world, "cadre_a")).then({product_cancelled()});
  for (const std::uint32_t n : {1U, 50'000U, 100'001U}) {
    EXPECT_EQ(claim_state(spec.state(), *ticket(spec.state(), n)), ClaimState::cancelled);
  }
  EXPECT_FALSE(promotion_pending(spec.state()));
  spec.when(claim(1), person(spec.world, "bob")).refused(refusals::product_cancelled);
  spec.when(on_ticket<CancelClaim>(100'001), person(spec.world, "alice")).refused(refusals::product_cancelled);
  spec.when(cancel_product(), person(spec.world, "cadre_a")).refused(refusals::product_cancelled);
}

TEST(CancelProduct, SaysWhy) {
  auto spec = offered();
  spec.when(CancelProduct{}, person(spec.world, "cadre_a")).refused(shared::out_of_bounds, "reason");
}

TEST(ProductSnapshot, IsRefusedWhenItIsNoneOfOurs) {
  EXPECT_FALSE(supermarket::decode("no snapshot"));
  EXPECT_FALSE(supermarket::decode(""));
}

}  // namespace
}  // namespace pioneer::domain::specs
