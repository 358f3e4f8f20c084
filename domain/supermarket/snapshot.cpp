#include "domain/supermarket/snapshot.hpp"

#include "domain/supermarket/snapshot.pb.h"

namespace pioneer::domain::supermarket {
namespace {

constexpr std::uint32_t format = 1;
constexpr std::uint8_t rated_bit = 0x80;
constexpr std::size_t id_bytes = sizeof(Id);

}  // namespace

std::string encode(const State& state) {
  ProductSnapshot s;
  s.set_format(format);
  s.set_state(static_cast<std::uint32_t>(state.state));
  s.set_organisation(std::string(state.organisation.view()));
  s.set_capacity(state.capacity);
  s.set_max_per_member(state.max_per_member);
  s.set_waitlist(state.waitlist);
  s.set_opens_us(state.opens.us);
  s.set_closes_us(state.closes.us);
  s.set_first_session_us(state.first_session.us);
  s.set_last_session_ends_us(state.last_session_ends.us);
  s.mutable_owners()->reserve(state.tickets.size() * id_bytes);
  s.mutable_states()->reserve(state.tickets.size());
  s.mutable_places()->Reserve(static_cast<int>(state.tickets.size()));
  for (const Ticket& t : state.tickets) {
    s.mutable_owners()->append(t.owner.view());
    s.add_places(t.places);
    s.mutable_states()->push_back(static_cast<char>(t.state | (t.rated ? rated_bit : 0)));
  }
  s.set_promoted_through(state.promoted_through);
  return s.SerializeAsString();
}

std::optional<State> decode(std::string_view bytes) {
  ProductSnapshot s;
  if (!s.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || s.format() != format) return std::nullopt;
  const std::size_t count = s.states().size();
  if (s.owners().size() != count * id_bytes || static_cast<std::size_t>(s.places_size()) != count ||
      s.promoted_through() > count) {
    return std::nullopt;
  }
  State state;
  state.state = static_cast<ProductState::Value>(s.state());
  state.organisation = Id::of(s.organisation());
  state.capacity = s.capacity();
  state.max_per_member = s.max_per_member();
  state.waitlist = s.waitlist();
  state.opens = {s.opens_us()};
  state.closes = {s.closes_us()};
  state.first_session = {s.first_session_us()};
  state.last_session_ends = {s.last_session_ends_us()};
  state.promoted_through = s.promoted_through();
  state.tickets.reserve(count);
  state.held.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto packed = static_cast<std::uint8_t>(s.states()[i]);
    const auto claim = static_cast<std::uint8_t>(packed & ~rated_bit);
    const std::uint32_t places = s.places(static_cast<int>(i));
    const Id owner = Id::of(std::string_view(s.owners()).substr(i * id_bytes, id_bytes));
    state.tickets.push_back({owner, places, claim, (packed & rated_bit) != 0});
    if (claim == ClaimState::cancelled) continue;
    state.held[owner] += places;
    if (claim == ClaimState::waitlisted) {
      ++state.waiting;
      if (places > state.capacity) ++state.passed_over;
    } else {
      state.taken += places;
    }
  }
  return state;
}

}  // namespace pioneer::domain::supermarket
