#include "adapters/segments/segment_file.hpp"

#include <algorithm>

#include "eventstore/check.hpp"
#include "eventstore/little_endian.hpp"

namespace pioneer::adapters::segments {
namespace {

using namespace eventstore;

constexpr FeatureLevel any_feature_level{0xFFFF};
constexpr std::size_t level_at = 6;  ///< in a record's header

constexpr std::size_t scan_ahead_bytes = 1u << 20;

std::size_t offsets_bytes(const BatchHeader& header, Source::Kind source) {
  return source == Source::Kind::topic ? std::size_t{header.records} * sizeof(std::uint64_t) : 0;
}

/// One file on its way through a scan.
class Scan {
 public:
  Scan(const File& file, const std::string& path, const SegmentHeader& header, bool last)
      : window_(file, scan_ahead_bytes), path_(path), header_(header), last_(last) {
    end_.state = header.before;
    good_ = header.before.next;
    end_.frontier = header.frontier;
    end_.last_source_offset = header.last_source_offset;
    end_.next_batch = header.first_batch;
  }

  std::expected<SegmentEnd, Damage> run(const OnBatch& on_batch) {
    for (;;) {
      auto place = look(window_, end_.offset, header_.bytes);
      if (!place) return unreadable(place.error());
      if (place->what != Place::What::batch) {
        auto end = judge_tail(*place);
        if (end || !last_) return end;
        // Another process may be writing: what looked like a bad batch in front of a whole one became whole meanwhile.
        window_.forget();
        place = look(window_, end_.offset, header_.bytes);
        if (!place) return unreadable(place.error());
        if (place->what != Place::What::batch) return end;
      }
      if (auto bad = fold(place->batch)) return std::unexpected(std::move(*bad));
      if (on_batch) on_batch(place->batch);
    }
  }

 private:
  std::unexpected<Damage> damage(const char* code, std::uint64_t offset, std::string reason) const {
    return std::unexpected(Damage{code, path_, offset, std::move(reason), good_});
  }
  std::unexpected<Damage> unreadable(const Error& error) const {
    return damage("read_failed", end_.offset, error.detail);
  }

  std::optional<Damage> fold(const Batch& batch) {
    const auto bad = [&](std::string reason, const char* code = "corrupt_batch") {
      return Damage{code, path_, batch.offset, std::move(reason), good_};
    };
    if (batch.header.number != end_.next_batch) return bad("the batch has another number than the next");
    if (batch.header.first != end_.state.next) return bad("the batch begins at another sequence than the next");
    if (end_.last_batch != 0 && end_.last_kind == BatchKind::closing && batch.header.kind != BatchKind::opening)
      return bad("a batch follows a closing one without an opening one between");
    if (const auto* const reason = split(batch, header_.source.kind, records_)) return bad(reason);
    std::uint64_t leaves = 0;
    for (const auto& record : records_) {
      const auto judgement = accept(end_.state, record, any_feature_level);
      if (judgement.verdict == Verdict::stop) return bad(judgement.reason, "feature_level_too_new");
      if (judgement.verdict == Verdict::accepted_leaf) {
        end_.frontier.add(judgement.leaf);
        ++leaves;
      } else if (judgement.verdict != Verdict::accepted_fence) {
        return bad(std::string("a record that the log does not accept: ") + judgement.reason);
      }
      if (!end_.newer && load<std::uint16_t>(record.data() + level_at) > limits::feature_level)
        end_.newer = Sequence(end_.state.next.value - (judgement.verdict == Verdict::accepted_leaf ? 1 : 0));
    }
    if (leaves != batch.header.leaves) return bad("the batch holds another number of leaves than its header says");
    if (!records_.empty() && header_.source.kind == Source::Kind::topic)
      end_.last_source_offset = last_source_offset(batch, header_.source.kind);
    end_.last_batch = batch.offset;
    end_.last_kind = batch.header.kind;
    end_.offset = batch.offset + batch.header.stored_bytes();
    ++end_.next_batch;
    good_ = end_.state.next;
    return std::nullopt;
  }

  /// `place` is what stands behind the last whole batch: nothing, or something that is no batch.
  std::expected<SegmentEnd, Damage> judge_tail(const Place& place) {
    const bool damaged = place.what == Place::What::damaged;
    const auto used = end_of_bytes();
    if (!used) return unreadable(used.error());
    const bool strict = end_.last_batch != 0 && end_.last_kind == BatchKind::closing;
    if (*used == end_.offset) {
      end_.tail = strict ? SegmentEnd::Tail::closed : SegmentEnd::Tail::open;
      return std::move(end_);
    }
    if (!last_ || strict) {
      if (damaged) return damage("corrupt_batch", end_.offset, place.reason);
      return damage("corrupt_tail", *used - 1,
                    strict ? "bytes behind the closing batch that are not zero"
                           : "bytes behind the last batch that are not zero");
    }
    const auto resembles = resembles_empty_batch();
    if (!resembles) return unreadable(resembles.error());
    if (*resembles) return damage("corrupt_batch", end_.offset, "an empty batch of which a few bytes were changed");
    const auto later = find_batch_behind(*used);
    if (!later) return unreadable(later.error());
    if (*later)
      return damage("corrupt_batch", end_.offset,
                    damaged ? place.reason : "a batch is missing in front of a whole one");
    end_.tail = SegmentEnd::Tail::torn;
    end_.torn_end = *used;
    return std::move(end_);
  }

  /// Behind the last byte of the file that is not zero, or where the last batch ends.
  Result<std::uint64_t> end_of_bytes() {
    auto used = end_.offset;
    for (auto at = end_.offset; at < header_.bytes;) {
      auto bytes = window_.at(at, scan_ahead_bytes, header_.bytes);
      if (!bytes) return std::unexpected(bytes.error());
      if (bytes->empty()) break;
      if (!all_zero(*bytes)) {
        auto last = bytes->size();
        while ((*bytes)[last - 1] == std::byte{0}) --last;
        used = at + last;
      }
      at += bytes->size();
    }
    return used;
  }

  /// A write that was torn leaves old bytes, zeros; a few changed bytes in a block that is fully known are no such
  /// thing.
  Result<bool> resembles_empty_batch() {
    constexpr std::ptrdiff_t few_bytes = 8;
    const auto block = window_.at(end_.offset, block_bytes, header_.bytes);
    if (!block) return std::unexpected(block.error());
    for (const auto kind : {BatchKind::opening, BatchKind::protecting, BatchKind::closing}) {
      const auto expected = empty_batch(kind, end_.next_batch, end_.state.next);
      std::ptrdiff_t changed = 0;
      for (std::size_t i = 0; i < block->size(); ++i) changed += (*block)[i] != bytes_of(expected)[i];
      if (block->size() == block_bytes && changed <= few_bytes) return true;
    }
    return false;
  }

  /// Is there a whole batch, later than those read, behind the one that should stand at the end?
  Result<bool> find_batch_behind(std::uint64_t used) {
    for (auto at = end_.offset + block_bytes; at < used; at += block_bytes) {
      const auto place = look(window_, at, header_.bytes);
      if (!place) return std::unexpected(place.error());
      if (place->what == Place::What::batch && place->batch.header.number >= end_.next_batch) return true;
    }
    return false;
  }

  Window window_;
  const std::string& path_;
  const SegmentHeader& header_;
  bool last_;
  SegmentEnd end_;
  Sequence good_;
  std::vector<ByteView> records_;
};

/// What two neighbours must agree on.
const char* disagreement(const SegmentHeader& earlier, const SegmentHeader& later) {
  if (later.number != earlier.number + 1) return "the file's number is not the one behind its predecessor's";
  if (later.before.log_id != earlier.before.log_id) return "the file belongs to another log than its predecessor";
  if (later.source != earlier.source) return "the file has another source than its predecessor";
  if (later.before.next < earlier.before.next) return "the file begins before its predecessor";
  if (later.first_batch < earlier.first_batch) return "the file's batches begin before its predecessor's";
  return nullptr;
}

}  // namespace

std::string newer_program(Sequence first) {
  return "commit " + std::to_string(first.value) +
         " was written at a higher feature level; a newer program is needed to go on from there";
}

Result<ByteView> Window::at(std::uint64_t offset, std::size_t size, std::uint64_t end) {
  if (offset >= end) return ByteView{};
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, end - offset));
  if (offset < start_ || offset + size > start_ + filled_) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(std::max(size, ahead_), end - offset));
    if (bytes_.size() < wanted) bytes_.resize(wanted);
    filled_ = 0;
    const auto got = file_->read(offset, std::span(bytes_).first(wanted));
    if (!got) return std::unexpected(got.error());
    start_ = offset;
    filled_ = *got;
    size = std::min(size, filled_);
  }
  return ByteView(bytes_).subspan(static_cast<std::size_t>(offset - start_), size);
}

Result<Place> look(Window& window, std::uint64_t offset, std::uint64_t end) {
  const auto block = window.at(offset, block_bytes, end);
  if (!block) return std::unexpected(block.error());
  if (all_zero(*block)) return Place{};
  const auto damaged = [](BatchFault fault) { return Place{Place::What::damaged, {}, sentence_of(fault)}; };
  const auto header = decode_batch_header(*block, end - offset);
  if (!header) return damaged(header.error());
  const auto stored = window.at(offset, header->stored_bytes(), end);
  if (!stored) return std::unexpected(stored.error());
  if (stored->size() < header->stored_bytes()) return damaged(BatchFault::bad_length);
  if (const auto fault = check_batch(*header, *stored)) return damaged(*fault);
  return Place{Place::What::batch, {*header, offset, *stored}, ""};
}

const char* split(const Batch& batch, Source::Kind source, std::vector<ByteView>& records) {
  records.clear();
  if (batch.header.kind != BatchKind::data) return nullptr;
  const auto offsets = offsets_bytes(batch.header, source);
  if (offsets > batch.header.length) return "the batch is too short for its source offsets";
  auto rest = batch.stored.subspan(batch_header_bytes + offsets, batch.header.length - offsets);
  for (std::uint32_t i = 0; i < batch.header.records; ++i) {
    const auto length = record_length(rest);
    if (!length || *length > rest.size()) return "the batch's records do not fit its length";
    records.push_back(rest.first(*length));
    rest = rest.subspan(*length);
  }
  return rest.empty() ? nullptr : "the batch is longer than its records";
}

std::uint64_t last_source_offset(const Batch& batch, Source::Kind source) {
  if (source != Source::Kind::topic || batch.header.records == 0) return no_source_offset;
  return load<std::uint64_t>(batch.stored.data() + batch_header_bytes + offsets_bytes(batch.header, source) -
                             sizeof(std::uint64_t));
}

Error Damage::error() const {
  return {code, file + " at byte " + std::to_string(offset) + ": " + reason, Retry::cannot_help};
}

std::expected<SegmentEnd, Damage> scan(const File& file, const std::string& path, const SegmentHeader& header,
                                       bool last, const OnBatch& on_batch) {
  return Scan(file, path, header, last).run(on_batch);
}

std::expected<SegmentHeader, Damage> read_header(const File& file, const std::string& path) {
  const auto damage = [&](std::string code, std::string reason) {
    return std::unexpected(Damage{std::move(code), path, 0, std::move(reason), {}});
  };
  std::array<std::byte, segment_header_bytes> block;
  const auto got = file.read(0, block);
  if (!got) return damage("read_failed", got.error().detail);
  auto header = decode_segment_header(ByteView(block).first(*got));
  if (!header) return damage(header.error().code, header.error().detail);
  const auto size = file.size();
  if (!size) return damage("read_failed", size.error().detail);
  if (*size != header->bytes)
    return damage("segment_wrong_size",
                  "the file has " + std::to_string(*size) + " bytes, its header says " + std::to_string(header->bytes));
  return std::move(*header);
}

std::expected<std::vector<SegmentHeader>, Damage> read_headers(Disk& disk, const std::string& directory) {
  const auto names = disk.list(directory);
  if (!names) return std::unexpected(Damage{names.error().code, directory, 0, names.error().detail, {}});
  std::vector<std::uint64_t> numbers;
  for (const auto& name : *names)
    if (const auto number = segment_number(name)) numbers.push_back(*number);
  std::ranges::sort(numbers);
  std::vector<SegmentHeader> headers;
  for (const auto number : numbers) {
    const auto path = directory + "/" + segment_name(number);
    const auto file = disk.open(path, OpenMode::read_only);
    if (!file) return std::unexpected(Damage{file.error().code, path, 0, file.error().detail, {}});
    auto header = read_header(**file, path);
    if (!header) return std::unexpected(header.error());
    const char* wrong = nullptr;
    if (header->number != number)
      wrong = "the file's header has another number than its name";
    else if (!headers.empty())
      wrong = disagreement(headers.back(), *header);
    else if (number != 0)
      wrong = "the log's first file is missing";
    else if (header->before != LogState::genesis(header->before.log_id))
      wrong = "the log's first file does not begin at genesis";
    else if (header->first_batch != 0 || header->last_source_offset != no_source_offset)
      wrong = "the log's first file does not begin with its first batch";
    if (wrong != nullptr) return std::unexpected(Damage{"segments_disagree", path, 0, wrong, {}});
    headers.push_back(std::move(*header));
  }
  return headers;
}

}  // namespace pioneer::adapters::segments
