// A record: a fixed header, the same byte layout in every format for ever, and a body.
// The layout table stands in eventstore/README.md; a second reader is tests/golden/read_log.py.
// Pure functions over bytes; any thread.
#pragma once

#include <string>

#include "eventstore/error.hpp"
#include "eventstore/types.hpp"

namespace pioneer::eventstore {

enum class RecordKind : std::uint8_t { fence = 1, opened = 2, commit = 3 };

struct RecordHeader {
  std::uint8_t format = 0;
  RecordKind kind = RecordKind::commit;
  FeatureLevel feature_level;
  LogId log_id;
  Epoch epoch;
  Sequence sequence;  ///< zero in a fence
  WriterId writer;
  Hash previous_hash;  ///< leaf hash of `sequence − 1`; genesis for the first leaf; zero in a fence
  std::uint32_t body_length = 0;

  static constexpr std::size_t encoded_bytes = 96;
};

/// Header and body as they stand in the log, CRC included. Precondition: within `limits::record_bytes_max`.
std::string encode_record(RecordHeader header, std::string_view body);

/// What can be wrong with a record by itself, in the order in which it is looked for.
enum class RecordFault { too_short, too_long, bad_magic, unknown_kind, bad_length, bad_checksum, fence_with_place };
const char* code_of(RecordFault fault);      ///< "record_bad_magic"
const char* sentence_of(RecordFault fault);  ///< a constant, for logs and reports
/// As decode_record, without allocating: for the fold.
std::expected<RecordHeader, RecordFault> inspect_record(ByteView record);

/// Checks length, magic, kind, CRC, and that a fence claims no place; each failure has its own code and sentence.
/// `record` is exactly one record. Foreign log ids and unknown formats are for acceptance to judge, not errors here.
Result<RecordHeader> decode_record(ByteView record);

/// Only the length of the record that starts here, from its header; an error if no header starts here.
Result<std::size_t> record_length(ByteView from);

inline std::string_view record_body(std::string_view record) { return record.substr(RecordHeader::encoded_bytes); }

/// RFC 6962: SHA-256(0x00 ‖ record).
Hash leaf_hash(ByteView record);
/// RFC 6962: SHA-256(0x01 ‖ left ‖ right).
Hash node_hash(const Hash& left, const Hash& right);
/// What the first leaf's previous_hash is: SHA-256("pioneer" ‖ log_id).
Hash genesis_hash(const LogId& log_id);
Hash sha256(ByteView bytes);
std::uint32_t crc32(ByteView bytes, std::uint32_t start = 0);

}  // namespace pioneer::eventstore
