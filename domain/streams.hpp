// How streams are named, and which stream a command is about.
// A name is a kind, a slash and an identifier; it never says anything about a person.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "domain/commands.hpp"

namespace pioneer::domain {

namespace stream_kind {
inline constexpr std::string_view organisation = "organisation";
inline constexpr std::string_view member = "member";
inline constexpr std::string_view policy = "policy";
inline constexpr std::string_view request = "request";
inline constexpr std::string_view product = "product";
/// Who opened personal fields, and who fetched entries of the log: a stream per organisation and month.
inline constexpr std::string_view access = "access";
/// A refusal that stands in the log: one event.
inline constexpr std::string_view refusal = "refusal";
}  // namespace stream_kind

/// "request/5k2…"
std::string stream_of(std::string_view kind, const Id& id);
/// "access/5k2…-202611", by the UTC month of `at_us`.
std::string access_stream(const Id& organisation, std::int64_t at_us);
inline constexpr std::string_view policy_stream = "policy/services";
inline constexpr std::string_view levels_stream = "policy/levels";

/// Kind and rest of a name.
std::pair<std::string_view, std::string_view> parts_of(std::string_view stream);
/// The id in a name of kind `kind`; nothing if it is another kind's.
std::optional<Id> id_in(std::string_view stream, std::string_view kind);

/// The stream whose state decides the command, and in which its actor's pseudonym is derived.
/// RecordPersonalDataOpened and RecordEntriesFetched have no fixed one (its month is the Writer's): empty.
std::string primary_stream(const AnyCommand& command);

}  // namespace pioneer::domain
