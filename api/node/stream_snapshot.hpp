// How the state of a stream is folded, and kept beside it so that a long one need not be read from its beginning.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "api/node/stream_cache.hpp"
#include "domain/events.hpp"
#include "domain/requests/snapshot.hpp"
#include "domain/requests/state.hpp"
#include "domain/supermarket/snapshot.hpp"
#include "domain/supermarket/state.hpp"

namespace pioneer::node {

template <class State, class Event>
void evolve_any(State& state, const domain::AnyEvent& event, const domain::Happened& happened) {
  std::visit(
      [&](const auto& e) {
        if constexpr (std::is_constructible_v<Event, decltype(e)>) evolve(state, Event(e), happened);
      },
      event);
}

// How a stream's state is folded, kept and read back, for each kind of state.
inline void fold(domain::requests::State& s, const domain::AnyEvent& e, const domain::Happened& h) {
  evolve_any<domain::requests::State, domain::requests::Event>(s, e, h);
}
inline void fold(domain::supermarket::State& s, const domain::AnyEvent& e, const domain::Happened& h) {
  evolve_any<domain::supermarket::State, domain::supermarket::Event>(s, e, h);
}
template <class Plain>
void fold(Plain&, const domain::AnyEvent&, const domain::Happened&) {}

inline std::string snapshot_of(const domain::requests::State& s) { return domain::requests::encode(s); }
inline std::string snapshot_of(const domain::supermarket::State& s) { return domain::supermarket::encode(s); }
template <class Plain>
std::string snapshot_of(const Plain&) {
  return {};
}
inline bool restore(std::string_view bytes, domain::requests::State& s) {
  auto decoded = domain::requests::decode(bytes);
  if (decoded) s = std::move(*decoded);
  return decoded.has_value();
}
inline bool restore(std::string_view bytes, domain::supermarket::State& s) {
  auto decoded = domain::supermarket::decode(bytes);
  if (decoded) s = std::move(*decoded);
  return decoded.has_value();
}
template <class Plain>
bool restore(std::string_view, Plain&) {
  return true;
}

// A snapshot row: revision (8, little-endian), number of pseudonyms (8), the pseudonyms, the state.
template <class State>
std::string encode_snapshot(const CachedStream<State>& stream) {
  std::string row(16, '\0');
  const std::uint64_t count = stream.introduced.size();
  std::memcpy(row.data(), &stream.revision, 8);
  std::memcpy(row.data() + 8, &count, 8);
  for (const auto& pseudonym : stream.introduced) row.append(pseudonym.view());
  return row + snapshot_of(stream.state);
}

template <class State>
bool decode_snapshot(std::string_view row, CachedStream<State>& into) {
  std::uint64_t count = 0;
  if (row.size() < 16) return false;
  std::memcpy(&into.revision, row.data(), 8);
  std::memcpy(&count, row.data() + 8, 8);
  row.remove_prefix(16);
  if (row.size() / 16 < count) return false;
  for (std::uint64_t i = 0; i < count; ++i) into.introduced.insert(domain::Id::of(row.substr(i * 16, 16)));
  return restore(row.substr(count * 16), into.state);
}

}  // namespace pioneer::node
