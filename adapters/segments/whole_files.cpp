// Files that are written whole, where a copy has much to take: batches first, then the header and one sync, then the
// name. Until then nothing of them counts, so no batch in them needs a sync of its own, and no zeros are written first.
#include "adapters/segments/segment_log.hpp"
#include "eventstore/check.hpp"

namespace pioneer::adapters::segments {

using namespace eventstore;

namespace {

/// Left in a file that is not full, for batches that come while the next one is being made.
constexpr std::uint64_t room_behind_bytes = 4u << 20;

}  // namespace

Result<void> SegmentLog::append_more(std::span<const std::string> records,
                                     std::span<const std::uint64_t> source_offsets, std::span<const Hash> hashes) {
  CHECK(hashes.size() == records.size());
  more_comes_ = true;
  auto done = append_batches(records, source_offsets, hashes);
  more_comes_ = false;
  return done;
}

Result<void> SegmentLog::begin_whole_file() {
  next_.reset();
  const auto path = unfinished_path(segment_->number + 1);
  if (disk_.exists(path))
    if (auto removed = disk_.remove(path); !removed) return poison(removed.error());
  auto made = disk_.open(path, OpenMode::create_new);
  if (!made && made.error().code == "disk_full") return std::unexpected(made.error());
  if (!made) return poison(made.error());
  before_ = Before{header_of_next(segment_->number + 1, options_.segment_bytes), last_kind_, offset_, std::move(file_),
                   segment_};
  begin_segment(std::move(*made), before_->header);
  return {};
}

Result<void> SegmentLog::finish_whole_file(bool full) {
  if (!before_) return {};
  if (!full) segment_->bytes = std::min(segment_->bytes, offset_ + room_behind_bytes);
  if (auto written = write_out_whole_file(); !written) return take_back(written.error());
  segment_->durable_end = offset_;
  catalogue_.add(segment_);
  before_.reset();
  end_.store(state_.next.value, std::memory_order_release);
  return {};
}

Result<void> SegmentLog::write_out_whole_file() {
  const std::vector<std::byte> zeros(static_cast<std::size_t>(segment_->bytes - offset_));
  if (auto written = file_->write(offset_, zeros); !written) return written;
  auto header = before_->header;
  header.bytes = segment_->bytes;
  return put_in_place(*file_, header);
}

// Of a file without its name nobody relies on anything: with room on the disk the same records may be appended again.
std::unexpected<Error> SegmentLog::take_back(const Error& cause) {
  CHECK(before_);
  const auto path = unfinished_path(segment_->number);
  state_ = before_->header.before;
  frontier_ = before_->header.frontier;
  last_source_offset_ = before_->header.last_source_offset;
  next_batch_ = before_->header.first_batch;
  last_kind_ = before_->last_kind;
  offset_ = before_->offset;
  file_ = std::move(before_->file);
  segment_ = before_->segment;
  before_.reset();
  if (cause.code != "disk_full") return std::unexpected(poison(cause).error());
  static_cast<void>(disk_.remove(path));  // gives the room back
  return std::unexpected(cause);
}

}  // namespace pioneer::adapters::segments
