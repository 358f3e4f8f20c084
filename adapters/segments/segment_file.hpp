// Reading one segment file: batch by batch, record by record; and judging what stands behind the last batch.
// Each object belongs to one thread; files may be shared.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/segments/format.hpp"
#include "eventstore/ports/disk.hpp"

namespace pioneer::adapters::segments {

/// Bytes of a file, read ahead in large pieces.
class Window {
 public:
  Window(const eventstore::File& file, std::size_t ahead_bytes) : file_(&file), ahead_(ahead_bytes) {}
  /// Bytes [offset, offset + size), fewer at `end`; never looks at or behind `end`. Valid until the next call.
  eventstore::Result<eventstore::ByteView> at(std::uint64_t offset, std::size_t size, std::uint64_t end);
  /// What was read ahead may have changed: read it again.
  void forget() { filled_ = 0; }

 private:
  const eventstore::File* file_;
  std::size_t ahead_;
  std::uint64_t start_ = 0;
  std::size_t filled_ = 0;
  std::vector<std::byte> bytes_;
};

/// A whole batch with a matching CRC, and where it stands. Views live as long as the window's.
struct Batch {
  BatchHeader header;
  std::uint64_t offset = 0;
  eventstore::ByteView stored;
};

/// What stands at a multiple of block_bytes.
struct Place {
  enum class What { batch, blank, damaged } what = What::blank;
  Batch batch;
  const char* reason = "";  ///< if damaged
};
/// Looks at [offset, end). Blank: no bytes, or a block of zeros.
eventstore::Result<Place> look(Window& window, std::uint64_t offset, std::uint64_t end);

/// The records of a data batch, views into it; a reason if they do not fill it exactly.
const char* split(const Batch& batch, Source::Kind source, std::vector<eventstore::ByteView>& records);
/// The source offset of the last record; no_source_offset if it has none.
std::uint64_t last_source_offset(const Batch& batch, Source::Kind source);

/// Something that must not be, and where.
struct Damage {
  std::string code;  ///< "corrupt_batch", "corrupt_tail", "feature_level_too_new", or a code of the header's
  std::string file;  ///< the path
  std::uint64_t offset = 0;
  std::string reason;
  eventstore::Sequence position;  ///< leaves known to be good before it
  eventstore::Error error() const;
};

/// Where a scan stands, and after it, how the file ends.
struct SegmentEnd {
  enum class Tail {
    closed,  ///< a closing batch, then zeros
    open,    ///< the last batch is whole, no closing batch: the process ended without close()
    torn,    ///< bytes of a batch that never became whole
  };
  eventstore::LogState state;
  eventstore::MerkleFrontier frontier;
  std::uint64_t last_source_offset = no_source_offset;
  std::uint64_t next_batch = 0;
  std::uint64_t offset = segment_header_bytes;  ///< behind the last batch
  std::uint64_t last_batch = 0;                 ///< where the last batch begins; 0: none
  std::uint64_t torn_end = 0;                   ///< if torn: behind the last byte that is not zero
  BatchKind last_kind = BatchKind::data;        ///< of the last batch, if there is one
  Tail tail = Tail::open;
  /// The first leaf above this build's feature level. What follows is folded as a newer program folds it.
  std::optional<eventstore::Sequence> newer;
};

/// Why a leaf of a higher level is the end for this program, and what to do.
std::string newer_program(eventstore::Sequence first);

using OnBatch = std::function<void(const Batch&)>;

/// Folds every record from the state in the header, checks every byte, and judges the tail.
/// `last`: no file follows it, so its tail may be open or torn.
std::expected<SegmentEnd, Damage> scan(const eventstore::File& file, const std::string& path,
                                       const SegmentHeader& header, bool last, const OnBatch& on_batch);

/// Reads and checks the header at the start of a file, and that the file has the size it names.
std::expected<SegmentHeader, Damage> read_header(const eventstore::File& file, const std::string& path);

/// The headers of all segments of a directory, in order, checked against each other: numbers from 0 without a gap, one
/// log, one source, sequences that do not go back. Empty: no segments.
std::expected<std::vector<SegmentHeader>, Damage> read_headers(eventstore::Disk& disk, const std::string& directory);

}  // namespace pioneer::adapters::segments
