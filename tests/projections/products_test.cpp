#include "projections/products/products.hpp"

#include <map>

#include "domain/supermarket/state.hpp"
#include "projections/claims/claims.hpp"
#include "tests/projections/read_models_fixture.hpp"

namespace pioneer::projections {
namespace {

using domain::ClaimState;
using domain::ProductState;

const auto lane = id_of('L');
const auto pottery = id_of('p');

class ProductsTest : public ReadModelsTest {
 protected:
  template <class... Events>
  void then(const domain::Id& actor, const Events&... events) {
    log.add("product", pottery, actor, events...);
  }
  void offer(std::uint32_t capacity) {
    then(id_of('g'), created(lane, "Pottery", capacity, 5000));
    then(id_of('g'), domain::ProductPublished{});
  }
  ProductCounts counts() { return models->products().get(pottery).value().value().counts; }
  Claim claim(std::uint32_t ticket) { return models->claims().get(pottery, ticket).value().value(); }
};

TEST_F(ProductsTest, CountsPlacesAndThoseWhoWait) {
  offer(5);
  then(id_of('a'), placed(1, 3, ClaimState::confirmed));
  then(id_of('b'), placed(2, 2, ClaimState::confirmed));
  then(id_of('c'), placed(3, 2, ClaimState::waitlisted));
  then(id_of('d'), placed(4, 1, ClaimState::waitlisted));
  project();
  EXPECT_EQ(counts().places_left(), 0u);
  EXPECT_EQ(counts().waiting, 2u);
  EXPECT_EQ(counts().waiting_places, 3u);
  EXPECT_EQ(claim(4).waitlist_position, 2u);
  EXPECT_EQ(claim(4).owner, id_of('d'));
  then(id_of('b'), of_ticket<domain::ClaimCancelled>(2), promoted(3, 3));
  project();
  EXPECT_EQ(claim(2).state, ClaimState::cancelled);
  EXPECT_EQ(claim(3).state, ClaimState::confirmed);
  EXPECT_EQ(claim(3).waitlist_position, 0u);
  EXPECT_EQ(claim(4).waitlist_position, 1u);
  EXPECT_EQ(counts().places_left(), 0u);
  then(id_of('g'), of_ticket<domain::CheckedIn>(1));
  then(id_of('g'), of_ticket<domain::ClaimCompleted>(1));
  then(id_of('g'), of_ticket<domain::NoShowMarked>(3));
  domain::ClaimRated rating;
  rating.set_ticket(1);
  rating.set_stars(4);
  *rating.mutable_problem() = sealed("cold");
  then(id_of('a'), rating);
  then(id_of('g'), domain::ProductCompleted{});
  project();
  EXPECT_EQ(claim(1).state, ClaimState::completed);
  EXPECT_EQ(claim(1).stars, 4);
  EXPECT_EQ(models->claims().rating(pottery, 1).value()->problem.box, "cold");
  EXPECT_EQ(claim(3).state, ClaimState::no_show);
  EXPECT_EQ(claim(4).state, ClaimState::cancelled);
  EXPECT_EQ(counts().ratings, 1u);
}

TEST_F(ProductsTest, KnowsWhatShowsAPicture) {
  const std::string first(32, '1');
  const std::string second(32, '2');
  const auto add = [](auto& pictures, const std::string& name) {
    auto& picture = *pictures.Add();
    picture.set_name(name);
    *picture.mutable_key() = sealed("its key");
    picture.set_media_type("image/jpeg");
  };
  auto made = created(lane, "Pottery", 5, 5000);
  add(*made.mutable_terms()->mutable_pictures(), first);
  then(id_of('g'), made);
  project();
  const auto of = [&](const std::string& name) { return models->products().picture_uses(name, 10).value(); };
  ASSERT_EQ(of(first).size(), 1u);
  EXPECT_EQ(of(first)[0].shown_by, pottery);
  EXPECT_EQ(of(first)[0].key.box, "its key");
  EXPECT_FALSE(of(first)[0].taken_away);
  EXPECT_TRUE(of(second).empty());

  domain::PicturesChanged changed;
  add(*changed.mutable_pictures(), second);
  then(id_of('g'), changed);
  then(id_of('g'), domain::ProductPublished{});
  project();
  ASSERT_EQ(of(first).size(), 1u);
  EXPECT_TRUE(of(first)[0].taken_away);
  EXPECT_TRUE(of(first)[0].key.empty());
  EXPECT_FALSE(of(second).at(0).taken_away);
  const auto shown = models->products().get(pottery).value()->terms.pictures;
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].name, second);
  EXPECT_EQ(shown[0].media_type, "image/jpeg");
}

TEST_F(ProductsTest, KnowsWhomAPromotionPassedOver) {
  offer(5);
  const auto capacity = [](std::uint32_t places) {
    domain::CapacityChanged e;
    e.set_capacity(places);
    return e;
  };
  then(id_of('a'), placed(1, 3, ClaimState::confirmed));
  then(id_of('b'), placed(2, 5, ClaimState::waitlisted));
  then(id_of('c'), placed(3, 1, ClaimState::waitlisted));
  then(id_of('d'), placed(4, 3, ClaimState::waitlisted));
  then(id_of('g'), capacity(4), promoted(2, 3, {2}));
  project();
  EXPECT_EQ(claim(2).state, ClaimState::waitlisted);
  EXPECT_EQ(claim(2).waitlist_position, 1u);
  EXPECT_EQ(claim(3).state, ClaimState::confirmed);
  EXPECT_EQ(claim(4).waitlist_position, 2u);
  EXPECT_EQ(counts().waiting, 2u);
  EXPECT_EQ(counts().taken, 4u);
  EXPECT_EQ(ProductCounts::decode(counts().encode())->passed_over, std::vector<std::uint32_t>{2});
  then(id_of('g'), capacity(9), promoted(2, 2));
  project();
  EXPECT_EQ(claim(2).state, ClaimState::confirmed);
  EXPECT_EQ(claim(4).waitlist_position, 1u);
  EXPECT_EQ(counts().taken, 9u);
  EXPECT_TRUE(counts().passed_over.empty());
}

TEST_F(ProductsTest, LetsThosePassedOverLeave) {
  offer(5);
  domain::CapacityChanged lowered;
  lowered.set_capacity(1);
  then(id_of('b'), placed(1, 5, ClaimState::waitlisted));
  then(id_of('c'), placed(2, 1, ClaimState::waitlisted));
  then(id_of('g'), lowered, promoted(1, 2, {1}));
  then(id_of('b'), of_ticket<domain::ClaimCancelled>(1));
  project();
  EXPECT_EQ(claim(1).state, ClaimState::cancelled);
  EXPECT_EQ(counts().waiting, 0u);
  EXPECT_EQ(counts().taken, 1u);
  EXPECT_TRUE(counts().passed_over.empty());
}

TEST_F(ProductsTest, CancellingManyClaimsWritesAFewRows) {
  offer(1'000'000);
  for (std::uint32_t ticket = 1; ticket <= 1000; ++ticket) then(id_of('a'), placed(ticket, 1, ClaimState::confirmed));
  project();
  domain::ProductCancelled cancelled;
  cancelled.set_reason("rain");
  std::size_t written = 0;
  models->engine().on_rows_changed("products", [&](const RowsChanged& change) { written += change.changes.size(); });
  then(id_of('g'), cancelled);
  project();
  EXPECT_EQ(written, 6u);  // counts, terms, two listings left and two entered
  EXPECT_EQ(claim(1).state, ClaimState::cancelled);
  EXPECT_EQ(claim(1000).state, ClaimState::cancelled);
  EXPECT_EQ(models->products().get(pottery).value()->terms.cancel_reason, "rain");
}

TEST_F(ProductsTest, AHotProductCostsARowABatch) {
  offer(1000);
  project();
  std::size_t written = 0;
  models->engine().on_rows_changed("products", [&](const RowsChanged& change) { written += change.changes.size(); });
  for (std::uint32_t ticket = 1; ticket <= 64; ++ticket) then(id_of('a'), placed(ticket, 1, ClaimState::confirmed));
  project();
  EXPECT_EQ(written, 4u);  // two full blocks, their span, and the counts
}

TEST_F(ProductsTest, FindsAPersonsClaimsInManyBlocks) {
  offer(10);
  std::uint32_t taken = 0;
  for (std::uint32_t ticket = 1; ticket <= 100; ++ticket) {
    const auto state = taken < 10 ? ClaimState::confirmed : ClaimState::waitlisted;
    ++taken;
    then(ticket % 33 == 0 ? id_of('m') : id_of('o'), placed(ticket, 1, state));
  }
  then(id_of('o'), of_ticket<domain::ClaimCancelled>(50));
  project();
  const auto mine = models->claims().of(pottery, id_of('m')).value();
  ASSERT_EQ(mine.size(), 3u);
  EXPECT_EQ(mine[0].ticket, 33u);
  EXPECT_EQ(mine[0].waitlist_position, 23u);
  EXPECT_EQ(mine[2].ticket, 99u);
  EXPECT_EQ(mine[2].waitlist_position, 88u);
  EXPECT_TRUE(models->claims().of(pottery, id_of('n')).value().empty());
  EXPECT_EQ(models->claims().page(pottery, 95, 100).value().size(), 5u);
  EXPECT_EQ(models->claims().page(pottery, 0, 40).value().back().ticket, 40u);
  EXPECT_EQ(models->claims().get(pottery, 101).value().has_value(), false);
  EXPECT_TRUE(models->claims().of(id_of('?'), id_of('m')).value().empty());
}

// Owners share their first bytes with many others, claims fill several spans, and some that wait are cancelled or
// promoted: what is found through spans is what is found by looking at every claim.
TEST_F(ProductsTest, FindsClaimsAndPositionsThroughSpans) {
  constexpr std::uint32_t tickets = 5 * ClaimSpan::claims + 77;
  constexpr std::uint32_t places = 900;
  const auto owner = [](std::uint32_t ticket) {
    auto id = id_of(static_cast<char>('a' + ticket % 3));
    id.bytes[15] = static_cast<std::uint8_t>(ticket % 1500 / 6);
    return id;
  };
  offer(places);
  for (std::uint32_t ticket = 1; ticket <= tickets; ++ticket)
    then(owner(ticket), placed(ticket, 1, ticket <= places ? ClaimState::confirmed : ClaimState::waitlisted));
  for (std::uint32_t ticket = 3; ticket <= tickets; ticket += 7)
    then(owner(ticket), of_ticket<domain::ClaimCancelled>(ticket));
  then(id_of('x'), promoted(places + 1, places + 150));
  then(id_of('g'), of_ticket<domain::CheckedIn>(places + 1));
  project();

  std::map<std::uint32_t, std::uint32_t> positions;
  std::map<domain::Id, std::vector<std::uint32_t>> by_owner;
  std::uint32_t waiting = 0;
  const auto listed = models->claims().page(pottery, 0, tickets).value();
  for (const auto& one : listed) {
    positions[one.ticket] = one.state == ClaimState::waitlisted ? ++waiting : 0;
    by_owner[one.owner].push_back(one.ticket);
    EXPECT_EQ(one.waitlist_position, positions[one.ticket]) << one.ticket;
  }
  const auto later = models->claims().page(pottery, 3 * ClaimSpan::claims, 100).value();
  for (const auto& one : later) EXPECT_EQ(one.waitlist_position, positions[one.ticket]) << one.ticket;
  EXPECT_EQ(waiting, counts().waiting);
  for (const auto& [who, theirs] : by_owner) {
    const auto found = models->claims().of(pottery, who).value();
    ASSERT_EQ(found.size(), theirs.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].ticket, theirs[i]);
      EXPECT_EQ(found[i].waitlist_position, positions[theirs[i]]);
    }
  }
  for (std::uint32_t ticket = 1; ticket <= tickets; ticket += 61)
    EXPECT_EQ(claim(ticket).waitlist_position, positions[ticket]) << ticket;
}

// The same events, folded by what decides and by what is read, say the same of every claim.
TEST_F(ProductsTest, AgreesWithTheDecider) {
  domain::supermarket::State decider;
  const auto both = [&](const domain::Id& actor, const auto& event) {
    domain::supermarket::evolve(decider, event, {actor, {}});
    then(actor, event);
  };
  both(id_of('g'), created(lane, "Pottery", 40, 5000));
  both(id_of('g'), domain::ProductPublished{});
  for (std::uint32_t n = 1; n <= 70; ++n)
    both(id_of(static_cast<char>('a' + n % 20)),
         placed(n, 1, n <= 40 ? ClaimState::confirmed : ClaimState::waitlisted));
  for (const std::uint32_t n : {45u, 3u, 64u}) both(id_of('x'), of_ticket<domain::ClaimCancelled>(n));
  both(id_of('x'), promoted(41, 46, {45}));
  both(id_of('g'), of_ticket<domain::CheckedIn>(1));
  project();
  for (std::uint32_t n = 1; n <= 70; ++n) {
    const auto& ticket = *domain::supermarket::ticket(decider, n);
    EXPECT_EQ(claim(n).state, domain::supermarket::claim_state(decider, ticket)) << n;
    EXPECT_EQ(claim(n).waitlist_position, domain::supermarket::waitlist_position(decider, n)) << n;
  }
  EXPECT_EQ(counts().taken, decider.taken);
  EXPECT_EQ(counts().waiting, decider.waiting);
}

TEST_F(ProductsTest, ListsByOrganisationStateKindDateAndWords) {
  const auto park = id_of('P');
  const auto add = [&](char letter, const domain::Id& organisation, const std::string& title, std::int64_t starts,
                       const std::string& kind) {
    log.add("product", id_of(letter), id_of('g'), created(organisation, title, 5, starts, kind));
    log.add("product", id_of(letter), id_of('g'), domain::ProductPublished{});
  };
  add('1', lane, "Pottery class", 3000, "activity");
  add('2', park, "回家的班车", 1000, "transport");
  add('3', lane, "Clinic", 2000, "clinic");
  log.add("product", id_of('4'), id_of('g'), created(lane, "A draft", 5, 1));
  project();
  const auto titles = [&](const ProductFilter& filter, std::size_t limit = 10) {
    std::string all;
    std::string next;
    do {
      const auto page = models->products().page(filter, next, limit).value();
      for (const auto& product : page.products) all += product.terms.title + ";";
      next = page.next;
    } while (!next.empty());
    return all;
  };
  ProductFilter filter;
  EXPECT_EQ(titles(filter), "回家的班车;Clinic;Pottery class;");
  EXPECT_EQ(titles(filter, 1), "回家的班车;Clinic;Pottery class;");
  filter.from = {1500};
  EXPECT_EQ(titles(filter), "Clinic;Pottery class;");
  filter = {};
  filter.q = "班车";
  EXPECT_EQ(titles(filter), "回家的班车;");
  filter.q = "POTTERY";
  EXPECT_EQ(titles(filter), "Pottery class;");
  filter.q = "hall";
  filter.kind = "clinic";
  EXPECT_EQ(titles(filter), "Clinic;");
  filter = {};
  const domain::Id both[] = {park, lane};
  filter.organisations = both;
  EXPECT_EQ(titles(filter, 1), "回家的班车;Clinic;Pottery class;");
  filter.organisations = std::span(both, 1);
  EXPECT_EQ(titles(filter), "回家的班车;");
  filter = {};
  filter.state = ProductState::draft;
  EXPECT_EQ(titles(filter), "A draft;");
  EXPECT_EQ(models->products().page(filter, "nonsense", 3).error().code, "bad_cursor");
}

}  // namespace
}  // namespace pioneer::projections
