// One JSON object, written member by member in order. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/cli/commands.hpp"

namespace pioneer::cli {

class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value);
  JsonObject& number(std::string_view name, std::uint64_t value);
  JsonObject& yes_no(std::string_view name, bool value);
  /// `json` is JSON already.
  JsonObject& raw(std::string_view name, std::string_view json);
  std::string str() const { return body_.empty() ? "{}" : "{" + body_ + "}"; }
  /// Without the braces.
  const std::string& members() const { return body_; }

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
  /// An element that is text.
  void add_text(std::string_view value);
  std::string str() const { return "[" + body_ + "]"; }

 private:
  std::string body_;
};

/// An object of which one member is an array that is said element by element, as they come: a whole log's answer takes
/// no memory. What broke off before end() is no JSON, so nobody takes a part for all.
class JsonStream {
 public:
  /// `before` stands before the array.
  JsonStream(JsonObject before, std::string_view array);
  /// JSON already.
  void add(std::string_view element);
  /// `after` stands behind it.
  void end(const JsonObject& after);

 private:
  std::string opening_;  ///< until it is said
  bool empty_ = true;
};

/// JSON with a line for each member and element, two spaces deeper at each level; what is empty stays on its line.
std::string indented(std::string_view json);
/// An answer that is JSON by nature: with --json as it is, else laid out for a reader.
void say_json(const Place& place, std::string_view json);

}  // namespace pioneer::cli
