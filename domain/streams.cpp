#include "domain/streams.hpp"

#include <chrono>

namespace pioneer::domain {
namespace {

// One overload a kind of field that names the stream; chosen by which accessor the command has.
template <class Command>
std::string name_of(const Command& c) {
  if constexpr (std::is_same_v<Command, AdoptPolicy>) {
    return std::string(policy_stream);
  } else if constexpr (std::is_same_v<Command, RaiseFeatureLevel>) {
    return std::string(levels_stream);
  } else if constexpr (std::is_same_v<Command, RecordPersonalDataOpened> ||
                       std::is_same_v<Command, RecordEntriesFetched>) {
    return {};
  } else if constexpr (std::is_same_v<Command, RegisterOrganisation>) {
    return stream_of(stream_kind::organisation, Id::of(c.id()));
  } else if constexpr (std::is_same_v<Command, RegisterMember>) {
    return stream_of(stream_kind::member, Id::of(c.id()));
  } else if constexpr (std::is_same_v<Command, SubmitRequest> || std::is_same_v<Command, ImportRequest>) {
    return stream_of(stream_kind::request, Id::of(c.id()));
  } else if constexpr (std::is_same_v<Command, CreateProduct>) {
    return stream_of(stream_kind::product, Id::of(c.id()));
  } else if constexpr (requires { c.request(); }) {
    return stream_of(stream_kind::request, Id::of(c.request()));
  } else if constexpr (requires { c.product(); }) {
    return stream_of(stream_kind::product, Id::of(c.product()));
  } else if constexpr (requires { c.member(); }) {
    return stream_of(stream_kind::member, Id::of(c.member()));
  } else {
    return stream_of(stream_kind::organisation, Id::of(c.organisation()));
  }
}

}  // namespace

std::string stream_of(std::string_view kind, const Id& id) {
  std::string name;
  name.reserve(kind.size() + 27);
  name.append(kind).append("/").append(id.text());
  return name;
}

std::string access_stream(const Id& organisation, std::int64_t at_us) {
  const std::chrono::sys_time<std::chrono::microseconds> at{std::chrono::microseconds(at_us)};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(at)};
  const auto month = static_cast<unsigned>(day.month());
  return stream_of(stream_kind::access, organisation) + "-" + std::to_string(static_cast<int>(day.year())) +
         (month < 10 ? "0" : "") + std::to_string(month);
}

std::pair<std::string_view, std::string_view> parts_of(std::string_view stream) {
  const auto slash = stream.find('/');
  if (slash == std::string_view::npos) return {stream, {}};
  return {stream.substr(0, slash), stream.substr(slash + 1)};
}

std::optional<Id> id_in(std::string_view stream, std::string_view kind) {
  const auto [its_kind, rest] = parts_of(stream);
  return its_kind == kind ? Id::parse(rest) : std::nullopt;
}

std::string primary_stream(const AnyCommand& command) {
  return std::visit([](const auto& c) { return name_of(c); }, command);
}

}  // namespace pioneer::domain
