// How the log stands in files: names, the header of a file, the header of a batch. The format document is
// eventstore/README.md; these are its numbers, and its one encoder and decoder. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "eventstore/acceptance.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/merkle.hpp"

namespace pioneer::adapters::segments {

/// Batches begin on multiples of this: what a disk writes whole or not at all.
inline constexpr std::size_t block_bytes = 512;
/// Room for the fold's state and 64 hashes of the Merkle frontier.
inline constexpr std::size_t segment_header_bytes = 4096;
inline constexpr std::size_t batch_header_bytes = 48;
/// Data leaves this much free in every file, so that a protecting and a closing batch always find room.
inline constexpr std::size_t reserved_bytes = 2 * block_bytes;
/// The smallest file that holds the largest record.
inline constexpr std::size_t segment_bytes_min = 72u << 10;
static_assert(segment_header_bytes + batch_header_bytes + 8 + eventstore::limits::record_bytes_max + block_bytes +
                  reserved_bytes <=
              segment_bytes_min);

/// Where the records come from. A topic's batches keep each record's offset in it.
struct Source {
  enum class Kind : std::uint8_t { embedded = 0, topic = 1 };
  Kind kind = Kind::embedded;
  std::uint64_t generation = 0;  ///< of the topic; 0 if embedded
  friend bool operator==(const Source&, const Source&) = default;
};

/// Stands where no record has a source offset.
inline constexpr std::uint64_t no_source_offset = ~std::uint64_t{0};

struct SegmentHeader {
  std::uint64_t number = 0;  ///< of the file, from 0
  std::uint64_t bytes = 0;   ///< of the file, this header included
  Source source;
  std::uint64_t last_source_offset = no_source_offset;  ///< of the last record before this file
  std::uint64_t first_batch = 0;                        ///< number that its first batch has
  eventstore::LogState before;                          ///< the fold's state before its first record
  eventstore::MerkleFrontier frontier;                  ///< the tree before its first record
};

/// Exactly segment_header_bytes.
std::string encode_segment_header(const SegmentHeader& header);
/// Codes: "not_a_segment", "format_too_new", "format_too_old", "segment_header_bad_checksum",
/// "segment_header_bad_field".
eventstore::Result<SegmentHeader> decode_segment_header(eventstore::ByteView block);

enum class BatchKind : std::uint32_t {
  data = 0,
  opening = 1,     ///< a process opened the log for writing
  protecting = 2,  ///< nothing came for a while: the batch before it is known to be whole
  closing = 3,     ///< the log was closed: nothing but zeros may follow
};

struct BatchHeader {
  std::uint64_t number = 0;    ///< counts all batches of the log, from 0
  eventstore::Sequence first;  ///< how many leaves stand before it
  std::uint32_t records = 0;   ///< fences included
  std::uint32_t leaves = 0;
  std::uint32_t length = 0;  ///< bytes between the header and the padding
  BatchKind kind = BatchKind::data;
  std::uint32_t crc = 0;

  std::size_t stored_bytes() const {
    return (batch_header_bytes + length + block_bytes - 1) / block_bytes * block_bytes;
  }
};

/// What a batch that holds no records looks like: one block without a zero tail, so that a damaged one is told from
/// one that was never written.
std::string empty_batch(BatchKind kind, std::uint64_t number, eventstore::Sequence first);

/// Fills in the header of a batch whose payload stands behind it already, and its CRC.
/// Precondition: `batch` has batch_header_bytes + header.length bytes or more; those beyond are padding.
void seal_batch(std::span<std::byte> batch, BatchHeader header);

/// Why no batch header can be read here.
enum class BatchFault { no_magic, unknown_kind, bad_length, bad_checksum, padding_not_zero };
const char* sentence_of(BatchFault fault);

/// Reads the header only; `room` is how many bytes of the file follow from its first byte.
std::expected<BatchHeader, BatchFault> decode_batch_header(eventstore::ByteView from, std::uint64_t room);
/// Checks CRC and padding. Precondition: `stored` has header.stored_bytes().
std::optional<BatchFault> check_batch(const BatchHeader& header, eventstore::ByteView stored);

bool all_zero(eventstore::ByteView bytes);

/// "000000000042.segment"
std::string segment_name(std::uint64_t number);
/// Nothing if the name is not that of a segment.
std::optional<std::uint64_t> segment_number(std::string_view name);
/// Ends the name of a file that is being made; it holds nothing yet.
inline constexpr std::string_view unfinished_suffix = ".new";

}  // namespace pioneer::adapters::segments
