// Bounds of what clients send. Each refusal is of kind invalid and names the field as the client wrote it.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/timestamp.pb.h>

#include "domain/common/id.hpp"
#include "domain/common/refusal.hpp"

namespace pioneer::api::checks {

using domain::Decided;
using domain::Refusal;

Refusal invalid(std::string_view code, std::string_view field, std::string sentence);
Refusal not_found();

/// Text of 1 to `chars_max` characters (code points) after white space at both ends is cut, of which one is visible; a
/// line has no line break. Codes: "missing", "too_long", "malformed" (what domain/common/text.hpp does not keep).
Decided<std::string> line(std::string_view text, std::string_view field, std::size_t chars_max);
Decided<std::string> text(std::string_view text, std::string_view field, std::size_t chars_max);
/// As text(), but it may be absent: "".
Decided<std::string> optional_text(std::string_view text, std::string_view field, std::size_t chars_max);
/// A word of lower-case letters, digits, '_' and '-': categories and kinds.
Decided<std::string> word(std::string_view text, std::string_view field);

/// Codes: "missing", "malformed_id".
Decided<domain::Id> id(std::string_view text, std::string_view field);
/// An id in a path: one that is none names nothing that exists.
Decided<domain::Id> path_id(std::string_view text);
/// A claim's number in its product, in decimal.
Decided<std::uint32_t> path_ticket(std::string_view text);

Decided<std::uint32_t> between(std::uint32_t value, std::string_view field, std::uint32_t least, std::uint32_t most);
/// Microseconds since 1970; years 1970 to 9999.
Decided<std::int64_t> instant(const google::protobuf::Timestamp& time, std::string_view field);

/// Eleven digits (1[3-9]…) without spaces, hyphens and country code; nothing if it is no such number.
std::optional<std::string> normal_phone(std::string_view phone);
Decided<std::string> phone(std::string_view text, std::string_view field);
/// 64 lower- or upper-case hexadecimal digits to 32 bytes.
Decided<std::string> hash(std::string_view text, std::string_view field);

/// Crockford's base32: https://www.crockford.com/base32.html
inline constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
inline constexpr std::size_t door_code_chars = 8;
/// A code as people type it (either case, O for 0, I or L for 1, spaces and hyphens) in its normal form; "" if it is
/// none.
std::string normal_door_code(std::string_view text);
/// Compares in a time that does not tell where the two differ.
bool is_same_code(std::string_view a, std::string_view b);

/// The value of an enum by its name, but not `unspecified`. Parse is the generated Value_Parse.
template <class Value, class Parse>
Decided<Value> named(std::string_view text, std::string_view field, Parse parse) {
  Value value{};
  if (text.empty()) return std::unexpected(invalid("missing", field, "This field is needed."));
  if (!parse(std::string(text), &value) || value == Value{}) {
    return std::unexpected(invalid("unknown_word", field, "This is not one of the words that may stand here."));
  }
  return value;
}

}  // namespace pioneer::api::checks
