#include "domain/supermarket/state.hpp"

#include <algorithm>
#include <limits>

namespace pioneer::domain::supermarket {
namespace {

Ticket* at(State& state, std::uint32_t number) {
  return number >= 1 && number <= state.tickets.size() ? &state.tickets[number - 1] : nullptr;
}

bool waits(const Ticket& t) { return t.state == ClaimState::waitlisted; }

bool is_larger_than_all(const State& state, const Ticket& t) { return waits(t) && t.places > state.capacity; }

/// `last`: a promotion has looked at the tickets up to it.
void pass_those_who_do_not_wait(State& state, std::uint32_t last = 0) {
  for (; state.promoted_through < state.tickets.size(); ++state.promoted_through) {
    const Ticket& next = state.tickets[state.promoted_through];
    const bool passed_over = is_larger_than_all(state, next) && state.promoted_through < last;
    if (waits(next) && !passed_over) break;
  }
}

// Only claims that hold places are attended or missed; the sums over the others stay as they are.
void set_claim(State& state, std::uint32_t number, ClaimState::Value to) {
  Ticket* t = at(state, number);
  if (t == nullptr || waits(*t) || t->state == ClaimState::cancelled) return;
  t->state = static_cast<std::uint8_t>(to);
}

void apply(State& state, const ProductCreated& e, const Happened&) {
  const ProductTerms& terms = e.terms();
  state.state = ProductState::draft;
  state.organisation = Id::of(terms.organisation());
  state.capacity = terms.capacity();
  state.max_per_member = terms.max_per_member();
  state.waitlist = terms.waitlist();
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = 0;
  for (const Session& session : terms.sessions()) {
    first = std::min(first, session.starts_us());
    last = std::max(last, session.ends_us());
  }
  state.first_session = {first};
  state.last_session_ends = {last};
  state.opens = {terms.opens_us()};
  state.closes = {terms.closes_us() == 0 ? first : terms.closes_us()};
}

void apply(State& state, const ProductPublished&, const Happened&) { state.state = ProductState::published; }
// Whoever is larger than the product is passed over; who was and fits again is next in line, having come first.
void apply(State& state, const CapacityChanged& e, const Happened&) {
  const bool nobody_concerned = state.waiting == 0 || (e.capacity() > state.capacity && state.passed_over == 0);
  state.capacity = e.capacity();
  if (nobody_concerned) return;
  state.passed_over = 0;
  std::uint32_t first = 0;
  for (std::uint32_t number = 1; number <= state.tickets.size(); ++number) {
    const Ticket& t = state.tickets[number - 1];
    if (!waits(t)) continue;
    if (is_larger_than_all(state, t)) {
      ++state.passed_over;
    } else if (first == 0) {
      first = number;
    }
  }
  if (first != 0) state.promoted_through = std::min(state.promoted_through, first - 1);
}
void apply(State&, const PicturesChanged&, const Happened&) {}  // nothing is decided by them
void apply(State& state, const ProductCancelled&, const Happened&) { state.state = ProductState::cancelled; }
void apply(State& state, const ProductCompleted&, const Happened&) { state.state = ProductState::completed; }

void apply(State& state, const ClaimPlaced& e, const Happened& happened) {
  if (e.ticket() != state.tickets.size() + 1) return;
  state.tickets.push_back({happened.actor, e.places(), static_cast<std::uint8_t>(e.state()), false});
  state.held[happened.actor] += e.places();
  if (e.state() == ClaimState::waitlisted) {
    ++state.waiting;
    if (e.places() > state.capacity) ++state.passed_over;
  } else {
    state.taken += e.places();
  }
  pass_those_who_do_not_wait(state);
}

void apply(State& state, const ClaimCancelled& e, const Happened&) {
  Ticket* t = at(state, e.ticket());
  if (t == nullptr || t->state == ClaimState::cancelled) return;
  if (waits(*t)) {
    --state.waiting;
    if (is_larger_than_all(state, *t)) --state.passed_over;
  } else {
    state.taken -= t->places;
  }
  t->state = ClaimState::cancelled;
  pass_those_who_do_not_wait(state);
  const auto held = state.held.find(t->owner);
  if (held == state.held.end()) return;
  held->second -= t->places;
  if (held->second == 0) state.held.erase(held);
}

// Of the skipped, only those passed over still wait.
void apply(State& state, const PlacesPromoted& e, const Happened&) {
  for (std::uint32_t number = e.first(); number <= e.last(); ++number) {
    Ticket* t = at(state, number);
    if (t == nullptr) break;
    if (!waits(*t) || is_larger_than_all(state, *t)) continue;
    t->state = ClaimState::confirmed;
    --state.waiting;
    state.taken += t->places;
  }
  pass_those_who_do_not_wait(state, e.last());
}

void apply(State& state, const CheckedIn& e, const Happened&) { set_claim(state, e.ticket(), ClaimState::checked_in); }
void apply(State& state, const ClaimCompleted& e, const Happened&) {
  set_claim(state, e.ticket(), ClaimState::completed);
}
void apply(State& state, const NoShowMarked& e, const Happened&) { set_claim(state, e.ticket(), ClaimState::no_show); }
void apply(State& state, const ClaimRated& e, const Happened&) {
  if (Ticket* t = at(state, e.ticket())) t->rated = true;
}

}  // namespace

void evolve(State& state, const Event& event, const Happened& happened) {
  std::visit([&](const auto& e) { apply(state, e, happened); }, event);
}

const Ticket* ticket(const State& state, std::uint32_t number) {
  return number >= 1 && number <= state.tickets.size() ? &state.tickets[number - 1] : nullptr;
}

ClaimState::Value claim_state(const State& state, const Ticket& ticket) {
  const auto written = static_cast<ClaimState::Value>(ticket.state);
  const bool lapses = state.state == ProductState::cancelled || state.state == ProductState::completed;
  if (lapses && written == ClaimState::waitlisted) return ClaimState::cancelled;
  if (state.state == ProductState::cancelled && written == ClaimState::confirmed) return ClaimState::cancelled;
  return written;
}

std::uint32_t places_left(const State& state) {
  return state.taken >= state.capacity ? 0 : static_cast<std::uint32_t>(state.capacity - state.taken);
}

bool is_passed_over(const State& state, const Ticket& ticket) {
  return claim_state(state, ticket) == ClaimState::waitlisted && is_larger_than_all(state, ticket);
}

std::uint32_t next_in_line(const State& state) {
  if (state.waiting == state.passed_over) return 0;
  for (std::uint32_t number = state.promoted_through + 1; number <= state.tickets.size(); ++number) {
    const Ticket& t = state.tickets[number - 1];
    if (waits(t) && !is_larger_than_all(state, t)) return number;
  }
  return 0;
}

bool promotion_pending(const State& state) {
  const std::uint32_t next = next_in_line(state);
  return state.state == ProductState::published && next != 0 && state.tickets[next - 1].places <= places_left(state);
}

std::uint32_t waitlist_position(const State& state, std::uint32_t number) {
  const Ticket* wanted = ticket(state, number);
  if (wanted == nullptr || claim_state(state, *wanted) != ClaimState::waitlisted) return 0;
  std::uint32_t position = 0;
  for (std::uint32_t n = state.passed_over == 0 ? state.promoted_through + 1 : 1; n <= number; ++n) {
    if (waits(state.tickets[n - 1])) ++position;
  }
  return position;
}

}  // namespace pioneer::domain::supermarket
