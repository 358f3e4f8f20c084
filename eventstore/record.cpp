#include "eventstore/record.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_* keep their state on our stack; EVP allocates one for each hash
#include <openssl/sha.h>

#include "eventstore/check.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/little_endian.hpp"

namespace pioneer::eventstore {
namespace {

constexpr std::string_view magic = "PREC";

// Where each field stands. The table in README.md, in code.
constexpr std::size_t format_at = 4, kind_at = 5, feature_level_at = 6, length_at = 8, crc_at = 12, log_id_at = 16,
                      epoch_at = 32, sequence_at = 40, writer_at = 48, previous_hash_at = 64;
static_assert(previous_hash_at + Hash::size == RecordHeader::encoded_bytes);

/// Precondition: at least a header.
std::uint32_t record_crc(ByteView record) {
  std::array<std::byte, RecordHeader::encoded_bytes> header;
  std::memcpy(header.data(), record.data(), header.size());
  store(header.data() + crc_at, std::uint32_t{0});
  return crc32(record.subspan(header.size()), crc32(header));
}

bool has_magic(ByteView record) { return std::memcmp(record.data(), magic.data(), magic.size()) == 0; }

struct Hasher {
  SHA256_CTX context;
  Hasher() { SHA256_Init(&context); }
  void add(const void* bytes, std::size_t size) { SHA256_Update(&context, bytes, size); }
  Hash finish() {
    Hash hash;
    SHA256_Final(reinterpret_cast<unsigned char*>(hash.bytes.data()), &context);
    return hash;
  }
};

struct FaultText {
  const char* code;
  const char* sentence;
};

FaultText text_of_fault(RecordFault fault) {
  switch (fault) {
    case RecordFault::too_short:
      return {"record_too_short", "the record is shorter than its header"};
    case RecordFault::too_long:
      return {"record_too_long", "the record is larger than any record may be"};
    case RecordFault::bad_magic:
      return {"record_bad_magic", "the record does not begin with PREC"};
    case RecordFault::unknown_kind:
      return {"record_unknown_kind", "the record's kind is none of fence, opened, commit"};
    case RecordFault::bad_length:
      return {"record_bad_length", "the record's length field disagrees with its size"};
    case RecordFault::bad_checksum:
      return {"record_bad_checksum", "the record's CRC does not match its bytes"};
    case RecordFault::fence_with_place:
      return {"record_fence_with_place", "a fence claims a sequence or a previous hash"};
  }
  CHECK(false);
}

}  // namespace

const char* code_of(RecordFault fault) { return text_of_fault(fault).code; }
const char* sentence_of(RecordFault fault) { return text_of_fault(fault).sentence; }

std::string encode_record(RecordHeader header, std::string_view body) {
  const auto size = RecordHeader::encoded_bytes + body.size();
  CHECK(size <= limits::record_bytes_max);
  std::string record(size, '\0');
  auto* const to = reinterpret_cast<std::byte*>(record.data());
  std::memcpy(to, magic.data(), magic.size());
  store(to + format_at, header.format);
  store(to + kind_at, static_cast<std::uint8_t>(header.kind));
  store(to + feature_level_at, header.feature_level.value);
  store(to + length_at, static_cast<std::uint32_t>(body.size()));
  store(to + log_id_at, header.log_id);
  store(to + epoch_at, header.epoch.value);
  store(to + sequence_at, header.sequence.value);
  store(to + writer_at, header.writer);
  store(to + previous_hash_at, header.previous_hash);
  if (!body.empty()) std::memcpy(to + RecordHeader::encoded_bytes, body.data(), body.size());
  store(to + crc_at, crc32(bytes_of(record)));
  return record;
}

std::expected<RecordHeader, RecordFault> inspect_record(ByteView record) {
  if (record.size() < RecordHeader::encoded_bytes) return std::unexpected(RecordFault::too_short);
  if (record.size() > limits::record_bytes_max) return std::unexpected(RecordFault::too_long);
  if (!has_magic(record)) return std::unexpected(RecordFault::bad_magic);
  const auto* const from = record.data();
  const auto kind = load<std::uint8_t>(from + kind_at);
  if (kind < static_cast<std::uint8_t>(RecordKind::fence) || kind > static_cast<std::uint8_t>(RecordKind::commit))
    return std::unexpected(RecordFault::unknown_kind);
  RecordHeader header;
  header.format = load<std::uint8_t>(from + format_at);
  header.kind = static_cast<RecordKind>(kind);
  header.feature_level = FeatureLevel(load<std::uint16_t>(from + feature_level_at));
  header.body_length = load<std::uint32_t>(from + length_at);
  if (header.body_length != record.size() - RecordHeader::encoded_bytes)
    return std::unexpected(RecordFault::bad_length);
  if (load<std::uint32_t>(from + crc_at) != record_crc(record)) return std::unexpected(RecordFault::bad_checksum);
  header.log_id = load<LogId>(from + log_id_at);
  header.epoch = Epoch(load<std::uint64_t>(from + epoch_at));
  header.sequence = Sequence(load<std::uint64_t>(from + sequence_at));
  header.writer = load<WriterId>(from + writer_at);
  header.previous_hash = load<Hash>(from + previous_hash_at);
  if (header.kind == RecordKind::fence && (header.sequence != Sequence{} || !header.previous_hash.is_zero()))
    return std::unexpected(RecordFault::fence_with_place);
  return header;
}

Result<RecordHeader> decode_record(ByteView record) {
  const auto header = inspect_record(record);
  if (!header) return failure(code_of(header.error()), sentence_of(header.error()));
  return *header;
}

Result<std::size_t> record_length(ByteView from) {
  const auto fault = [](RecordFault f) { return failure(code_of(f), sentence_of(f)); };
  if (from.size() < RecordHeader::encoded_bytes) return fault(RecordFault::too_short);
  if (!has_magic(from)) return fault(RecordFault::bad_magic);
  const auto length = RecordHeader::encoded_bytes + std::size_t{load<std::uint32_t>(from.data() + length_at)};
  if (length > limits::record_bytes_max) return fault(RecordFault::too_long);
  return length;
}

Hash leaf_hash(ByteView record) {
  constexpr unsigned char leaf = 0;
  Hasher hasher;
  hasher.add(&leaf, 1);
  hasher.add(record.data(), record.size());
  return hasher.finish();
}

Hash node_hash(const Hash& left, const Hash& right) {
  std::array<std::byte, 1 + 2 * Hash::size> node;
  node[0] = std::byte{1};
  store(node.data() + 1, left);
  store(node.data() + 1 + Hash::size, right);
  return sha256(node);
}

Hash genesis_hash(const LogId& log_id) {
  Hasher hasher;
  hasher.add("pioneer", 7);
  hasher.add(log_id.bytes.data(), LogId::size);
  return hasher.finish();
}

Hash sha256(ByteView bytes) {
  Hasher hasher;
  hasher.add(bytes.data(), bytes.size());
  return hasher.finish();
}

}  // namespace pioneer::eventstore
