// Thousands of random commands; what they promise is recomputed from the events alone, by a second, simpler reading.
#include <map>
#include <random>
#include <set>

#include "domain/supermarket/snapshot.hpp"
#include "tests/domain/supermarket_world.hpp"

namespace pioneer::domain::specs {
namespace {

using supermarket::Event;
using supermarket::State;

/// The product as a reader of its events sees it, kept as plainly as possible: everything is summed anew.
class Ledger {
 public:
  void read(const Event& event, const Id& actor) {
    std::visit([&](const auto& e) { note(e, actor); }, event);
  }

  void expect_kept_promises() const {
    std::uint64_t taken = 0;
    std::map<Id, std::uint64_t> held;
    for (const auto& [number, claim] : claims_) {
      if (claim.state == ClaimState::cancelled) continue;
      held[claim.owner] += claim.places;
      if (claim.state != ClaimState::waitlisted) taken += claim.places;
    }
    ASSERT_LE(taken, capacity_) << "oversold";
    for (const auto& [owner, places] : held) ASSERT_LE(places, max_per_member_);
  }

  /// Who is next: the first that waits for no more than the whole product has.
  std::uint32_t next_in_line() const {
    for (const auto& [number, claim] : claims_) {
      if (claim.state == ClaimState::waitlisted && claim.places <= capacity_) return number;
    }
    return 0;
  }
  std::vector<std::uint32_t> confirmed() const {
    std::vector<std::uint32_t> all;
    for (const auto& [number, claim] : claims_) {
      if (claim.state == ClaimState::confirmed) all.push_back(number);
    }
    return all;
  }
  std::size_t passed_over() const { return passed_over_.size(); }
  std::size_t served_after_all() const { return served_after_all_; }
  std::uint32_t places_of(std::uint32_t ticket) const { return claims_.at(ticket).places; }
  std::uint64_t free() const {
    std::uint64_t taken = 0;
    for (const auto& [number, claim] : claims_) {
      if (claim.state != ClaimState::waitlisted && claim.state != ClaimState::cancelled) taken += claim.places;
    }
    return capacity_ - taken;
  }
  ClaimState::Value state_of(std::uint32_t ticket) const { return claims_.at(ticket).state; }
  std::size_t size() const { return claims_.size(); }

 private:
  void note(const ProductCreated& e, const Id&) {
    capacity_ = e.terms().capacity();
    max_per_member_ = e.terms().max_per_member();
  }
  void note(const CapacityChanged& e, const Id&) { capacity_ = e.capacity(); }
  void note(const ClaimPlaced& e, const Id& actor) {
    ASSERT_EQ(e.ticket(), claims_.size() + 1) << "tickets are dense";
    if (e.state() == ClaimState::confirmed) {
      ASSERT_EQ(next_in_line(), 0U) << "somebody was overtaken";
    }
    claims_[e.ticket()] = {actor, e.places(), e.state()};
  }
  void note(const ClaimCancelled& e, const Id&) { claims_[e.ticket()].state = ClaimState::cancelled; }
  void note(const CheckedIn& e, const Id&) {
    ASSERT_EQ(claims_[e.ticket()].state, ClaimState::confirmed);
    claims_[e.ticket()].state = ClaimState::checked_in;
  }
  void note(const PlacesPromoted& e, const Id&) { promote(e); }
  template <class Other>
  void note(const Other&, const Id&) {}

  struct Claim {
    Id owner;
    std::uint32_t places;
    ClaimState::Value state;
  };

  void promote(const PlacesPromoted& e) {
    ASSERT_LE(e.last() - e.first(), 999U);
    const std::vector<std::uint32_t> skipped(e.skipped().begin(), e.skipped().end());
    for (std::uint32_t n = e.first(); n <= e.last(); ++n) {
      Claim& claim = claims_.at(n);
      if (std::find(skipped.begin(), skipped.end(), n) != skipped.end()) {
        if (claim.state != ClaimState::waitlisted) continue;
        ASSERT_GT(claim.places, capacity_) << "only who left, was served or is larger than the product is skipped";
        passed_over_.insert(n);
        continue;
      }
      ASSERT_EQ(next_in_line(), n) << "promoted out of turn";
      claim.state = ClaimState::confirmed;
      served_after_all_ += passed_over_.count(n);
    }
    for (const auto& [number, claim] : claims_) {
      if (number < e.last() && claim.state == ClaimState::waitlisted) {
        ASSERT_TRUE(passed_over_.contains(number)) << "overtaken, and the log does not say so";
      }
    }
  }

  std::set<std::uint32_t> passed_over_;  ///< whoever was, at some time
  std::size_t served_after_all_ = 0;
  std::uint64_t capacity_ = 0;
  std::uint64_t max_per_member_ = 0;
  std::map<std::uint32_t, Claim> claims_;
};

class RandomTrade : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomTrade, IsNeverOversoldAndAlwaysFair) {
  std::mt19937 random(GetParam());
  const auto below = [&](std::size_t n) { return static_cast<std::uint32_t>(random() % n); };
  ProductSpec spec;
  Ledger ledger;
  std::size_t read = 0;
  std::size_t decided = 0;
  const auto read_on = [&] {
    for (; read < spec.past().size(); ++read) ledger.read(spec.past()[read].first, spec.past()[read].second.actor);
    ledger.expect_kept_promises();
  };
  // Every other product is a small one, whose claims are soon larger than its capacity.
  const bool small = GetParam() % 2 == 0;
  spec.at(after(session_us - hour_us));
  spec.given(created(small ? pottery(4 + below(5), 8) : pottery(1 + below(30), 1 + below(5), below(4) != 0)));
  spec.given(ProductPublished{});
  const Actor cadre = person(spec.world, "cadre_a");
  const std::vector<Actor> people = [&] {
    std::vector<Actor> all;
    for (int i = 0; i < 60; ++i) all.push_back(person(spec.world, "claimant " + std::to_string(i)));
    return all;
  }();
  for (int step = 0; step < 1'500; ++step) {
    // Mostly young claims: the old ones are cancelled or checked in.
    const auto count = static_cast<std::uint32_t>(spec.state().tickets.size());
    // In a small product mostly those leave who have a place: there is room, and the head of the line is too large.
    const auto confirmed = small && below(4) != 0 ? ledger.confirmed() : std::vector<std::uint32_t>{};
    const std::uint32_t recent = count < 40 ? 1 + below(count + 1) : count - below(40);
    const std::uint32_t ticket = confirmed.empty() ? recent : confirmed[below(confirmed.size())];
    const Actor& actor = people[below(people.size())];
    const std::uint32_t choice = below(100);
    if (choice < (small ? 40U : 45U)) {
      spec.when(claim(below(small ? 9 : 4)), actor);
    } else if (choice < (small ? 70U : 85U)) {
      spec.when(on_ticket<CancelClaim>(ticket), below(4) == 0 ? actor : system());
    } else if (choice < (small ? 99U : 95U)) {
      // Of a small one often to what is just taken, so that claims grow too large.
      const auto taken = static_cast<std::uint32_t>(spec.state().taken);
      const std::uint32_t wanted = below(2) == 0 ? taken : 1 + below(9);
      spec.when(change_capacity(small ? wanted : below(60)), cadre);
    } else if (!small && choice < 96) {
      spec.when(on_ticket<CheckIn>(ticket), cadre);
    } else {
      spec.when(ContinuePromotion{}, system());
    }
    if (!spec.outcome()) continue;
    ++decided;
    spec.happened();
    read_on();
    if (HasFatalFailure()) return;
    // Whoever is next in line waits because they do not fit, and for no other reason.
    const std::uint32_t next = ledger.next_in_line();
    ASSERT_EQ(supermarket::next_in_line(spec.state()), next);
    if (next != 0) {
      ASSERT_GT(ledger.places_of(next), ledger.free());
    }
  }
  EXPECT_GT(decided, 300U) << "the generator refuses too much to prove anything";
  if (small) {
    EXPECT_GT(ledger.passed_over(), 0U);
    EXPECT_GT(ledger.served_after_all(), 0U);
  }
  for (std::uint32_t n = 1; n <= ledger.size(); ++n) {
    ASSERT_EQ(claim_state(spec.state(), *supermarket::ticket(spec.state(), n)), ledger.state_of(n));
  }
}

TEST_P(RandomTrade, ASnapshotAndItsTailEqualTheWholeStream) {
  std::mt19937 random(GetParam());
  const auto below = [&](std::size_t n) { return static_cast<std::uint32_t>(random() % n); };
  ProductSpec spec;
  spec.given(created(pottery(10, 3)));
  spec.given(ProductPublished{});
  for (int step = 0; step < 400; ++step) {
    const Actor actor = person(spec.world, "claimant " + std::to_string(below(12)));
    if (below(9) == 0) {
      spec.when(change_capacity(1 + below(12)), person(spec.world, "cadre_a"));
    } else if (below(3) != 0) {
      spec.when(claim(1 + below(3)), actor);
    } else {
      const auto count = static_cast<std::uint32_t>(spec.state().tickets.size());
      spec.when(on_ticket<CancelClaim>(1 + below(count + 1)), system());
    }
    if (spec.outcome()) spec.happened();
  }
  const auto& past = spec.past();
  ASSERT_GT(past.size(), 100U);
  const std::size_t cut = below(past.size());
  State whole;
  for (std::size_t i = 0; i < cut; ++i) evolve(whole, past[i].first, past[i].second);
  auto resumed = supermarket::decode(supermarket::encode(whole));
  ASSERT_TRUE(resumed);
  for (std::size_t i = cut; i < past.size(); ++i) {
    evolve(whole, past[i].first, past[i].second);
    evolve(*resumed, past[i].first, past[i].second);
  }
  EXPECT_EQ(supermarket::encode(*resumed), supermarket::encode(whole));
  EXPECT_EQ(resumed->held, whole.held);
  EXPECT_EQ(resumed->taken, whole.taken);
  EXPECT_EQ(resumed->waiting, whole.waiting);
  EXPECT_EQ(resumed->passed_over, whole.passed_over);
  EXPECT_EQ(resumed->promoted_through, whole.promoted_through);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomTrade, testing::Range(1U, 41U));

}  // namespace
}  // namespace pioneer::domain::specs
