// One JSON object, written member by member in order. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pioneer::cli {

class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value);
  JsonObject& number(std::string_view name, std::uint64_t value);
  JsonObject& yes_no(std::string_view name, bool value);
  /// `json` is JSON already.
  JsonObject& raw(std::string_view name, std::string_view json);
  std::string str() const { return body_.empty() ? "{}" : "{" + body_ + "}"; }

 private:
  JsonObject& name(std::string_view name);
  std::string body_;
};

/// Elements are JSON already.
class JsonArray {
 public:
  void add(std::string_view json) {
    if (!body_.empty()) body_ += ',';
    body_ += json;
  }
  std::string str() const { return "[" + body_ + "]"; }

 private:
  std::string body_;
};

}  // namespace pioneer::cli
