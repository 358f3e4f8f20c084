// Nothing personal leaves the edge in clear, whatever is said; and what was sealed does not open elsewhere or after its
// key's end.
#include <gmock/gmock.h>

#include <set>

#include "api/edge/fields.hpp"
#include "api/edge/seal_format.hpp"
#include "tests/privacy/every_command.hpp"
#include "tests/privacy/sealed_fields.hpp"

namespace pioneer::testing {
namespace {

using domain::Id;

const google::protobuf::Message& message_of(const domain::AnyCommand& what) {
  return std::visit([](const auto& c) -> const google::protobuf::Message& { return c; }, what);
}

/// The stream that the command's sealed values were sealed for.
std::string stream_of(const domain::Command& command) {
  if (const auto* opened = std::get_if<domain::RecordPersonalDataOpened>(&command.what)) {
    return domain::access_stream(Id::of(opened->organisation()), 1'700'000'000'000'000);
  }
  if (const auto* fetched = std::get_if<domain::RecordEntriesFetched>(&command.what)) {
    return domain::access_stream(Id::of(fetched->organisation()), 1'700'000'000'000'000);
  }
  return domain::primary_stream(command.what);
}

class Privacy : public ::testing::Test {
 protected:
  /// Opens by what stands under this number: most values are padded texts.
  static bool opens(const api::Opener& opener, const domain::Sealed& sealed, const std::string& stream,
                    std::uint32_t field) {
    if (field == api::field::blob_key || field == api::field::picture_key)
      return opener.open_upload_key(sealed, stream, field).has_value();
    if (field == api::field::opened_subject) return opener.open_subject(sealed, stream).has_value();
    return opener.open(sealed, stream, field).has_value();
  }

  /// Pictures of products are sealed under the deployment's key: no person's, and not to be erased.
  static bool is_everybodys(std::uint32_t field) { return field == api::field::picture_key; }

  const domain::Command& submission() const {
    for (const auto& command : all.commands) {
      if (std::holds_alternative<domain::SubmitRequest>(command.what)) return command;
    }
    std::abort();
  }
  const domain::Sealed& title() const { return std::get<domain::SubmitRequest>(submission().what).title(); }

  SealedWorld world;
  EveryCommand all{world};
};

TEST_F(Privacy, EveryCommandIsLookedAt) {
  std::set<std::size_t> kinds;
  for (const auto& command : all.commands) kinds.insert(command.what.index());
  EXPECT_EQ(kinds.size(), std::variant_size_v<domain::AnyCommand>);
}

TEST_F(Privacy, NoCommandShowsWhatWasPlanted) {
  for (const auto& command : all.commands) {
    const std::string bytes = serialized(command);
    for (const auto& marker :
         {planted::name, planted::phone, planted::beneficiary_phone, planted::text, planted::address}) {
      EXPECT_EQ(bytes.find(marker), std::string::npos) << command.what.index() << ": " << marker;
    }
    EXPECT_EQ(bytes.find(EveryCommand::blob_key().view()), std::string::npos) << command.what.index();
  }
}

TEST_F(Privacy, OnlyAMembersOwnStreamNamesTheMember) {
  for (const auto& command : all.commands) {
    if (domain::primary_stream(command.what).starts_with("member/")) continue;
    const std::string bytes = serialized(command);
    EXPECT_EQ(bytes.find(all.who.member.view()), std::string::npos) << command.what.index();
    EXPECT_EQ(bytes.find(all.who.member.text()), std::string::npos) << command.what.index();
  }
}

TEST_F(Privacy, NoTwoStreamsShareAPseudonym) {
  std::map<std::string, std::string> stream_by_pseudonym;
  for (const auto& command : all.commands) {
    if (command.pseudonym.is_zero()) continue;
    const auto stream = std::string(api::context_of(stream_of(command)));
    const auto [known, fresh] = stream_by_pseudonym.emplace(command.pseudonym.text(), stream);
    EXPECT_EQ(known->second, stream);
  }
  EXPECT_GE(stream_by_pseudonym.size(), 6u);
}

TEST_F(Privacy, EverySealOpensWhereItStandsAndNowhereElse) {
  std::size_t count = 0;
  for (const auto& command : all.commands) {
    const std::string stream = stream_of(command);
    each_sealed(message_of(command.what), [&](const domain::Sealed& sealed, std::uint32_t field) {
      ++count;
      SCOPED_TRACE(stream + " field " + std::to_string(field));
      EXPECT_TRUE(opens(world.opener(), sealed, stream, field));
      EXPECT_FALSE(opens(world.opener(), sealed, "request/" + world.product.text(), field));
      for (std::uint32_t other = 1; other < 50; ++other) {
        if (other != field) {
          EXPECT_FALSE(opens(world.opener(), sealed, stream, other));
        }
      }
      domain::Sealed moved = sealed;  // another active key
      moved.set_key(std::string(world.person("somebody else").key.view()));
      EXPECT_FALSE(opens(world.opener(), moved, stream, field));
    });
  }
  EXPECT_GE(count, 20u);
}

TEST_F(Privacy, ATamperedSealDoesNotOpen) {
  const std::string stream = stream_of(submission());
  for (std::size_t bit = 0; bit < title().box().size() * 8; ++bit) {
    domain::Sealed sealed = title();
    std::string box = sealed.box();
    box[bit / 8] = static_cast<char>(box[bit / 8] ^ (1 << bit % 8));
    sealed.set_box(box);
    ASSERT_FALSE(world.opener().open(sealed, stream, api::field::request_title)) << bit;
  }
  for (std::size_t size = 0; size < title().box().size(); ++size) {
    domain::Sealed sealed = title();
    sealed.set_box(title().box().substr(0, size));
    ASSERT_FALSE(world.opener().open(sealed, stream, api::field::request_title)) << size;
  }
}

TEST_F(Privacy, AnotherLogsSealsDoNotOpen) {
  const api::Opener other(world.cryptography, *world.keyring, eventstore::LogId::of("another log 16 b"));
  EXPECT_FALSE(other.open(title(), stream_of(submission()), api::field::request_title));
}

TEST_F(Privacy, AfterTheKeysEndNothingOpensAndTheKeyIsNeverNew) {
  std::set<std::string> keys;
  for (const auto& command : all.commands) {
    each_sealed(message_of(command.what), [&](const domain::Sealed& sealed, std::uint32_t field) {
      if (!is_everybodys(field)) keys.insert(sealed.key());
    });
  }
  for (const auto& key : keys) ASSERT_TRUE(world.keyring->erase(Id::of(key)));
  for (const auto& command : all.commands) {
    const std::string stream = stream_of(command);
    each_sealed(message_of(command.what), [&](const domain::Sealed& sealed, std::uint32_t field) {
      EXPECT_EQ(opens(world.opener(), sealed, stream, field), is_everybodys(field)) << stream << " " << field;
    });
    for (const auto& introduction : command.introductions) {
      EXPECT_FALSE(world.opener().open_introduction(introduction.sealed_member, stream));
    }
  }
  // The same registration again asks for the same key: it is a tombstone, not a new subject.
  api::RegisterMemberBody body;
  body.set_name(planted::name);
  body.set_organisation(world.organisation.text());
  const auto again = world.edge->register_member(api::Call{{}, false, "registration", -1}, body);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "erased");
}

TEST_F(Privacy, TheKeyringShowsNoMemberAndNoText) {
  ASSERT_TRUE(world.keyring->sync());
  const std::string& file = world.disk.bytes("keys/keyring");
  EXPECT_EQ(file.find(all.who.member.view()), std::string::npos);
  EXPECT_EQ(file.find(all.request.view()), std::string::npos);
}

}  // namespace
}  // namespace pioneer::testing
