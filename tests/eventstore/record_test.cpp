#include "eventstore/record.hpp"

#include <gtest/gtest.h>

#include <random>

#include "eventstore/limits.hpp"
#include "tests/eventstore/chain.hpp"

namespace pioneer::eventstore {
namespace {

RecordHeader some_header(RecordKind kind = RecordKind::commit) {
  RecordHeader header;
  header.kind = kind;
  header.feature_level = FeatureLevel(0x0102);
  header.log_id = tests::test_log_id();
  header.epoch = Epoch(0x1112131415161718);
  header.writer.bytes.fill(std::byte{0x77});
  if (kind != RecordKind::fence) {
    header.sequence = Sequence(0x2122232425262728);
    header.previous_hash.bytes.fill(std::byte{0x99});
  }
  return header;
}

std::string code_of_decoding(const std::string& record) {
  const auto header = decode_record(bytes_of(record));
  return header ? "" : header.error().code;
}

/// With a CRC that matches, so that only the field itself can be what is refused.
std::string with_byte(std::string record, std::size_t at, int value) {
  record[at] = static_cast<char>(value);
  std::fill_n(record.begin() + 12, 4, '\0');
  const auto crc = crc32(bytes_of(record));
  std::memcpy(record.data() + 12, &crc, sizeof crc);
  return record;
}

TEST(Record, GivesBackItsHeaderAndBody) {
  for (const auto kind : {RecordKind::fence, RecordKind::opened, RecordKind::commit}) {
    const auto record = encode_record(some_header(kind), "a body");
    const auto header = decode_record(bytes_of(record));
    ASSERT_TRUE(header) << header.error().code;
    EXPECT_EQ(header->kind, kind);
    EXPECT_EQ(header->feature_level, FeatureLevel(0x0102));
    EXPECT_EQ(header->log_id, tests::test_log_id());
    EXPECT_EQ(header->epoch, some_header(kind).epoch);
    EXPECT_EQ(header->sequence, some_header(kind).sequence);
    EXPECT_EQ(header->writer, some_header(kind).writer);
    EXPECT_EQ(header->previous_hash, some_header(kind).previous_hash);
    EXPECT_EQ(header->body_length, 6u);
    EXPECT_EQ(record_body(record), "a body");
    EXPECT_EQ(*record_length(bytes_of(record + "what follows")), record.size());
  }
}

TEST(Record, StandsByteForByteAsTheFormatSays) {
  const auto record = encode_record(some_header(), "xyz");
  ASSERT_EQ(record.size(), 99u);
  EXPECT_EQ(record.substr(0, 4), "PREC");
  EXPECT_EQ(record[4], 0);
  EXPECT_EQ(record[5], 3);
  EXPECT_EQ(record.substr(6, 2), "\x02\x01");
  EXPECT_EQ(record.substr(8, 4), std::string("\x03\0\0\0", 4));
  EXPECT_EQ(record.substr(16, 16), tests::test_log_id().view());
  EXPECT_EQ(record.substr(32, 8), "\x18\x17\x16\x15\x14\x13\x12\x11");
  EXPECT_EQ(record.substr(40, 8), "\x28\x27\x26\x25\x24\x23\x22\x21");
  EXPECT_EQ(record.substr(48, 16), std::string(16, '\x77'));
  EXPECT_EQ(record.substr(64, 32), std::string(32, '\x99'));
  EXPECT_EQ(record.substr(96), "xyz");
}

TEST(Record, EachFaultHasItsOwnCode) {
  const auto record = encode_record(some_header(), "a body");
  EXPECT_EQ(code_of_decoding(record.substr(0, 95)), "record_too_short");
  EXPECT_EQ(code_of_decoding(record + std::string(limits::record_bytes_max, 'x')), "record_too_long");
  EXPECT_EQ(code_of_decoding(with_byte(record, 0, 'p')), "record_bad_magic");
  EXPECT_EQ(code_of_decoding(with_byte(record, 5, 0)), "record_unknown_kind");
  EXPECT_EQ(code_of_decoding(with_byte(record, 5, 4)), "record_unknown_kind");
  EXPECT_EQ(code_of_decoding(with_byte(record, 8, 5)), "record_bad_length");
  EXPECT_EQ(code_of_decoding(record + "x"), "record_bad_length");
  auto changed = record;
  changed.back() ^= 1;
  EXPECT_EQ(code_of_decoding(changed), "record_bad_checksum");
  const auto fence = encode_record(some_header(RecordKind::fence), "");
  EXPECT_EQ(code_of_decoding(with_byte(fence, 40, 1)), "record_fence_with_place");
  EXPECT_EQ(code_of_decoding(with_byte(fence, 95, 1)), "record_fence_with_place");
}

TEST(Record, LeavesUnknownFormatsAndForeignLogsToAcceptance) {
  const auto record = encode_record(some_header(), "a body");
  EXPECT_EQ(code_of_decoding(with_byte(record, 4, 200)), "");
  EXPECT_EQ(code_of_decoding(with_byte(record, 16, 0)), "");
}

TEST(Record, AnyChangedByteIsRefused) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 50; ++round) {
    auto record = encode_record(some_header(), tests::Chain::body(Sequence(random() % 100), random() % 400));
    for (std::size_t at = 0; at < record.size(); ++at) {
      const auto flip = static_cast<char>(1 + random() % 255);
      record[at] = static_cast<char>(record[at] ^ flip);
      EXPECT_NE(code_of_decoding(record), "") << "byte " << at;
      record[at] = static_cast<char>(record[at] ^ flip);
    }
    ASSERT_EQ(code_of_decoding(record), "");
  }
}

TEST(Record, LengthIsReadFromTheHeaderOnly) {
  EXPECT_EQ(record_length(bytes_of("PREC")).error().code, "record_too_short");
  EXPECT_EQ(record_length(bytes_of(std::string(96, 'x'))).error().code, "record_bad_magic");
  EXPECT_EQ(record_length(bytes_of("PREC" + std::string(92, 'x'))).error().code, "record_too_long");
}

TEST(Hashes, AreThePublishedOnes) {
  const auto hex = [](const Hash& hash) {
    std::string text;
    for (const auto b : hash.bytes) {
      constexpr std::string_view digits = "0123456789abcdef";
      text += digits[std::to_integer<std::size_t>(b >> 4)];
      text += digits[std::to_integer<std::size_t>(b & std::byte{15})];
    }
    return text;
  };
  EXPECT_EQ(hex(sha256(bytes_of("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 6962: of an empty leaf.
  EXPECT_EQ(hex(leaf_hash({})), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_EQ(genesis_hash(tests::test_log_id()), sha256(bytes_of("pioneer" + std::string(tests::test_log_id().view()))));
}

TEST(Crc32, IsThatOfZlibAndPng) {
  EXPECT_EQ(crc32(bytes_of("123456789")), 0xCBF43926u);
  EXPECT_EQ(crc32({}), 0u);
}

TEST(Crc32, OfPartsIsThatOfTheWhole) {
  std::mt19937_64 random(11);
  std::string bytes(3'000, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  // The definition, a bit at a time.
  const auto slow = [](std::string_view text) {
    std::uint32_t crc = ~0u;
    for (const auto c : text) {
      crc ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0u);
    }
    return ~crc;
  };
  for (int round = 0; round < 400; ++round) {
    const auto begin = random() % 100;
    const auto size = random() % (round < 200 ? 300 : 2'900);
    const auto cut = size == 0 ? 0 : random() % size;
    const auto part = std::string_view(bytes).substr(begin, size);
    EXPECT_EQ(crc32(bytes_of(part)), slow(part));
    EXPECT_EQ(crc32(bytes_of(part.substr(cut)), crc32(bytes_of(part.substr(0, cut)))), slow(part));
  }
}

}  // namespace
}  // namespace pioneer::eventstore
