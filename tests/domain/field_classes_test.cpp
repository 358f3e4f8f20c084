// Every field of every message of the published language is classed, and every seal number means one thing.
// The .proto files are read as they stand in the tree, so a new file cannot be forgotten.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "domain/common/common.pb.h"
#include "tests/domain/document.hpp"

namespace pioneer::domain::specs {
namespace {

namespace pb = google::protobuf;

class PublishedLanguage : public testing::Test {
 protected:
  void SetUp() override {
    std::string files;
    for (const auto* root : {"domain", "api"}) {
      for (auto at = std::filesystem::recursive_directory_iterator(root); at != end(at); ++at) {
        const auto& entry = *at;
        if (entry.path().filename() == "node_modules") at.disable_recursion_pending();
        if (entry.path().extension() == ".proto") names_.insert(entry.path().generic_string());
      }
    }
    for (const auto& name : names_) files += " " + name;
    const std::filesystem::path compiled = std::filesystem::path(testing::TempDir()) / "published_language.binpb";
    const std::string protoc = "protoc --proto_path=. --include_imports --descriptor_set_out=";
    ASSERT_EQ(std::system((protoc + compiled.string() + files).c_str()), 0);
    pb::FileDescriptorSet set;
    std::ifstream read(compiled, std::ios::binary);
    ASSERT_TRUE(set.ParseFromIstream(&read));
    std::filesystem::remove(compiled);
    for (const auto& file : set.file()) {  // protoc writes what is imported before what imports it
      const pb::FileDescriptor* built = pool_.BuildFile(file);
      ASSERT_NE(built, nullptr) << file.name();
      if (!names_.contains(file.name())) continue;
      for (int i = 0; i < built->message_type_count(); ++i) add(built->message_type(i));
    }
  }

  static FieldClass class_of(const pb::FieldDescriptor* field) { return field->options().GetExtension(is); }
  static std::uint32_t seal_of(const pb::FieldDescriptor* field) { return field->options().GetExtension(seal); }
  static KeyOwner owner_of(const pb::FieldDescriptor* field) { return field->options().GetExtension(under); }
  static bool is_sealed(const pb::FieldDescriptor* field) {
    return field->type() == pb::FieldDescriptor::TYPE_MESSAGE &&
           field->message_type()->full_name() == "pioneer.domain.Sealed";
  }
  static bool is_of_domain(const pb::Descriptor* message) { return message->file()->package() == "pioneer.domain"; }

  std::set<std::string> names_;
  std::vector<const pb::Descriptor*> messages_;

 private:
  void add(const pb::Descriptor* message) {
    messages_.push_back(message);
    for (int i = 0; i < message->nested_type_count(); ++i) {
      if (!message->nested_type(i)->options().map_entry()) add(message->nested_type(i));
    }
  }

  pb::DescriptorPool pool_;
};

TEST_F(PublishedLanguage, ClassesEveryField) {
  EXPECT_GE(names_.size(), 9U);
  std::size_t fields = 0;
  for (const auto* message : messages_) {
    for (int i = 0; i < message->field_count(); ++i, ++fields) {
      EXPECT_NE(class_of(message->field(i)), UNCLASSED) << message->field(i)->full_name() << " has no (is)";
    }
  }
  EXPECT_GT(fields, 200U);
}

// Messages that are only ever the content of a seal, never a field of an event.
const std::set<std::string> sealed_whole = {"Location"};

// What is not for everybody is ciphertext in the log, or a message whose own fields are.
TEST_F(PublishedLanguage, SealsWhatIsNotPublic) {
  for (const auto* message : messages_) {
    if (!is_of_domain(message) || sealed_whole.contains(message->name())) continue;
    for (int i = 0; i < message->field_count(); ++i) {
      const auto* field = message->field(i);
      const auto& name = field->full_name();
      if (field->message_type() != nullptr) {
        EXPECT_FALSE(sealed_whole.contains(field->message_type()->name())) << name << " must be Sealed";
      }
      if (is_sealed(field)) {
        EXPECT_NE(class_of(field), PUBLIC) << name << " is sealed, so it is not public";
        EXPECT_NE(seal_of(field), 0U) << name << " needs a seal number";
        EXPECT_NE(owner_of(field), NO_KEY) << name << " must say under whose key it is sealed";
        continue;
      }
      EXPECT_EQ(seal_of(field), 0U) << name << " is not sealed, but has a seal number";
      EXPECT_EQ(owner_of(field), NO_KEY) << name << " is not sealed, but names a key";
      if (class_of(field) != PUBLIC) {
        EXPECT_EQ(field->type(), pb::FieldDescriptor::TYPE_MESSAGE) << name << " would stand in the log in clear";
      }
    }
  }
}

// The same number may stand in a command and in the event that keeps the same value, and nowhere else.
TEST_F(PublishedLanguage, GivesEachSealNumberOneMeaning) {
  std::map<std::uint32_t, std::set<std::string>> meanings;
  for (const auto* message : messages_) {
    for (int i = 0; i < message->field_count(); ++i) {
      const auto* field = message->field(i);
      if (seal_of(field) == 0) continue;
      meanings[seal_of(field)].insert(message->file()->name() + " " + field->name() + " " +
                                      FieldClass_Name(class_of(field)) + " " + KeyOwner_Name(owner_of(field)));
    }
  }
  EXPECT_GT(meanings.size(), 10U);
  for (const auto& [number, texts] : meanings) {
    EXPECT_EQ(texts.size(), 1U) << "seal " << number << " means: " << testing::PrintToString(texts);
  }
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

TEST_F(PublishedLanguage, IsListedInTheReadme) {
  std::string table = "| message | public | restricted | personal |\n|---|---|---|---|\n";
  std::string file;
  for (const auto* message : messages_) {
    if (!is_of_domain(message) || message->field_count() == 0) continue;
    std::map<FieldClass, std::vector<std::string>> fields;
    for (int i = 0; i < message->field_count(); ++i) {
      const auto* field = message->field(i);
      std::string text = field->name();
      if (is_sealed(field)) {
        std::string owner = KeyOwner_Name(owner_of(field));
        std::transform(owner.begin(), owner.end(), owner.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        text += " (seal " + std::to_string(seal_of(field)) + ", key of the " + owner + ")";
      }
      fields[class_of(field)].push_back(std::move(text));
    }
    if (message->file()->name() != file) {
      file = message->file()->name();
      table += "| **" + file.substr(std::string("domain/").size()) + "** | | | |\n";
    }
    table += "| " + message->name() + " | " + listed(fields[PUBLIC]) + " | " + listed(fields[RESTRICTED]) + " | " +
             listed(fields[PERSONAL]) + " |\n";
  }
  expect_generated("domain/README.md", "field classes", table);
}

}  // namespace
}  // namespace pioneer::domain::specs
