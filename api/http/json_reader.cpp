#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include "api/http/json.hpp"
#include "api/http/json_scanner.hpp"
#include "api/http/rfc3339.hpp"
#include "api/text/words.hpp"

namespace pioneer::api::http {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Read = std::expected<void, JsonError>;

constexpr int depth_max = 32;

class Reader {
 public:
  explicit Reader(std::string_view text) : scan_(text) {}

  Read whole(Message& into) {
    if (auto read = message(into, depth_max); !read) return read;
    if (!scan_.at_end()) return malformed("Something follows the end of the JSON.");
    return {};
  }

 private:
  Read fail(unsigned status, std::string code, std::string sentence) const {
    std::string path;
    for (const auto& name : path_) path.append(path.empty() ? "" : ".").append(name);
    return std::unexpected(JsonError{status, std::move(code), std::move(sentence), std::move(path)});
  }
  Read malformed(std::string sentence) const {
    return fail(400, "malformed_json", std::move(sentence) + " (At byte " + std::to_string(scan_.offset()) + ".)");
  }
  Read wrong_type(std::string expected) const { return fail(400, "wrong_type", std::move(expected) + " stands here."); }

  Read message(Message& into, int depth) {
    if (depth <= 0) return malformed("Too many objects and lists within each other.");
    if (!scan_.take('{'))
      return scan_.peek() == 0 ? malformed("A JSON object stands here.") : wrong_type("A JSON object");
    std::vector<bool> seen(static_cast<std::size_t>(into.GetDescriptor()->field_count()));
    if (scan_.take('}')) return {};
    while (true) {
      auto name = scan_.string();
      if (!name) return malformed(name.error());
      if (!scan_.take(':')) return malformed("A colon stands between a name and its value.");
      const auto* found = find(into, *name);
      path_.push_back(std::move(*name));
      if (found == nullptr) return fail(400, "unknown_field", "There is no field of this name here.");
      const auto index = static_cast<std::size_t>(found->index());
      if (seen[index]) return fail(400, "repeated_field", "This field stands here twice.");
      seen[index] = true;
      if (auto read = field(into, *found, depth); !read) return read;
      path_.pop_back();
      if (scan_.take('}')) return {};
      if (!scan_.take(',')) return malformed("A comma stands between two fields.");
    }
  }

  static const FieldDescriptor* find(const Message& in, std::string_view name) {
    const auto& type = *in.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i)
      if (type.field(i)->json_name() == name) return type.field(i);
    return nullptr;
  }

  Read field(Message& into, const FieldDescriptor& f, int depth) {
    if (scan_.take_word("null")) return {};
    if (!f.is_repeated()) return value(into, f, depth);
    if (!scan_.take('[')) return wrong_type("A list");
    if (scan_.take(']')) return {};
    while (true) {
      if (auto read = value(into, f, depth); !read) return read;
      if (scan_.take(']')) return {};
      if (!scan_.take(',')) return malformed("A comma stands between two values.");
    }
  }

  Read value(Message& into, const FieldDescriptor& f, int depth) {
    const auto& r = *into.GetReflection();
    switch (f.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return integer<std::int32_t>(into, f, &Reflection::SetInt32, &Reflection::AddInt32);
      case FieldDescriptor::CPPTYPE_UINT32:
        return integer<std::uint32_t>(into, f, &Reflection::SetUInt32, &Reflection::AddUInt32);
      case FieldDescriptor::CPPTYPE_INT64:
        return integer<std::int64_t>(into, f, &Reflection::SetInt64, &Reflection::AddInt64);
      case FieldDescriptor::CPPTYPE_UINT64:
        return integer<std::uint64_t>(into, f, &Reflection::SetUInt64, &Reflection::AddUInt64);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return real(into, f);
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool is = scan_.take_word("true");
        if (!is && !scan_.take_word("false")) return wrong_type("true or false");
        f.is_repeated() ? r.AddBool(&into, &f, is) : r.SetBool(&into, &f, is);
        return {};
      }
      case FieldDescriptor::CPPTYPE_STRING:
        return text(into, f);
      case FieldDescriptor::CPPTYPE_ENUM:
        return word(into, f);
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        auto* inner = f.is_repeated() ? r.AddMessage(&into, &f) : r.MutableMessage(&into, &f);
        if (inner->GetDescriptor() == google::protobuf::Timestamp::descriptor())
          return time(static_cast<google::protobuf::Timestamp&>(*inner));
        return message(*inner, depth - 1);
      }
      case FieldDescriptor::CPPTYPE_FLOAT:
        break;  // in no message of ours
    }
    return wrong_type("Another kind of value");
  }

  template <class Number>
  Read integer(Message& into, const FieldDescriptor& f,
               void (Reflection::*set)(Message*, const FieldDescriptor*, Number) const,
               void (Reflection::*add)(Message*, const FieldDescriptor*, Number) const) {
    const bool quoted = sizeof(Number) == 8 && scan_.peek() == '"';
    std::string held;
    std::string_view digits;
    if (quoted) {
      auto read = scan_.string();
      if (!read) return malformed(read.error());
      held = std::move(*read);
      digits = held;
    } else {
      if (!starts_number()) return wrong_type("A whole number");
      auto read = scan_.number();
      if (!read) return malformed(read.error());
      digits = *read;
    }
    const auto body = digits.starts_with('-') ? digits.substr(1) : digits;
    if (body.empty() || body.find_first_not_of("0123456789") != std::string_view::npos)
      return wrong_type("A whole number");
    Number number{};
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size())
      return fail(422, "out_of_bounds",
                  "A whole number from " + std::to_string(std::numeric_limits<Number>::min()) + " to " +
                      std::to_string(std::numeric_limits<Number>::max()) + " stands here.");
    const auto& r = *into.GetReflection();
    f.is_repeated() ? (r.*add)(&into, &f, number) : (r.*set)(&into, &f, number);
    return {};
  }

  bool starts_number() {
    const char c = scan_.peek();
    return c == '-' || (c >= '0' && c <= '9');
  }

  Read real(Message& into, const FieldDescriptor& f) {
    if (!starts_number()) return wrong_type("A number");
    const auto read = scan_.number();
    if (!read) return malformed(read.error());
    double number{};
    const auto parsed = std::from_chars(read->data(), read->data() + read->size(), number);
    if (parsed.ec != std::errc{} || !std::isfinite(number))
      return fail(422, "out_of_bounds", "This number is too large or too small.");
    const auto& r = *into.GetReflection();
    f.is_repeated() ? r.AddDouble(&into, &f, number) : r.SetDouble(&into, &f, number);
    return {};
  }

  Read text(Message& into, const FieldDescriptor& f) {
    if (scan_.peek() != '"') return wrong_type("Text");
    auto read = scan_.string();
    if (!read) return malformed(read.error());
    if (f.type() == FieldDescriptor::TYPE_BYTES) return wrong_type("Another kind of value");  // in no body of ours
    if (read->find('\0') != std::string::npos) return malformed("A zero character cannot stand in text.");
    const auto& r = *into.GetReflection();
    f.is_repeated() ? r.AddString(&into, &f, std::move(*read)) : r.SetString(&into, &f, std::move(*read));
    return {};
  }

  Read word(Message& into, const FieldDescriptor& f) {
    if (scan_.peek() != '"') return wrong_type("A word");
    const auto read = scan_.string();
    if (!read) return malformed(read.error());
    const auto* value = enum_value_of(*f.enum_type(), *read);
    if (value == nullptr || value->number() == 0)
      return fail(422, "unknown_word", "This word is not one of those that can stand here.");
    const auto& r = *into.GetReflection();
    f.is_repeated() ? r.AddEnum(&into, &f, value) : r.SetEnum(&into, &f, value);
    return {};
  }

  Read time(google::protobuf::Timestamp& into) {
    if (scan_.peek() != '"') return wrong_type("A time");
    const auto read = scan_.string();
    if (!read) return malformed(read.error());
    const auto parsed = parse_rfc3339(*read);
    if (!parsed) return wrong_type("A time like 2026-03-01T08:00:00Z");
    into.set_seconds(parsed->seconds);
    into.set_nanos(parsed->nanos);
    return {};
  }

  JsonScanner scan_;
  std::vector<std::string> path_;
};

}  // namespace

Read from_json(std::string_view json, Message& into) {
  into.Clear();
  auto read = Reader(json).whole(into);
  if (read || read.error().code == "malformed_json") return read;
  // What is cut off or broken further on says so first: what it holds so far may be half of something.
  JsonScanner scan(json);
  if (scan.skip(depth_max + 1) && scan.at_end()) return read;
  return std::unexpected(
      JsonError{400, "malformed_json",
                "This is not JSON: it is cut off, or has a mistake. (At byte " + std::to_string(scan.offset()) + ".)",
                std::move(read.error().field)});
}

}  // namespace pioneer::api::http
