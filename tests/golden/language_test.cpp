// What the bodies of the log are written in, field by field: from format 1 on, no line of language.txt goes.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <utility>

#include "domain/events.hpp"
#include "domain/requests/requests.pb.h"
#include "eventstore/commit.pb.h"

namespace pioneer::tests {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using Lines = std::set<std::string>;

const std::string kept_file = "tests/golden/language.txt";

/// "ClaimState.Value" for pioneer.domain.ClaimState.Value.
template <class Type>
std::string name_of(const Type& type) {
  return type.full_name().substr(type.file()->package().size() + 1);
}

void describe(const EnumDescriptor& type, Lines& lines) {
  for (int i = 0; i < type.value_count(); ++i)
    lines.insert(name_of(type) + " " + std::to_string(type.value(i)->number()) + " " + type.value(i)->name());
}

void describe(const Descriptor& message, Lines& lines) {
  if (!lines.insert(name_of(message)).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    std::string type = field.type_name();
    if (field.message_type() != nullptr) type = name_of(*field.message_type());
    if (field.enum_type() != nullptr) type = name_of(*field.enum_type());
    lines.insert(name_of(message) + " " + std::to_string(field.number()) + " " + field.name() + " " +
                 (field.is_repeated() ? "repeated " : "") + type);
    if (field.message_type() != nullptr) describe(*field.message_type(), lines);
    if (field.enum_type() != nullptr) describe(*field.enum_type(), lines);
  }
}

template <std::size_t... I>
void describe_events(Lines& lines, std::index_sequence<I...>) {
  (describe(*std::variant_alternative_t<I, domain::AnyEvent>::descriptor(), lines), ...);
}

Lines spoken() {
  Lines lines;
  describe(*eventstore::CommitBody::descriptor(), lines);
  describe(*eventstore::EpochOpened::descriptor(), lines);
  describe_events(lines, std::make_index_sequence<std::variant_size_v<domain::AnyEvent>>{});
  describe(*domain::Location::descriptor(), lines);  // the content of a seal
  return lines;
}

TEST(GoldenLanguage, OnlyGrows) {
  const Lines now = spoken();
  Lines kept;
  std::ifstream file(kept_file);
  for (std::string line; std::getline(file, line);) kept.insert(line);
  file.close();
  for (const auto& line : kept)
    EXPECT_TRUE(now.contains(line)) << "gone or changed: " << line << "\nOlder logs hold it: they could not be read.";
  if (const char* write = std::getenv("PIONEER_WRITE_TABLES"); write != nullptr && std::string_view(write) == "1") {
    kept.insert(now.begin(), now.end());
    std::ofstream out(kept_file);
    for (const auto& line : kept) out << line << '\n';
  }
  for (const auto& line : now)
    EXPECT_TRUE(kept.contains(line)) << "new: " << line << "\nIf it is meant, run with PIONEER_WRITE_TABLES=1.";
}

}  // namespace
}  // namespace pioneer::tests
