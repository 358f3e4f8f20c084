// Messages as JSON and back: the proto3 mapping, narrowed to one way to write each thing.
//
// Our own, by reflection, because protobuf's reader accepts what is no JSON (unquoted names, single quotes, a trailing
// comma, a field twice) and its writer takes 21 µs for a view of eight fields, on the path of every answer.
//
// Writing: fields in the order of their numbers; zero and empty values always; what has presence and is not set
// (optional, messages) never; 64-bit integers as strings; enums as their words; bytes as base64; Timestamp as RFC 3339;
// Struct as an object. Reading: RFC 8259 strictly, UTF-8 checked, 32 levels at most; names in lowerCamelCase only;
// `null` counts as absent; 64-bit integers as numbers or strings. Any thread.
#pragma once

#include <google/protobuf/message.h>

#include <expected>
#include <string>
#include <string_view>

namespace pioneer::api::http {

void append_json(std::string& out, const google::protobuf::Message& message);
std::string to_json(const google::protobuf::Message& message);
/// A string with its quotes.
void append_json_string(std::string& out, std::string_view text);

struct JsonError {
  unsigned status;       ///< 400; 422 for a number outside its type
  std::string code;      ///< malformed_json, unknown_field, repeated_field, wrong_type, unknown_word, out_of_bounds
  std::string sentence;  ///< for a person
  std::string field;     ///< "sessions.starts"; empty: none in particular
};

/// Fills `into` (cleared first).
std::expected<void, JsonError> from_json(std::string_view json, google::protobuf::Message& into);

}  // namespace pioneer::api::http
