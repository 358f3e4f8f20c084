// Cosignatures: what is signed, what is refused, and what a clock that is wrong looks like.
#include "api/proofs/cosignature.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/signing.hpp"
#include "adapters/sodium/verifier_key.hpp"
#include "tests/temporary_file.hpp"

namespace pioneer::api {
namespace {

using adapters::SigningKey;
using adapters::VerifierKey;

/// RFC 8032, section 7.1, test 1: the seed. Its public key is d75a9801….
constexpr std::string_view known_private =
    "PRIVATE+KEY+witness.example/w1+eb762cc2+BJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
constexpr std::string_view text = "log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
constexpr std::uint64_t then_s = 1'679'315'147;

SigningKey witness_key(const std::string& name) {
  const tests::TemporaryFile file("");
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  const auto folder = std::filesystem::path(file.path()).parent_path().string();
  return SigningKey::settle(disk, random, folder, name, adapters::witness_key_files).value();
}

SignedNote note_with(const std::string& lines) { return parse_note(std::string(text) + "\n" + lines).value(); }

TEST(Cosignature, IsCheckedByTheVerifierKeyOfItsWitness) {
  const auto key = witness_key("witness.example");
  const auto verifier = VerifierKey::parse_witness(key.verifier());
  ASSERT_TRUE(verifier);
  const auto line = cosignature_line(key, text, then_s);
  const auto checked = check_cosignature(note_with(line), *verifier);
  ASSERT_TRUE(checked) << checked.error().detail;
  EXPECT_EQ(checked->time_s, then_s);
  EXPECT_EQ(checked->witness, "witness.example");
  EXPECT_EQ(checked->line, line);
}

TEST(Cosignature, SignsTheBytesThatTheFormatNames) {
  const auto key = witness_key("witness.example");
  const auto line = cosignature_line(key, text, then_s);
  const auto bytes = note_with(line).signatures.front().bytes;
  EXPECT_EQ(bytes.substr(8), key.sign("cosignature/v1\ntime 1679315147\n" + std::string(text)));
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x00\x00\x00\x00\x64\x18\x50\xcb", 8));
}

TEST(Cosignature, OfAKeyThatIsKnownElsewhere) {
  const auto key = SigningKey::parse(known_private);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->private_text(), known_private);
  EXPECT_EQ(key->verifier(), "witness.example/w1+eb762cc2+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea");
}

TEST(Cosignature, IsRefusedWithAnyBitFlipped) {
  const auto key = witness_key("witness.example");
  const auto verifier = VerifierKey::parse_witness(key.verifier()).value();
  const auto good = note_with(cosignature_line(key, text, then_s));
  for (std::size_t bit = 0; bit < good.signatures.front().bytes.size() * 8; ++bit) {
    auto changed = good;
    changed.signatures.front().bytes[bit / 8] ^= static_cast<char>(1u << (bit % 8));
    ASSERT_EQ(check_cosignature(changed, verifier).error().code, "bad_cosignature") << bit;
  }
  for (std::size_t at = 0; at < good.text.size(); ++at) {
    auto changed = good;
    changed.text[at] ^= 1;
    ASSERT_EQ(check_cosignature(changed, verifier).error().code, "bad_cosignature") << at;
  }
  auto shorter = good;
  shorter.signatures.front().bytes.pop_back();
  EXPECT_EQ(check_cosignature(shorter, verifier).error().code, "bad_cosignature");
  auto without_time = good;
  without_time.signatures.front().bytes.erase(0, 8);
  EXPECT_EQ(check_cosignature(without_time, verifier).error().code, "bad_cosignature");
}

TEST(Cosignature, OfAnotherWitnessOrAPlainSignatureIsNone) {
  const auto key = witness_key("witness.example");
  const auto other = witness_key("witness.example");  // of the same name
  const auto verifier = VerifierKey::parse_witness(key.verifier()).value();
  EXPECT_EQ(check_cosignature(note_with(cosignature_line(other, text, then_s)), verifier).error().code, "not_cosigned");
  const auto both = cosignature_line(other, text, then_s) + cosignature_line(key, text, then_s);
  EXPECT_TRUE(check_cosignature(note_with(both), verifier));
  // A witness's key says nothing as a log's, and the other way round.
  EXPECT_FALSE(VerifierKey::parse(key.verifier()));
  EXPECT_FALSE(VerifierKey::parse_witness("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
  EXPECT_TRUE(VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
}

TEST(Cosignature, TheLatestOfTwoCounts) {
  const auto key = witness_key("witness.example");
  const auto verifier = VerifierKey::parse_witness(key.verifier()).value();
  const auto lines = cosignature_line(key, text, then_s + 5) + cosignature_line(key, text, then_s);
  EXPECT_EQ(check_cosignature(note_with(lines), verifier)->time_s, then_s + 5);
}

TEST(Cosignature, WhoseTimeCannotBeIsToldInWords) {
  const Cosignature signed_then{"w", then_s, ""};
  EXPECT_FALSE(wrong_time(signed_then, then_s));
  EXPECT_FALSE(wrong_time(signed_then, then_s + 1'000'000));
  EXPECT_FALSE(wrong_time(signed_then, then_s - 60));
  EXPECT_NE(wrong_time(signed_then, then_s - 61).value().find("61 seconds ahead"), std::string::npos);
  const Cosignature later{"w", then_s + 3'600, ""};
  EXPECT_NE(wrong_time(signed_then, then_s + 4'000, &later).value().find("went back"), std::string::npos);
  EXPECT_FALSE(wrong_time(later, then_s + 4'000, &signed_then));
}

TEST(Cosignature, ThatWasAskedForJustNowIsNotOfAnHourAgo) {
  const Cosignature signed_then{"w", then_s, ""};
  EXPECT_FALSE(wrong_fresh_time(signed_then, then_s + 60, nullptr));
  EXPECT_NE(wrong_fresh_time(signed_then, then_s + 61, nullptr).value().find("61 seconds behind"), std::string::npos);
  EXPECT_FALSE(wrong_fresh_time(signed_then, then_s - 60, nullptr));
  EXPECT_NE(wrong_fresh_time(signed_then, then_s - 61, nullptr).value().find("61 seconds ahead"), std::string::npos);
}

TEST(Cosignature, OfWhatWasNotRecordedYetSaysThatAClockWasWrong) {
  constexpr std::int64_t recorded_s = 1'700'000'000;
  constexpr std::int64_t recorded_us = recorded_s * 1'000'000;
  EXPECT_FALSE(signed_before_recorded("w", recorded_s + 1'000'000, recorded_us)) << "anybody may sign later";
  EXPECT_FALSE(signed_before_recorded("w", recorded_s - 120, recorded_us)) << "a minute each";
  EXPECT_EQ(
      signed_before_recorded("The witness", recorded_s - 121, recorded_us),
      "The witness says that this was signed 121 seconds before the log says that it was recorded: one of the two "
      "clocks was wrong.");
}

}  // namespace
}  // namespace pioneer::api
