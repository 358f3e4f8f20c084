// One product of the supermarket and all its claims: what deciding needs, 24 bytes a claim, O(1) a command.
// Plain values; one writer at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <variant>
#include <vector>

#include "domain/common/context.hpp"
#include "domain/common/id.hpp"
#include "domain/common/instant.hpp"
#include "domain/supermarket/supermarket.pb.h"

namespace pioneer::domain::supermarket {

using Event =
    std::variant<ProductCreated, ProductPublished, CapacityChanged, PicturesChanged, ProductCancelled, ProductCompleted,
                 ClaimPlaced, ClaimCancelled, PlacesPromoted, CheckedIn, ClaimCompleted, NoShowMarked, ClaimRated>;

/// A claim. Its number is its index + 1.
struct Ticket {
  Pseudonym owner;
  std::uint32_t places = 0;
  std::uint8_t state = 0;  ///< ClaimState as it was last written; see claim_state()
  bool rated = false;
};
static_assert(sizeof(Ticket) <= 24);

struct State {
  ProductState::Value state = ProductState::unspecified;
  Id organisation;
  std::uint32_t capacity = 0;
  std::uint32_t max_per_member = 0;
  bool waitlist = false;
  Instant opens;   ///< zero: with publication
  Instant closes;  ///< no claims from here on
  Instant first_session;
  Instant last_session_ends;

  std::vector<Ticket> tickets;
  /// Places of each person in claims that are not cancelled, waiting ones included; no entry: none.
  std::unordered_map<Pseudonym, std::uint32_t, IdHash> held;
  std::uint64_t taken = 0;    ///< places of claims neither waiting nor cancelled; never above capacity
  std::uint32_t waiting = 0;  ///< claims that wait
  /// Those of `waiting` that want more places than the product has since its capacity was lowered: passed over.
  std::uint32_t passed_over = 0;
  /// The next in line is behind this ticket. Up to it, every one has left the waiting list, never stood in it, or was
  /// passed over by a promotion.
  std::uint32_t promoted_through = 0;
};

void evolve(State& state, const Event& event, const Happened& happened);

/// Null: no such ticket.
const Ticket* ticket(const State& state, std::uint32_t number);
/// As it counts today: in a cancelled product, confirmed and waiting claims are cancelled; in a completed one, waiting
/// claims are.
ClaimState::Value claim_state(const State& state, const Ticket& ticket);
std::uint32_t places_left(const State& state);
/// True when this claim waits for more places than there are now. It keeps its turn for when there are more.
bool is_passed_over(const State& state, const Ticket& ticket);
/// The claim that is next in line: the first of those that wait and are not passed over; 0: there is none.
std::uint32_t next_in_line(const State& state);
/// True when the next in line fits: a promotion was longer than one commit. The node then sends ContinuePromotion.
bool promotion_pending(const State& state);
/// Its place among all that wait, those passed over counted too: 1 for the first; 0: does not wait. A fresh claim's is
/// state.waiting. O(waiting), O(tickets) while somebody is passed over.
std::uint32_t waitlist_position(const State& state, std::uint32_t number);

}  // namespace pioneer::domain::supermarket
