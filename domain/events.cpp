#include "domain/events.hpp"

#include <array>
#include <unordered_map>
#include <utility>

namespace pioneer::domain {
namespace {

template <std::size_t I>
std::optional<AnyEvent> parse_alternative(std::string_view payload) {
  std::variant_alternative_t<I, AnyEvent> event;
  if (!event.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return std::nullopt;
  return AnyEvent(std::in_place_index<I>, std::move(event));
}

using Parse = std::optional<AnyEvent> (*)(std::string_view);

template <std::size_t... I>
std::unordered_map<std::string_view, Parse> parsers(std::index_sequence<I...>) {
  return {{std::variant_alternative_t<I, AnyEvent>::descriptor()->name(), &parse_alternative<I>}...};
}

}  // namespace

std::string_view event_type(const AnyEvent& event) {
  return std::visit([](const auto& e) -> std::string_view { return e.GetDescriptor()->name(); }, event);
}

std::string event_payload(const AnyEvent& event) {
  return std::visit([](const auto& e) { return e.SerializeAsString(); }, event);
}

std::optional<AnyEvent> parse_event(std::string_view type, std::string_view payload) {
  static const auto known = parsers(std::make_index_sequence<std::variant_size_v<AnyEvent>>{});
  const auto found = known.find(type);
  return found == known.end() ? std::nullopt : found->second(payload);
}

}  // namespace pioneer::domain
