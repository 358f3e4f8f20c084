// Every state of a product and of a claim, every command, every kind of person.
#include "tests/domain/cells.hpp"
#include "tests/domain/document.hpp"
#include "tests/domain/supermarket_world.hpp"

namespace pioneer::domain::specs {
namespace {

using Command = std::function<supermarket::Outcome(const ProductSpec&, const Context&)>;

template <class C>
Command run(C command) {
  return [command](const ProductSpec& spec, const Context& context) { return decide(spec.state(), command, context); };
}

/// Ticket 1 is alice's.
ProductSpec with_claim() {
  auto spec = offered(pottery(2, 2));
  spec.when(claim(2), person(spec.world, "alice")).happened();
  return spec;
}
ProductSpec with_claim_waiting() {
  auto spec = offered(pottery(2, 2));
  spec.given(placed(1, 2, ClaimState::waitlisted), pseudonym("alice"));
  return spec;
}
template <class Event>
ProductSpec with_claim_and(const Event& event) {
  auto spec = with_claim();
  spec.given(event);
  return spec;
}

std::vector<std::pair<std::string, Actor>> people(const World& w) {
  return {
      {"nobody", nobody()},
      {"the claim's owner", person(w, "alice")},
      {"another member", person(w, "bob")},
      {"cadre of the organisation", person(w, "cadre_a")},
      {"cadre above", person(w, "cadre_street")},
      {"cadre elsewhere", person(w, "cadre_b")},
      {"auditor above", person(w, "auditor")},
      {"administrator above", person(w, "administrator")},
      {"system", system()},
  };
}

std::string run_all(const std::vector<std::pair<std::string, Command>>& commands,
                    const std::vector<std::pair<std::string, ProductSpec>>& states, Instant now) {
  const auto roles = people(World{});
  return cells(names(commands), names(states), names(roles), [&](auto c, auto s, auto r) {
    const ProductSpec& spec = states[s].second;
    return cell_of(commands[c].second(spec, spec.world.context(roles[r].second, now)));
  });
}

TEST(ProductCells, AreWhatTheReadmeSays) {
  ProductSpec draft;
  draft.given(created());
  auto full = offered(pottery(1, 1, false));
  full.given(placed(1, 1, ClaimState::confirmed), id("somebody"));
  auto full_waitlist = offered(pottery(1, 1));
  full_waitlist.given(placed(1, 1, ClaimState::confirmed), id("somebody"));
  auto promoting = offered(pottery(3, 1));
  promoting.given(placed(1, 1, ClaimState::waitlisted), id("somebody"));
  auto cancelled = offered();
  cancelled.given(product_cancelled());
  auto completed = offered();
  completed.given(ProductCompleted{});
  auto closed = offered();
  closed.world.directory.evolve(id("community_a"), OrganisationClosed{}, {});
  const std::vector<std::pair<std::string, ProductSpec>> states = {
      {"nothing yet", ProductSpec{}},
      {"draft", draft},
      {"published", offered()},
      {"published, full", full},
      {"published, full, waiting list", full_waitlist},
      {"published, promotion pending", promoting},
      {"cancelled", cancelled},
      {"completed", completed},
      {"published, organisation closed", closed},
  };
  const std::vector<std::pair<std::string, Command>> commands = {
      {"CreateProduct", run(create())},
      {"PublishProduct", run(publish())},
      {"ChangeCapacity, raised", run(change_capacity(9))},
      {"ChangePictures", run(change_pictures(1))},
      {"ChangePictures, all taken away", run(change_pictures(0))},
      {"CancelProduct", run(cancel_product())},
      {"CompleteProduct", run(CompleteProduct{})},
      {"PlaceClaim of one place", run(claim(1))},
      {"ContinuePromotion", run(ContinuePromotion{})},
  };
  expect_generated("domain/supermarket/README.md", "product cells", run_all(commands, states, start));
  expect_generated("domain/supermarket/README.md", "product cells after the last session",
                   run_all({commands[1], commands[6], commands[7]}, states, after(session_us + 2 * hour_us)));
}

TEST(ClaimCells, AreWhatTheReadmeSays) {
  auto rated = with_claim_and(on_ticket<CheckedIn>(1));
  rated.given([] {
    ClaimRated e;
    e.set_ticket(1);
    e.set_stars(5);
    return e;
  }());
  const std::vector<std::pair<std::string, ProductSpec>> states = {
      {"no such claim", offered()},
      {"waitlisted", with_claim_waiting()},
      {"confirmed", with_claim()},
      {"cancelled", with_claim_and(on_ticket<ClaimCancelled>(1))},
      {"checked in", with_claim_and(on_ticket<CheckedIn>(1))},
      {"checked in, rated", rated},
      {"completed", with_claim_and(on_ticket<ClaimCompleted>(1))},
      {"no-show", with_claim_and(on_ticket<NoShowMarked>(1))},
      {"confirmed, product cancelled", with_claim_and(product_cancelled())},
      {"confirmed, product completed", with_claim_and(ProductCompleted{})},
  };
  const std::vector<std::pair<std::string, Command>> commands = {
      {"CancelClaim", run(on_ticket<CancelClaim>(1))},
      {"CheckIn", run(on_ticket<CheckIn>(1))},
      {"CheckIn with the code at the door", run(check_in(1, DoorCode::venue))},
      {"CheckIn with the ticket's code", run(check_in(1, DoorCode::ticket))},
      {"CompleteClaim", run(on_ticket<CompleteClaim>(1))},
      {"MarkNoShow", run(on_ticket<MarkNoShow>(1))},
      {"RateClaim", run(rate(1, 5))},
  };
  expect_generated("domain/supermarket/README.md", "claim cells before the first session",
                   run_all(commands, states, start));
  expect_generated("domain/supermarket/README.md", "claim cells after the first session began",
                   run_all(commands, states, after(session_us)));
}

}  // namespace
}  // namespace pioneer::domain::specs
