#include "adapters/segments/format.hpp"

#include <bit>
#include <charconv>

#include "eventstore/check.hpp"
#include "eventstore/little_endian.hpp"

namespace pioneer::adapters::segments {
namespace {

using namespace eventstore;

constexpr std::string_view segment_magic = "PSEGMENT";
// 0xFF never stands in UTF-8, so no text in a record can pass for the start of a batch.
constexpr std::string_view batch_magic = "\xFFPBATCH\n";
constexpr std::byte empty_fill{0xFF};

/// Fields of a segment's header. The table in eventstore/README.md, in code.
namespace segment_at {
constexpr std::size_t format = 8, source_kind = 9, crc = 12, log_id = 16, number = 32, bytes = 40, generation = 48,
                      last_source_offset = 56, first_batch = 64, epoch = 72, next = 80, writer = 88, fence_hash = 104,
                      head = 136, open = 168, frontier = 176;
static_assert(frontier + 64 * Hash::size <= segment_header_bytes);
}  // namespace segment_at

/// Fields of a batch's header.
namespace batch_at {
constexpr std::size_t number = 8, first = 16, records = 24, leaves = 28, length = 32, kind = 36, crc = 40, zero = 44;
static_assert(zero + 4 == batch_header_bytes);
}  // namespace batch_at

/// CRC of bytes in which the four at `crc_at` count as zero.
std::uint32_t crc_without_field(ByteView bytes, std::size_t crc_at) {
  constexpr std::array<std::byte, 4> none{};
  auto crc = crc32(bytes.first(crc_at));
  crc = crc32(none, crc);
  return crc32(bytes.subspan(crc_at + none.size()), crc);
}

std::unexpected<Error> bad_field(const char* sentence) { return failure("segment_header_bad_field", sentence); }

Result<MerkleFrontier> load_frontier(const std::byte* block) {
  const auto next = load<std::uint64_t>(block + segment_at::next);
  std::string encoded(sizeof next + static_cast<std::size_t>(std::popcount(next)) * Hash::size, '\0');
  auto* const to = reinterpret_cast<std::byte*>(encoded.data());
  store(to, next);
  std::memcpy(to + sizeof next, block + segment_at::frontier, encoded.size() - sizeof next);
  return MerkleFrontier::decode(encoded);
}

LogState load_state(const std::byte* block) {
  LogState state;
  state.log_id = load<LogId>(block + segment_at::log_id);
  state.epoch = Epoch(load<std::uint64_t>(block + segment_at::epoch));
  state.next = Sequence(load<std::uint64_t>(block + segment_at::next));
  state.writer = load<WriterId>(block + segment_at::writer);
  state.fence_hash = load<Hash>(block + segment_at::fence_hash);
  state.head = load<Hash>(block + segment_at::head);
  state.open = load<std::uint8_t>(block + segment_at::open) != 0;
  return state;
}

}  // namespace

std::string encode_segment_header(const SegmentHeader& header) {
  CHECK(header.frontier.size() == header.before.next.value);
  std::string block(segment_header_bytes, '\0');
  auto* const to = reinterpret_cast<std::byte*>(block.data());
  std::memcpy(to, segment_magic.data(), segment_magic.size());
  store(to + segment_at::format, limits::format);
  store(to + segment_at::source_kind, static_cast<std::uint8_t>(header.source.kind));
  store(to + segment_at::log_id, header.before.log_id);
  store(to + segment_at::number, header.number);
  store(to + segment_at::bytes, header.bytes);
  store(to + segment_at::generation, header.source.generation);
  store(to + segment_at::last_source_offset, header.last_source_offset);
  store(to + segment_at::first_batch, header.first_batch);
  store(to + segment_at::epoch, header.before.epoch.value);
  store(to + segment_at::next, header.before.next.value);
  store(to + segment_at::writer, header.before.writer);
  store(to + segment_at::fence_hash, header.before.fence_hash);
  store(to + segment_at::head, header.before.head);
  store(to + segment_at::open, std::uint8_t{header.before.open});
  const auto frontier = header.frontier.encode();
  std::memcpy(to + segment_at::frontier, frontier.data() + 8, frontier.size() - 8);
  store(to + segment_at::crc, crc_without_field(bytes_of(block), segment_at::crc));
  return block;
}

namespace {

bool fits_as_ours(ByteView block) {
  std::string ours(text_of(block));
  ours[segment_at::format] = static_cast<char>(limits::format);
  return load<std::uint32_t>(block.data() + segment_at::crc) == crc_without_field(bytes_of(ours), segment_at::crc);
}

}  // namespace

Result<SegmentHeader> decode_segment_header(ByteView block) {
  if (block.size() < segment_header_bytes) return failure("not_a_segment", "the file is shorter than its header");
  block = block.first(segment_header_bytes);
  const auto* const from = block.data();
  if (std::memcmp(from, segment_magic.data(), segment_magic.size()) != 0)
    return failure("not_a_segment", "the file does not begin with PSEGMENT");
  const auto format = load<std::uint8_t>(from + segment_at::format);
  // Before the checksum: another format may place it elsewhere. Where the checksum fits as soon as the format is ours,
  // that byte alone is wrong, and the file damaged.
  const bool ours = format == limits::format || fits_as_ours(block);
  if (format > limits::format && !ours)
    return failure("format_too_new", "the file's format is " + std::to_string(format) + ", this build reads up to " +
                                         std::to_string(limits::format));
  if (format < limits::format && !ours)
    return failure("format_too_old",
                   "the file's format is " + std::to_string(format) + ", made before the format was fixed");
  if (load<std::uint32_t>(from + segment_at::crc) != crc_without_field(block, segment_at::crc))
    return failure("segment_header_bad_checksum", "the CRC of the file's header does not match its bytes");
  SegmentHeader header;
  const auto kind = load<std::uint8_t>(from + segment_at::source_kind);
  if (kind > static_cast<std::uint8_t>(Source::Kind::topic))
    return bad_field("the file's source is neither embedded nor a topic");
  header.source = {static_cast<Source::Kind>(kind), load<std::uint64_t>(from + segment_at::generation)};
  header.number = load<std::uint64_t>(from + segment_at::number);
  header.bytes = load<std::uint64_t>(from + segment_at::bytes);
  if (header.bytes < segment_bytes_min || header.bytes % block_bytes != 0)
    return bad_field("the file's size is too small or no multiple of a block");
  header.last_source_offset = load<std::uint64_t>(from + segment_at::last_source_offset);
  header.first_batch = load<std::uint64_t>(from + segment_at::first_batch);
  header.before = load_state(from);
  auto frontier = load_frontier(from);
  if (!frontier) return std::unexpected(frontier.error());
  header.frontier = std::move(*frontier);
  // One header, one encoding: whatever else the bytes say is not a header of ours.
  if (text_of(block) != encode_segment_header(header))
    return bad_field("the file's header has bytes that mean nothing");
  return header;
}

void seal_batch(std::span<std::byte> batch, BatchHeader header) {
  CHECK(batch.size() >= batch_header_bytes + header.length);
  auto* const to = batch.data();
  std::memcpy(to, batch_magic.data(), batch_magic.size());
  store(to + batch_at::number, header.number);
  store(to + batch_at::first, header.first.value);
  store(to + batch_at::records, header.records);
  store(to + batch_at::leaves, header.leaves);
  store(to + batch_at::length, header.length);
  store(to + batch_at::kind, static_cast<std::uint32_t>(header.kind));
  store(to + batch_at::crc, std::uint32_t{0});
  store(to + batch_at::zero, std::uint32_t{0});
  store(to + batch_at::crc, crc32(batch.first(batch_header_bytes + header.length)));
}

std::string empty_batch(BatchKind kind, std::uint64_t number, Sequence first) {
  std::string block(block_bytes, static_cast<char>(empty_fill));
  seal_batch({reinterpret_cast<std::byte*>(block.data()), block.size()},
             {.number = number, .first = first, .length = block_bytes - batch_header_bytes, .kind = kind});
  return block;
}

const char* sentence_of(BatchFault fault) {
  switch (fault) {
    case BatchFault::no_magic:
      return "no batch begins here, and the bytes are not zero";
    case BatchFault::unknown_kind:
      return "the batch's kind is unknown";
    case BatchFault::bad_length:
      return "the batch's length does not fit the file or its kind";
    case BatchFault::bad_checksum:
      return "the batch's CRC does not match its bytes";
    case BatchFault::padding_not_zero:
      return "the padding behind the batch is not zero";
  }
  CHECK(false);
}

std::expected<BatchHeader, BatchFault> decode_batch_header(ByteView from, std::uint64_t room) {
  if (from.size() < batch_header_bytes || std::memcmp(from.data(), batch_magic.data(), batch_magic.size()) != 0)
    return std::unexpected(BatchFault::no_magic);
  const auto* const at = from.data();
  BatchHeader header;
  const auto kind = load<std::uint32_t>(at + batch_at::kind);
  if (kind > static_cast<std::uint32_t>(BatchKind::closing)) return std::unexpected(BatchFault::unknown_kind);
  header.kind = static_cast<BatchKind>(kind);
  header.number = load<std::uint64_t>(at + batch_at::number);
  header.first = Sequence(load<std::uint64_t>(at + batch_at::first));
  header.records = load<std::uint32_t>(at + batch_at::records);
  header.leaves = load<std::uint32_t>(at + batch_at::leaves);
  header.length = load<std::uint32_t>(at + batch_at::length);
  header.crc = load<std::uint32_t>(at + batch_at::crc);
  const bool empty = header.kind != BatchKind::data;
  if (header.stored_bytes() > room || header.length > limits::batch_bytes_max || header.leaves > header.records ||
      (empty && (header.length != block_bytes - batch_header_bytes || header.records != 0)) ||
      (!empty && header.records == 0))
    return std::unexpected(BatchFault::bad_length);
  return header;
}

std::optional<BatchFault> check_batch(const BatchHeader& header, ByteView stored) {
  const auto used = stored.first(batch_header_bytes + header.length);
  if (header.crc != crc_without_field(used, batch_at::crc)) return BatchFault::bad_checksum;
  if (!all_zero(stored.subspan(used.size()))) return BatchFault::padding_not_zero;
  return std::nullopt;
}

bool all_zero(ByteView bytes) {
  // Equal to itself moved by one, and its first zero: all are.
  return bytes.empty() ||
         (bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

std::string segment_name(std::uint64_t number) {
  auto digits = std::to_string(number);
  if (digits.size() < 12) digits.insert(0, 12 - digits.size(), '0');
  return digits + ".segment";
}

std::optional<std::uint64_t> segment_number(std::string_view name) {
  if (!name.ends_with(".segment")) return std::nullopt;
  name.remove_suffix(std::string_view(".segment").size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || name.size() < 12) return std::nullopt;
  return number;
}

}  // namespace pioneer::adapters::segments
