// Who came, who did not, and what they say of it.
#include "tests/domain/supermarket_world.hpp"

#include "domain/common/limits.hpp"

namespace pioneer::domain::specs {
namespace {

namespace refusals = supermarket::refusals;
namespace shared = domain::refusals;

TEST(CheckIn, LeadsToCompletionAndOneRating) {
  auto spec = offered();
  const auto& w = spec.world;
  const Actor alice = person(w, "alice");
  const Actor cadre = person(w, "cadre_a");
  spec.when(claim(1), alice).happened();
  spec.when(rate(1, 5), alice).refused(refusals::not_checked_in);
  spec.when(on_ticket<CompleteClaim>(1), cadre).refused(refusals::not_checked_in);
  spec.at(after(session_us));
  spec.when(on_ticket<CheckIn>(1), person(w, "bob")).refused(shared::not_found);
  spec.when(on_ticket<CheckIn>(1), cadre).then({on_ticket<CheckedIn>(1)}).as(grant_id("cadre_a", Role::cadre));
  spec.when(on_ticket<CheckIn>(1), alice).refused(refusals::already_checked_in);
  spec.when(on_ticket<MarkNoShow>(1), cadre).refused(refusals::already_checked_in);
  spec.when(on_ticket<CancelClaim>(1), alice).refused(refusals::already_checked_in);
  spec.when(on_ticket<CompleteClaim>(1), alice).refused(shared::forbidden);
  spec.when(on_ticket<CompleteClaim>(1), cadre).then({on_ticket<ClaimCompleted>(1)});
  spec.when(rate(1, 5), person(w, "bob")).refused(shared::not_found);
  spec.when(rate(1, 5), cadre).refused(shared::forbidden);
  spec.when(rate(1, 0), alice).refused(shared::out_of_bounds, "stars");
  spec.when(rate(1, 6), alice).refused(shared::out_of_bounds, "stars");
  ClaimRated rated;
  rated.set_ticket(1);
  rated.set_stars(5);
  spec.when(rate(1, 5), alice).then({rated}).as(pseudonym("alice"));
  spec.when(rate(1, 4), alice).refused(refusals::claim_already_rated);
}

TEST(CheckIn, ByTheOwnerNeedsTheCodeAtTheDoor) {
  auto spec = offered();
  const Actor alice = person(spec.world, "alice");
  spec.when(claim(1), alice).happened();
  CheckIn check_in = on_ticket<CheckIn>(1);
  spec.at(after(session_us)).when(check_in, alice).refused(refusals::code_needed, "code");
  check_in.set_code(DoorCode::ticket);
  spec.when(check_in, alice).refused(refusals::wrong_code, "code");
  check_in.set_code(DoorCode::wrong);
  spec.when(check_in, alice).refused(refusals::wrong_code, "code");
  check_in.set_code(DoorCode::venue);
  spec.when(check_in, alice).then({on_ticket<CheckedIn>(1)}).as(pseudonym("alice"));
}

TEST(CheckIn, AtTheDeskTakesTheTicketsCodeOrNone) {
  auto spec = offered();
  const Actor cadre = person(spec.world, "cadre_a");
  spec.when(claim(1), person(spec.world, "alice")).happened();
  CheckIn check_in = on_ticket<CheckIn>(1);
  check_in.set_code(DoorCode::wrong);
  spec.at(after(session_us)).when(check_in, cadre).refused(refusals::wrong_code, "code");
  check_in.set_code(DoorCode::venue);
  spec.when(check_in, cadre).refused(refusals::wrong_code, "code");
  check_in.set_code(DoorCode::ticket);
  spec.when(check_in, cadre).then({on_ticket<CheckedIn>(1)}).as(grant_id("cadre_a", Role::cadre));
}

TEST(CheckIn, ByACadreOfTheirOwnClaimNeedsTheCodeToo) {
  auto spec = offered();
  const Actor cadre = person(spec.world, "cadre_a");
  spec.when(claim(1), cadre).happened();
  spec.at(after(session_us)).when(on_ticket<CheckIn>(1), cadre).refused(refusals::code_needed, "code");
}

TEST(CheckIn, CanBeMadeByTheOwnerAndTellAnEarlierTime) {
  auto spec = offered();
  const Actor alice = person(spec.world, "alice");
  spec.when(claim(1), alice).happened();
  CheckIn later = on_ticket<CheckIn>(1);
  later.set_code(DoorCode::venue);
  later.set_occurred_us(after(limits::clock_ahead_us + 1).us);
  spec.when(later, alice).refused(shared::out_of_bounds, "occurredAt");
  later.set_occurred_us(after(session_us - day_us - 1).us);
  spec.at(after(session_us)).when(later, alice).refused(refusals::check_in_not_open);
  later.set_occurred_us(after(session_us - day_us).us);
  spec.when(later, alice).then({on_ticket<CheckedIn>(1)}).as(pseudonym("alice"));
}

TEST(CheckIn, TakesAClockThatRunsALittleAheadAsNow) {
  auto spec = offered();
  const Actor cadre = person(spec.world, "cadre_a");
  spec.when(claim(1), person(spec.world, "alice")).happened();
  CheckIn ahead = on_ticket<CheckIn>(1);
  // It says that the door is open; by our clock it is not.
  ahead.set_occurred_us(after(session_us - day_us).us);
  spec.at(after(session_us - day_us - 1)).when(ahead, cadre).refused(refusals::check_in_not_open);
  ahead.set_occurred_us(after(session_us - day_us + limits::clock_ahead_us).us);
  spec.at(after(session_us - day_us)).when(ahead, cadre).then({on_ticket<CheckedIn>(1)});
}

TEST(CheckIn, OpensADayBeforeTheFirstSession) {
  auto spec = offered();
  const Actor cadre = person(spec.world, "cadre_a");
  spec.when(claim(1), person(spec.world, "alice")).happened();
  spec.at(after(session_us - day_us - 1)).when(on_ticket<CheckIn>(1), cadre).refused(refusals::check_in_not_open);
  spec.at(after(session_us - day_us)).when(on_ticket<CheckIn>(1), cadre).then({on_ticket<CheckedIn>(1)});
}

TEST(CheckIn, IsNotForThoseWhoWait) {
  auto spec = offered(pottery(1, 1));
  spec.when(claim(1), person(spec.world, "alice")).happened();
  spec.when(claim(1), person(spec.world, "bob")).happened();
  spec.when(on_ticket<CheckIn>(2), person(spec.world, "cadre_a")).refused(refusals::claim_waitlisted);
}

TEST(MarkNoShow, WaitsForTheFirstSession) {
  auto spec = offered();
  const Actor cadre = person(spec.world, "cadre_a");
  spec.when(claim(1), person(spec.world, "alice")).happened();
  spec.at(after(session_us - 1)).when(on_ticket<MarkNoShow>(1), cadre).refused(refusals::not_started);
  spec.at(after(session_us)).when(on_ticket<MarkNoShow>(1), cadre).then({on_ticket<NoShowMarked>(1)});
  spec.when(rate(1, 1), person(spec.world, "alice")).refused(refusals::marked_no_show);
}

TEST(CompleteProduct, EndsTheWaitingAndKeepsAttendanceOpen) {
  auto spec = offered(pottery(1, 1));
  const Actor cadre = person(spec.world, "cadre_a");
  spec.when(claim(1), person(spec.world, "alice")).happened();
  spec.when(claim(1), person(spec.world, "bob")).happened();
  spec.at(after(session_us + 2 * hour_us - 1)).when(CompleteProduct{}, cadre).refused(refusals::not_yet);
  spec.at(after(session_us + 2 * hour_us)).when(CompleteProduct{}, cadre).then({ProductCompleted{}});
  EXPECT_EQ(claim_state(spec.state(), *ticket(spec.state(), 2)), ClaimState::cancelled);
  spec.when(on_ticket<CheckIn>(2), cadre).refused(refusals::already_cancelled);
  spec.when(on_ticket<CheckIn>(1), cadre).then({on_ticket<CheckedIn>(1)});
  spec.when(CompleteProduct{}, cadre).refused(refusals::product_completed);
}

TEST(RateClaim, CanTellAProblemOfAKnownCategory) {
  auto spec = offered();
  const Actor alice = person(spec.world, "alice");
  spec.when(claim(1), alice).happened();
  spec.at(after(session_us)).when(on_ticket<CheckIn>(1), person(spec.world, "cadre_a")).happened();
  RateClaim command = rate(1, 2);
  command.set_problem_category("repair");
  spec.when(command, alice).refused(shared::out_of_bounds, "problem");
  *command.mutable_problem() = sealed("the wheel squeaks");
  command.set_problem_category("unheard_of");
  spec.when(command, alice).refused(shared::unknown_category, "category");
  command.set_problem_category("repair");
  ClaimRated rated;
  rated.set_ticket(1);
  rated.set_stars(2);
  *rated.mutable_problem() = sealed("the wheel squeaks");
  rated.set_problem_category("repair");
  spec.when(command, alice).then({rated});
}

}  // namespace
}  // namespace pioneer::domain::specs
