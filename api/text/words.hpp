// An enum's values as words, the same in JSON, in the document of the API and in an event's data. Pure; any thread.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

namespace pioneer::api {

/// The value's name, without the underscore that a name needs where the word is one of C++ ("case").
inline std::string_view word_of(const google::protobuf::EnumValueDescriptor& value) {
  std::string_view name = value.name();
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

/// The value that this is the word of; null: none.
inline const google::protobuf::EnumValueDescriptor* enum_value_of(const google::protobuf::EnumDescriptor& type,
                                                                  std::string_view word) {
  if (word.ends_with('_')) return nullptr;
  const std::string name(word);
  const auto* found = type.FindValueByName(name);
  return found != nullptr ? found : type.FindValueByName(name + "_");
}

}  // namespace pioneer::api
