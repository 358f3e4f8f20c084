#include "adapters/segments/segment_log.hpp"

#include <algorithm>

#include "eventstore/check.hpp"
#include "eventstore/known_hash.hpp"
#include "eventstore/little_endian.hpp"

namespace pioneer::adapters::segments {

using namespace eventstore;

SegmentLog::SegmentLog(Disk& disk, Executor& executor, Options options)
    : disk_(disk), executor_(executor), options_(std::move(options)), catalogue_(disk, options_.directory) {
  CHECK(options_.segment_bytes >= segment_bytes_min && options_.segment_bytes % block_bytes == 0);
}

SegmentLog::~SegmentLog() = default;

Result<std::unique_ptr<SegmentLog>> SegmentLog::create(Disk& disk, Executor& executor, Options options,
                                                       const LogId& log_id, Source source) {
  CHECK(!options.read_only);
  const auto headers = read_headers(disk, options.directory);
  if (!headers) return std::unexpected(headers.error().error());
  if (!headers->empty()) return failure("log_exists", options.directory + " holds a log already");
  std::unique_ptr<SegmentLog> log(new SegmentLog(disk, executor, std::move(options)));
  log->source_ = source;
  log->state_ = LogState::genesis(log_id);
  if (auto started = log->start_segment(0); !started) return std::unexpected(started.error());
  if (auto opened = log->write_empty(BatchKind::opening); !opened) return std::unexpected(opened.error());
  return log;
}

Result<std::unique_ptr<SegmentLog>> SegmentLog::open(Disk& disk, Executor& executor, Options options) {
  const auto headers = read_headers(disk, options.directory);
  if (!headers) return std::unexpected(headers.error().error());
  if (headers->empty()) return failure("no_log", options.directory + " holds no log");
  std::unique_ptr<SegmentLog> log(new SegmentLog(disk, executor, std::move(options)));
  if (auto recovered = log->recover(*headers); !recovered) return std::unexpected(recovered.error());
  return log;
}

Result<void> SegmentLog::recover(const std::vector<SegmentHeader>& headers) {
  for (const auto& header : headers) {
    segment_ = std::make_shared<Segment>();
    segment_->number = header.number;
    segment_->first = header.before.next;
    segment_->bytes = header.bytes;
    segment_->durable_end = header.bytes;
    catalogue_.add(segment_);
  }
  const auto path = catalogue_.path_of(*segment_);
  auto file = disk_.open(path, options_.read_only ? OpenMode::read_only : OpenMode::read_write);
  if (!file) return std::unexpected(file.error());
  file_ = std::move(*file);
  source_ = headers.back().source;
  const auto end = scan(*file_, path, headers.back(), true,
                        [this](const Batch& batch) { segment_->note(batch.header.first, batch.offset); });
  if (!end) return std::unexpected(end.error().error());
  state_ = end->state;
  frontier_ = end->frontier;
  last_source_offset_ = end->last_source_offset;
  next_batch_ = end->next_batch;
  last_kind_ = end->last_kind;
  offset_ = end->offset;
  segment_->indexed = true;
  segment_->durable_end = offset_;
  end_.store(state_.next.value, std::memory_order_release);
  if (options_.before_writing)
    if (auto may = options_.before_writing(*this); !may) return may;
  newer_ = end->newer;
  if (newer_) refusal_ = Error{"newer_feature_level", path + ": " + newer_program(*newer_), Retry::cannot_help};
  if (options_.read_only || newer_) return {};
  return repair(*end);
}

Result<void> SegmentLog::repair(const SegmentEnd& end) {
  // The last process may have seen this fail, after it had renamed the last file in.
  if (auto synced = disk_.sync_directory(options_.directory); !synced) return poison(synced.error());
  // A file that was being made when the process ended holds nothing.
  const auto names = disk_.list(options_.directory);
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (!name.ends_with(unfinished_suffix) ||
        !segment_number(std::string_view(name).substr(0, name.size() - unfinished_suffix.size())))
      continue;
    if (auto removed = disk_.remove(options_.directory + "/" + name); !removed) return removed;
  }
  repaired_ = end.tail == SegmentEnd::Tail::torn;
  if (repaired_) {
    const auto torn = (end.torn_end + block_bytes - 1) / block_bytes * block_bytes - offset_;
    buffer_.assign(static_cast<std::size_t>(torn), std::byte{0});
    if (auto written = write_durably(buffer_); !written) return written;
  }
  if (end.tail != SegmentEnd::Tail::closed && end.last_batch != 0) {
    // The last process may have seen this batch's sync fail and left it in the system's memory only, where we have just
    // read it. Written again and synced, it is where we count on it.
    buffer_.resize(static_cast<std::size_t>(offset_ - end.last_batch));
    const auto got = file_->read(end.last_batch, buffer_);
    if (!got) return std::unexpected(got.error());
    offset_ = end.last_batch;
    if (auto written = write_durably(buffer_); !written) return written;
    offset_ += buffer_.size();
  }
  return write_empty(BatchKind::opening);
}

Result<void> SegmentLog::writable() const {
  if (refusal_) return std::unexpected(*refusal_);
  if (options_.read_only) return failure("log_read_only", options_.directory + " was opened for reading only");
  return {};
}

Result<void> SegmentLog::poison(const Error& cause) {
  refusal_ = Error{"sync_failed", "nothing is written any more since: " + cause.code + ": " + cause.detail,
                   Retry::cannot_help};
  return std::unexpected(*refusal_);
}

std::size_t SegmentLog::payload_bytes_max() const {
  return std::min<std::size_t>(limits::batch_bytes_max, static_cast<std::size_t>(options_.segment_bytes) -
                                                            segment_header_bytes - reserved_bytes - batch_header_bytes);
}

Result<void> SegmentLog::append(std::span<const std::string> records, std::span<const std::uint64_t> source_offsets) {
  if (auto finished = finish_whole_file(false); !finished) return finished;
  return append_batches(records, source_offsets, {});
}

// `hashes`: of the records, or none.
Result<void> SegmentLog::append_batches(std::span<const std::string> records,
                                        std::span<const std::uint64_t> source_offsets, std::span<const Hash> hashes) {
  const bool topic = source_.kind == Source::Kind::topic;
  CHECK(source_offsets.size() == (topic ? records.size() : 0));
  while (!records.empty()) {
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < records.size(); ++count) {
      bytes += records[count].size() + (topic ? sizeof(std::uint64_t) : 0);
      if (bytes > payload_bytes_max()) break;
    }
    CHECK(count > 0);
    const auto known = hashes.first(hashes.empty() ? 0 : count);
    if (auto written = write_batch(records.first(count), source_offsets.first(topic ? count : 0), known); !written)
      return written;
    records = records.subspan(count);
    hashes = hashes.subspan(known.size());
    if (topic) source_offsets = source_offsets.subspan(count);
  }
  return {};
}

Result<void> SegmentLog::write_batch(std::span<const std::string> records,
                                     std::span<const std::uint64_t> source_offsets, std::span<const Hash> hashes) {
  if (auto may = writable(); !may) return may;
  auto after = state_;
  leaves_.clear();
  std::size_t length = source_offsets.size() * sizeof(std::uint64_t);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto& record = records[i];
    const auto judgement =
        hashes.empty() ? accept(after, bytes_of(record)) : accept_known(after, bytes_of(record), hashes[i]);
    CHECK(judgement.verdict == Verdict::accepted_leaf || judgement.verdict == Verdict::accepted_fence);
    if (judgement.verdict == Verdict::accepted_leaf) leaves_.push_back(judgement.leaf);
    length += record.size();
  }
  const BatchHeader header{.number = next_batch_,
                           .first = state_.next,
                           .records = static_cast<std::uint32_t>(records.size()),
                           .leaves = static_cast<std::uint32_t>(leaves_.size()),
                           .length = static_cast<std::uint32_t>(length)};
  if (auto room = make_room(header.stored_bytes(), BatchKind::data); !room) return room;
  fill_buffer(records, source_offsets, header);
  if (auto written = write_durably(buffer_); !written) return written;
  segment_->note(header.first, offset_);
  offset_ += buffer_.size();
  ++next_batch_;
  last_kind_ = BatchKind::data;
  state_ = after;
  for (const auto& leaf : leaves_) frontier_.add(leaf);
  if (!source_offsets.empty()) last_source_offset_ = source_offsets.back();
  if (before_) return {};
  segment_->durable_end.store(offset_, std::memory_order_release);
  end_.store(state_.next.value, std::memory_order_release);
  foresee_next();
  return {};
}

void SegmentLog::fill_buffer(std::span<const std::string> records, std::span<const std::uint64_t> source_offsets,
                             BatchHeader header) {
  buffer_.resize(header.stored_bytes());
  auto* to = buffer_.data() + batch_header_bytes;
  for (const auto offset : source_offsets) {
    store(to, offset);
    to += sizeof offset;
  }
  for (const auto& record : records) {
    std::memcpy(to, record.data(), record.size());
    to += record.size();
  }
  std::fill(to, buffer_.data() + buffer_.size(), std::byte{0});
  seal_batch(buffer_, header);
}

Result<void> SegmentLog::write_empty(BatchKind kind) {
  if (auto finished = finish_whole_file(false); !finished) return finished;
  if (auto may = writable(); !may) return may;
  if (auto room = make_room(block_bytes, kind); !room) return room;
  if (auto written = write_durably(bytes_of(empty_batch(kind, next_batch_, state_.next))); !written) return written;
  segment_->note(state_.next, offset_);
  offset_ += block_bytes;
  ++next_batch_;
  last_kind_ = kind;
  segment_->durable_end.store(offset_, std::memory_order_release);
  return {};
}

Result<void> SegmentLog::write_durably(ByteView stored) {
  if (before_) {
    const auto written = file_->write(offset_, stored);
    return written ? written : take_back(written.error());
  }
  if (auto written = file_->write(offset_, stored); !written) return poison(written.error());
  if (auto synced = file_->sync(); !synced) return poison(synced.error());
  return {};
}

std::optional<std::uint64_t> SegmentLog::copied_to() const {
  if (last_source_offset() == no_source_offset) return std::nullopt;
  return last_source_offset();
}

Result<void> SegmentLog::protect_tail() {
  if (last_kind_ != BatchKind::data) return writable();
  return write_empty(BatchKind::protecting);
}

Result<void> SegmentLog::close() {
  if (newer_) return {};
  if (auto closed = write_empty(BatchKind::closing); !closed) return closed;
  refusal_ = Error{"log_closed", options_.directory + " was closed"};
  next_.reset();
  const auto path = unfinished_path(segment_->number + 1);
  return disk_.exists(path) ? disk_.remove(path) : Result<void>{};
}

std::string SegmentLog::unfinished_path(std::uint64_t number) const {
  return options_.directory + "/" + segment_name(number) + std::string(unfinished_suffix);
}

/// Begins the next file when an eighth of this one is used: early enough to be ready, late enough that a process which
/// writes little does not make one.
void SegmentLog::foresee_next() {
  if (more_comes_ || next_ || offset_ < segment_->bytes / 8) return;
  next_ = std::make_unique<UnfinishedFile>(disk_, unfinished_path(segment_->number + 1), options_.segment_bytes);
  next_->begin(executor_);
}

Result<void> SegmentLog::make_room(std::size_t stored_bytes, BatchKind kind) {
  const auto reserved = kind == BatchKind::data ? reserved_bytes : 0;
  if (offset_ + stored_bytes + reserved <= segment_->bytes) return {};
  if (more_comes_) {
    if (auto finished = finish_whole_file(true); !finished) return finished;
    return begin_whole_file();
  }
  return start_segment(segment_->number + 1);
}

Result<void> SegmentLog::start_segment(std::uint64_t number) {
  const auto unfinished = unfinished_path(number);
  const auto bytes =
      number == 0 && options_.first_segment_bytes != 0 ? options_.first_segment_bytes : options_.segment_bytes;
  if (!next_) next_ = std::make_unique<UnfinishedFile>(disk_, unfinished, bytes);
  auto made = next_->take();
  next_.reset();
  // So far nothing of the log was touched: with room on the disk the same call may succeed.
  if (!made && made.error().code == "disk_full") return std::unexpected(made.error());
  if (!made) return poison(made.error());
  const auto header = header_of_next(number, bytes);
  if (auto done = put_in_place(**made, header); !done) return poison(done.error());
  begin_segment(std::move(*made), header);
  segment_->durable_end = offset_;
  catalogue_.add(segment_);
  return {};
}

SegmentHeader SegmentLog::header_of_next(std::uint64_t number, std::uint64_t bytes) const {
  return {.number = number,
          .bytes = bytes,
          .source = source_,
          .last_source_offset = last_source_offset_,
          .first_batch = next_batch_,
          .before = state_,
          .frontier = frontier_};
}

/// The header last, then the name: until then nothing in the file counts.
Result<void> SegmentLog::put_in_place(File& file, const SegmentHeader& header) {
  if (auto written = file.write(0, bytes_of(encode_segment_header(header))); !written) return written;
  if (auto synced = file.sync(); !synced) return synced;
  const auto path = options_.directory + "/" + segment_name(header.number);
  if (auto named = disk_.rename(unfinished_path(header.number), path); !named) return named;
  return disk_.sync_directory(options_.directory);
}

/// From here on batches go into this file.
void SegmentLog::begin_segment(std::unique_ptr<File> file, const SegmentHeader& header) {
  file_ = std::move(file);
  offset_ = segment_header_bytes;
  segment_ = std::make_shared<Segment>();
  segment_->number = header.number;
  segment_->first = header.before.next;
  segment_->bytes = header.bytes;
  segment_->indexed = true;
}

}  // namespace pioneer::adapters::segments
