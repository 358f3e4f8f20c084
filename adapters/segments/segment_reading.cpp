// The reading half of SegmentLog: what may run on other threads.
#include "adapters/segments/segment_log.hpp"
#include "eventstore/check.hpp"

namespace pioneer::adapters::segments {

using namespace eventstore;

namespace {

constexpr std::size_t look_up_ahead_bytes = 64u << 10;
constexpr std::size_t stream_ahead_bytes = 256u << 10;
/// Larger batches are not kept: eight of them would be much memory.
constexpr std::size_t cached_batch_bytes_max = 1u << 20;

bool is_fence(ByteView record) {
  const auto header = inspect_record(record);
  return header && header->kind == RecordKind::fence;
}

std::unexpected<Error> corrupt(const std::string& path, std::uint64_t offset, const char* reason) {
  return std::unexpected(Damage{"corrupt_batch", path, offset, reason, {}}.error());
}

/// The batch's leaves; fences are no leaves.
const char* leaves_of(const Batch& batch, Source::Kind source, std::vector<ByteView>& leaves) {
  if (const auto* const reason = split(batch, source, leaves)) return reason;
  if (batch.header.leaves != batch.header.records) std::erase_if(leaves, is_fence);
  return leaves.size() == batch.header.leaves ? nullptr
                                              : "the batch holds another number of leaves than its header says";
}

}  // namespace

/// A batch that was read: its own bytes, and where its leaves stand.
struct SegmentLog::LoadedBatch {
  Sequence first;
  std::string bytes;
  std::vector<std::pair<std::size_t, std::size_t>> leaves;  ///< offset, length
  bool holds(Sequence sequence) const { return sequence >= first && sequence.value - first.value < leaves.size(); }
};

Result<std::string> SegmentLog::read(Sequence sequence) const {
  if (sequence >= end()) return failure("beyond_end", "no such sequence yet", Retry::can_help);
  std::shared_ptr<const LoadedBatch> batch;
  {
    const std::lock_guard lock(cache_mutex_);
    for (const auto& cached : cache_)
      if (cached && cached->holds(sequence)) batch = cached;
  }
  if (!batch) {
    auto loaded = load(sequence);
    if (!loaded) return std::unexpected(loaded.error());
    batch = std::move(*loaded);
    if (batch->bytes.size() <= cached_batch_bytes_max) {
      const std::lock_guard lock(cache_mutex_);
      cache_[cache_turn_++ % cache_.size()] = batch;
    }
  }
  const auto [offset, length] = batch->leaves[static_cast<std::size_t>(sequence.value - batch->first.value)];
  return batch->bytes.substr(offset, length);
}

Result<std::shared_ptr<const SegmentLog::LoadedBatch>> SegmentLog::load(Sequence sequence) const {
  const auto spot = catalogue_.find(sequence);
  if (!spot) return std::unexpected(spot.error());
  const auto file = catalogue_.open(*spot->segment);
  if (!file) return std::unexpected(file.error());
  const auto path = catalogue_.path_of(*spot->segment);
  const auto durable_end = spot->segment->durable_end.load(std::memory_order_acquire);
  Window window(**file, look_up_ahead_bytes);
  auto at = spot->offset;
  for (;;) {
    const auto block = window.at(at, batch_header_bytes, durable_end);
    if (!block) return std::unexpected(block.error());
    const auto header = decode_batch_header(*block, durable_end - at);
    if (!header) return corrupt(path, at, sentence_of(header.error()));
    if (header->first > sequence) return corrupt(path, at, "the sequence should stand before this batch");
    if (sequence.value - header->first.value < header->leaves) break;
    at += header->stored_bytes();
  }
  const auto place = look(window, at, durable_end);
  if (!place) return std::unexpected(place.error());
  if (place->what != Place::What::batch) return corrupt(path, at, place->reason);
  std::vector<ByteView> leaves;
  if (const auto* const reason = leaves_of(place->batch, source_.kind, leaves)) return corrupt(path, at, reason);
  auto loaded = std::make_shared<LoadedBatch>();
  loaded->first = place->batch.header.first;
  loaded->bytes = text_of(place->batch.stored);
  for (const auto& leaf : leaves)
    loaded->leaves.emplace_back(static_cast<std::size_t>(leaf.data() - place->batch.stored.data()), leaf.size());
  return loaded;
}

class SegmentLog::Reader : public LogReader {
 public:
  Reader(const SegmentLog& log, Sequence from) : log_(log), next_(from) {}

  Result<std::optional<Leaf>> next() override {
    if (turn_ == leaves_.size()) {
      if (next_ >= log_.end()) return std::nullopt;
      if (auto loaded = load(); !loaded) return std::unexpected(loaded.error());
    }
    Leaf leaf{next_, std::string(text_of(leaves_[turn_]))};
    ++turn_;
    ++next_;
    return leaf;
  }

 private:
  Result<void> enter(std::shared_ptr<Segment> segment, std::uint64_t offset) {
    auto file = log_.disk_.open(log_.catalogue_.path_of(*segment), OpenMode::read_only);
    if (!file) return std::unexpected(file.error());
    file_ = std::move(*file);
    segment_ = std::move(segment);
    offset_ = offset;
    window_.emplace(*file_, stream_ahead_bytes);
    return {};
  }

  Result<void> begin() {
    auto spot = log_.catalogue_.find(next_);
    if (!spot) return std::unexpected(spot.error());
    return enter(std::move(spot->segment), spot->offset);
  }

  /// Loads the batch that holds next_, which is durable.
  Result<void> load() {
    leaves_.clear();
    turn_ = 0;
    if (!segment_)
      if (auto begun = begin(); !begun) return begun;
    for (;;) {
      // Read after end(): so it covers the batch, if the batch is in this file at all.
      const auto durable_end = segment_->durable_end.load(std::memory_order_acquire);
      const auto place = look(*window_, offset_, durable_end);
      if (!place) return std::unexpected(place.error());
      if (place->what == Place::What::damaged) return damaged(place->reason);
      if (place->what == Place::What::blank) {
        auto following = log_.catalogue_.after(segment_->number);
        if (!following) return damaged("the log ends before its durable end");
        if (auto entered = enter(std::move(following), segment_header_bytes); !entered) return entered;
        continue;
      }
      const auto& batch = place->batch;
      if (batch.header.first > next_) return damaged("the batch begins behind the sequence that is due");
      const auto skipped = next_.value - batch.header.first.value;
      if (skipped < batch.header.leaves) {
        if (const auto* const reason = leaves_of(batch, log_.source_.kind, leaves_)) return damaged(reason);
        turn_ = static_cast<std::size_t>(skipped);
      }
      offset_ += batch.header.stored_bytes();
      if (!leaves_.empty()) return {};
    }
  }

  Result<void> damaged(const char* reason) {
    auto error = corrupt(log_.catalogue_.path_of(*segment_), offset_, reason);
    leaves_.clear();
    segment_.reset();
    return error;
  }

  const SegmentLog& log_;
  Sequence next_;
  std::shared_ptr<Segment> segment_;
  std::unique_ptr<File> file_;
  std::uint64_t offset_ = 0;
  std::optional<Window> window_;
  std::vector<ByteView> leaves_;  ///< views into the window, which moves only in load()
  std::size_t turn_ = 0;
};

std::unique_ptr<LogReader> SegmentLog::reader(Sequence from) const { return std::make_unique<Reader>(*this, from); }

}  // namespace pioneer::adapters::segments
