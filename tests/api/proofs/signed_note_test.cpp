// Signed notes as others write them: how many signatures, where the text ends, which lines are none.
#include "api/proofs/signed_note.hpp"

#include <gtest/gtest.h>

#include <array>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "api/proofs/key_history.hpp"
#include "tests/temporary_file.hpp"

namespace pioneer::api {
namespace {

using adapters::SigningKey;
using adapters::VerifierKey;

/// RFC 8032, section 7.1, test 1: the seed.
constexpr std::string_view log_private =
    "PRIVATE+KEY+log.example+814a2008+AZ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
const std::string text = "log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

std::string by_others(std::size_t count) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i)
    lines += signature_line("witness.example/" + std::to_string(i), std::string(4, 'k'), std::string(72, 's'));
  return lines;
}

TEST(SignedNote, HasAsManySignaturesAsTheFormatWantsAndNoEndOfThem) {
  for (const std::size_t count : {1u, 16u, 100u}) {
    const auto note = parse_note(text + "\n" + by_others(count));
    ASSERT_TRUE(note) << note.error().detail;
    EXPECT_EQ(note->text, text);
    ASSERT_EQ(note->signatures.size(), count);
    EXPECT_EQ(note->signatures.back().name, "witness.example/" + std::to_string(count - 1));
    EXPECT_EQ(note->signatures.back().key_id, "kkkk");
    EXPECT_EQ(note->signatures.back().bytes, std::string(72, 's'));
  }
  const auto more = parse_note(text + "\n" + by_others(101));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, "bad_note");
  EXPECT_NE(more.error().detail.find("more than 100 signatures"), std::string::npos);
}

TEST(SignedNote, IsSignedByAKnownKeyAmongSixteenOthersToo) {
  const auto key = SigningKey::parse(log_private);
  ASSERT_TRUE(key) << key.error().detail;
  const auto known = VerifierKey::parse(key->verifier());
  ASSERT_TRUE(known);
  const std::array<const Verifier*, 1> keys{&*known};
  for (const auto& whole :
       {key->note(text) + by_others(16), text + "\n" + by_others(16) + key->note(text).substr(text.size() + 1)}) {
    const auto note = parse_note(whole);
    ASSERT_TRUE(note) << note.error().detail;
    EXPECT_EQ(note->signatures.size(), 17u);
    EXPECT_TRUE(check_signed(*note, keys));
    EXPECT_TRUE(read_checkpoint(*note, "log.example"));
  }
  const auto others = check_signed(*parse_note(text + "\n" + by_others(16)), keys);
  ASSERT_FALSE(others);
  EXPECT_EQ(others.error().code, "not_signed");
}

TEST(SignedNote, IsPartedByItsLastEmptyLine) {
  const std::string with_gap = "a text\n\nthat has an empty line\n";
  const auto note = parse_note(with_gap + "\n" + by_others(2));
  ASSERT_TRUE(note) << note.error().detail;
  EXPECT_EQ(note->text, with_gap);
  EXPECT_EQ(note->signatures.size(), 2u);
  EXPECT_FALSE(parse_note(text + by_others(1))) << "no empty line";
  EXPECT_FALSE(parse_note(text + "\n")) << "no signature";
  EXPECT_FALSE(parse_note(text + "\n" + by_others(1) + "\n")) << "an empty line behind them";
  auto cut = text + "\n" + by_others(1);
  cut.pop_back();
  EXPECT_FALSE(parse_note(cut)) << "no line break at its end";
}

TEST(SignedNote, IsSignedInLinesThatAreWrittenInOneWay) {
  const auto line = by_others(1);
  const auto note_with = [](const std::string& lines) { return parse_note(text + "\n" + lines).has_value(); };
  ASSERT_TRUE(note_with(line));
  const auto name_ends = line.find(' ', 4);
  EXPECT_FALSE(note_with("-" + line.substr(3))) << "another dash";
  EXPECT_FALSE(note_with(line.substr(0, name_ends) + "+" + line.substr(name_ends))) << "a name with a plus";
  EXPECT_FALSE(note_with(line.substr(0, 4) + line.substr(name_ends))) << "no name";
  EXPECT_FALSE(note_with(line.substr(0, line.size() - 2) + "\n")) << "no whole base64";
  EXPECT_FALSE(note_with(line.substr(0, name_ends + 1) + "a2tra2\n")) << "four bytes, and no signature";
  EXPECT_FALSE(note_with(line.substr(0, name_ends) + "\t" + line.substr(name_ends + 1))) << "a tab";
}

/// Whose key it is counts, however many others are known: also of notes that are no checkpoints.
TEST(SignedNote, OfOneLogIsNotSignedByAnothersKey) {
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  const tests::TemporaryFile file("");
  const auto folder = std::filesystem::path(file.path()).parent_path().string();
  const auto own = SigningKey::parse(log_private);
  const auto other = SigningKey::settle(disk, random, folder, "other.example");
  ASSERT_TRUE(own && other);
  const auto known = VerifierKey::parse(own->verifier());
  const auto known_other = VerifierKey::parse(other->verifier());
  ASSERT_TRUE(known && known_other);
  const std::array<const Verifier*, 2> keys{&*known, &*known_other};
  EXPECT_TRUE(check_checkpoint_of(*parse_note(own->note(text)), "log.example", keys));
  EXPECT_EQ(check_checkpoint_of(*parse_note(other->note(text)), "log.example", keys).error().code, "not_signed");
  const auto history = key_history_text("log.example", own->verifier() + " 0 0 - -\n");
  EXPECT_TRUE(check_key_history(own->note(history), keys));
  EXPECT_EQ(check_key_history(other->note(history), keys).error().code, "not_signed");
}

/// As the public test log of C2SP publishes it.
TEST(SignedNote, IsCheckedByAKeyThatOthersPublish) {
  const auto known =
      VerifierKey::parse("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");
  ASSERT_TRUE(known) << known.error().detail;
  EXPECT_EQ(known->name(), "example.com/log/testdata");
  EXPECT_EQ(known->key_id(), "\x33\xd7\xb4\x96");
  EXPECT_FALSE(VerifierKey::parse("example.com/log/testdata+33d7b497+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"));
  EXPECT_FALSE(VerifierKey::parse("example.com/log/testdatb+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"));
}

}  // namespace
}  // namespace pioneer::api
