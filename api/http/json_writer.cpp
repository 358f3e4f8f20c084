#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/text/bytes.hpp"
#include "api/text/words.hpp"

namespace pioneer::api::http {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 40> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_real(std::string& out, double value) {
  if (std::isfinite(value))
    append_number(out, value);
  else
    out.append("null");  // JSON has no such number
}

template <class Number>
void append_quoted_number(std::string& out, Number value) {
  out.push_back('"');
  append_number(out, value);
  out.push_back('"');
}

void append_struct(std::string& out, const google::protobuf::Struct& object);

void append_value(std::string& out, const google::protobuf::Value& value) {
  using google::protobuf::Value;
  switch (value.kind_case()) {
    case Value::kNumberValue:
      return append_real(out, value.number_value());
    case Value::kStringValue:
      return append_json_string(out, value.string_value());
    case Value::kBoolValue:
      out.append(value.bool_value() ? "true" : "false");
      return;
    case Value::kStructValue:
      return append_struct(out, value.struct_value());
    case Value::kListValue: {
      out.push_back('[');
      bool first = true;
      for (const auto& each : value.list_value().values()) {
        if (!first) out.push_back(',');
        first = false;
        append_value(out, each);
      }
      out.push_back(']');
      return;
    }
    default:
      out.append("null");
      return;
  }
}

/// Names in order, so that equal objects are equal bytes.
void append_struct(std::string& out, const google::protobuf::Struct& object) {
  std::vector<std::pair<std::string_view, const google::protobuf::Value*>> sorted;
  for (const auto& [name, value] : object.fields()) sorted.emplace_back(name, &value);
  std::sort(sorted.begin(), sorted.end());
  out.push_back('{');
  bool first = true;
  for (const auto& [name, value] : sorted) {
    if (!first) out.push_back(',');
    first = false;
    append_json_string(out, name);
    out.push_back(':');
    append_value(out, *value);
  }
  out.push_back('}');
}

void append_message(std::string& out, const Message& message) {
  const auto* type = message.GetDescriptor();
  if (type == google::protobuf::Timestamp::descriptor()) {
    const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
    out.push_back('"');
    append_rfc3339(out, {time.seconds(), time.nanos()});
    out.push_back('"');
  } else if (type == google::protobuf::Struct::descriptor()) {
    append_struct(out, static_cast<const google::protobuf::Struct&>(message));
  } else {
    append_json(out, message);
  }
}

// One value of a field: the plain one, or the nth of a repeated one.
class FieldValue {
 public:
  FieldValue(const Message& message, const FieldDescriptor& field, int index)
      : message_(message), reflection_(*message.GetReflection()), field_(field), index_(index) {}

  void append(std::string& out) const {
    const auto* f = &field_;
    switch (field_.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return append_number(out, get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
      case FieldDescriptor::CPPTYPE_UINT32:
        return append_number(out, get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
      case FieldDescriptor::CPPTYPE_INT64:
        return append_quoted_number(out, get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64));
      case FieldDescriptor::CPPTYPE_UINT64:
        return append_quoted_number(out, get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return append_real(out, get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return append_real(out, static_cast<double>(get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat)));
      case FieldDescriptor::CPPTYPE_BOOL:
        out.append(get(&Reflection::GetBool, &Reflection::GetRepeatedBool) ? "true" : "false");
        return;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto* value = get(&Reflection::GetEnum, &Reflection::GetRepeatedEnum);
        return append_json_string(out, word_of(*value));
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text = index_ < 0 ? reflection_.GetStringReference(message_, f, &scratch)
                                             : reflection_.GetRepeatedStringReference(message_, f, index_, &scratch);
        if (field_.type() != FieldDescriptor::TYPE_BYTES) return append_json_string(out, text);
        out.push_back('"');
        out.append(base64(text));
        out.push_back('"');
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return append_message(out, index_ < 0 ? reflection_.GetMessage(message_, f)
                                              : reflection_.GetRepeatedMessage(message_, f, index_));
    }
  }

 private:
  template <class T>
  T get(T (Reflection::*one)(const Message&, const FieldDescriptor*) const,
        T (Reflection::*nth)(const Message&, const FieldDescriptor*, int) const) const {
    return index_ < 0 ? (reflection_.*one)(message_, &field_) : (reflection_.*nth)(message_, &field_, index_);
  }

  const Message& message_;
  const Reflection& reflection_;
  const FieldDescriptor& field_;
  int index_;
};

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t clean = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(clean, i - clean));
    clean = i + 1;
    switch (c) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      default:
        out.append("\\u00");
        out.push_back(hex[c >> 4]);
        out.push_back(hex[c & 15]);
    }
  }
  out.append(text.substr(clean));
  out.push_back('"');
}

void append_json(std::string& out, const Message& message) {
  const auto& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  out.push_back('{');
  bool first = true;
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (field.has_presence() && !reflection.HasField(message, &field)) continue;
    if (!first) out.push_back(',');
    first = false;
    out.push_back('"');
    out.append(field.json_name());
    out.append("\":");
    if (!field.is_repeated()) {
      FieldValue(message, field, -1).append(out);
      continue;
    }
    out.push_back('[');
    const int size = reflection.FieldSize(message, &field);
    for (int n = 0; n < size; ++n) {
      if (n > 0) out.push_back(',');
      FieldValue(message, field, n).append(out);
    }
    out.push_back(']');
  }
  out.push_back('}');
}

std::string to_json(const Message& message) {
  std::string out;
  out.reserve(256);
  append_message(out, message);
  return out;
}

}  // namespace pioneer::api::http
