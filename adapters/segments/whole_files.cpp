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
  before_ =
      Before{state_, frontier_, last_source_offset_, next_batch_, last_kind_, offset_, std::move(file_), segment_};
  file_ = std::move(*made);
  offset_ = segment_header_bytes;
  segment_ = std::make_shared<Segment>();
  segment_->number = before_->segment->number + 1;
  segment_->first = state_.next;
  segment_->bytes = options_.segment_bytes;
  segment_->indexed = true;
  return {};
}

Result<void> SegmentLog::finish_whole_file(bool full) {
  if (!before_) return {};
  const auto bytes = full ? segment_->bytes : std::min(segment_->bytes, offset_ + room_behind_bytes);
  if (auto written = write_out_whole_file(bytes); !written) return take_back(written.error());
  segment_->bytes = bytes;
  segment_->durable_end = offset_;
  catalogue_.add(segment_);
  before_.reset();
  end_.store(state_.next.value, std::memory_order_release);
  return {};
}

Result<void> SegmentLog::write_out_whole_file(std::uint64_t bytes) {
  const std::vector<std::byte> zeros(static_cast<std::size_t>(bytes - offset_));
  if (auto written = file_->write(offset_, zeros); !written) return written;
  const SegmentHeader header{.number = segment_->number,
                             .bytes = bytes,
                             .source = source_,
                             .last_source_offset = before_->last_source_offset,
                             .first_batch = before_->next_batch,
                             .before = before_->state,
                             .frontier = before_->frontier};
  if (auto written = file_->write(0, bytes_of(encode_segment_header(header))); !written) return written;
  if (auto synced = file_->sync(); !synced) return synced;
  const auto path = options_.directory + "/" + segment_name(segment_->number);
  if (auto named = disk_.rename(unfinished_path(segment_->number), path); !named) return named;
  return disk_.sync_directory(options_.directory);
}

// Of a file without its name nobody relies on anything: with room on the disk the same records may be appended again.
std::unexpected<Error> SegmentLog::take_back(const Error& cause) {
  CHECK(before_);
  const auto path = unfinished_path(segment_->number);
  state_ = before_->state;
  frontier_ = before_->frontier;
  last_source_offset_ = before_->last_source_offset;
  next_batch_ = before_->next_batch;
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
