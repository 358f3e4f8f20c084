#include "api/cli/json.hpp"

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

}  // namespace pioneer::cli
