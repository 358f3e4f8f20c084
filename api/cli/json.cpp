#include "api/cli/json.hpp"

#include <utility>

#include "api/http/json.hpp"

namespace pioneer::cli {

JsonObject& JsonObject::name(std::string_view name) {
  if (!body_.empty()) body_ += ',';
  api::http::append_json_string(body_, name);
  body_ += ':';
  return *this;
}

JsonObject& JsonObject::text(std::string_view n, std::string_view value) {
  name(n);
  api::http::append_json_string(body_, value);
  return *this;
}

JsonObject& JsonObject::number(std::string_view n, std::uint64_t value) { return raw(n, std::to_string(value)); }
JsonObject& JsonObject::yes_no(std::string_view n, bool value) { return raw(n, value ? "true" : "false"); }

JsonObject& JsonObject::raw(std::string_view n, std::string_view json) {
  name(n);
  body_ += json;
  return *this;
}

void JsonArray::add_text(std::string_view value) {
  std::string json;
  api::http::append_json_string(json, value);
  add(json);
}

JsonStream::JsonStream(JsonObject before, std::string_view array) : opening_("{" + before.raw(array, "[").members()) {}

void JsonStream::add(std::string_view element) {
  say_part(std::exchange(opening_, {}));
  if (!std::exchange(empty_, false)) say_part(",");
  say_part(element);
}

void JsonStream::end(const JsonObject& after) {
  say_part(std::exchange(opening_, {}));
  say("]" + std::string(after.members().empty() ? "" : ",") + after.members() + "}");
}

std::string indented(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  bool quoted = false;
  const auto new_line = [&] { out.append("\n").append(depth * 2, ' '); };
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (quoted) {
      out += c;
      if (c == '\\' && at + 1 < json.size()) {
        out += json[++at];
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '{' || c == '[') {
      out += c;
      const char closing = c == '{' ? '}' : ']';
      if (at + 1 < json.size() && json[at + 1] == closing) {
        out += json[++at];
      } else {
        ++depth;
        new_line();
      }
    } else if (c == '}' || c == ']') {
      if (depth > 0) --depth;
      new_line();
      out += c;
    } else if (c == ',') {
      out += c;
      new_line();
    } else if (c != ' ' && c != '\n') {
      out += c;
      if (c == ':') out += ' ';
      quoted = c == '"';
    }
  }
  return out;
}

void say_json(const Place& place, std::string_view json) { say(place.json ? std::string(json) : indented(json)); }

}  // namespace pioneer::cli
