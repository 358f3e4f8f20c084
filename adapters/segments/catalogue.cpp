#include "adapters/segments/catalogue.hpp"

#include <algorithm>

#include "eventstore/check.hpp"

namespace pioneer::adapters::segments {

using namespace eventstore;

namespace {
constexpr std::uint64_t entry_every_bytes = 64u << 10;
constexpr std::size_t open_files_max = 16;
}  // namespace

void Segment::note(Sequence first_leaf, std::uint64_t offset) {
  const std::lock_guard lock(mutex);
  if (entries.empty() || offset - entries.back().offset >= entry_every_bytes) entries.push_back({first_leaf, offset});
}

void Catalogue::add(std::shared_ptr<Segment> segment) {
  const std::lock_guard lock(mutex_);
  CHECK(segments_.empty() || segment->number == segments_.back()->number + 1);
  segments_.push_back(std::move(segment));
}

std::size_t Catalogue::size() const {
  const std::lock_guard lock(mutex_);
  return segments_.size();
}

std::shared_ptr<Segment> Catalogue::after(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto index = number + 1 - segments_.front()->number;
  return index < segments_.size() ? segments_[index] : nullptr;
}

Result<Catalogue::Spot> Catalogue::find(Sequence sequence) const {
  Spot spot;
  {
    const std::lock_guard lock(mutex_);
    // Of several that begin at the same sequence only the last holds it: the others hold no leaf.
    const auto behind =
        std::ranges::upper_bound(segments_, sequence, {}, [](const auto& segment) { return segment->first; });
    CHECK(behind != segments_.begin());
    spot.segment = *std::prev(behind);
  }
  auto& segment = *spot.segment;
  const std::lock_guard lock(segment.mutex);
  if (!segment.indexed)
    if (auto indexed = index(segment); !indexed) return std::unexpected(indexed.error());
  const auto behind = std::ranges::upper_bound(segment.entries, sequence, {}, &Segment::Entry::first);
  if (behind == segment.entries.begin()) return no_batch(segment);
  spot.offset = std::prev(behind)->offset;
  return spot;
}

Result<std::shared_ptr<File>> Catalogue::open(const Segment& segment) const {
  const std::lock_guard lock(mutex_);
  const auto known = std::ranges::find(files_, segment.number, [](const auto& file) { return file.first; });
  if (known != files_.end()) {
    std::rotate(files_.begin(), known, known + 1);
    return files_.front().second;
  }
  auto opened = disk_.open(path_of(segment), OpenMode::read_only);
  if (!opened) return std::unexpected(opened.error());
  if (files_.size() >= open_files_max) files_.pop_back();
  files_.insert(files_.begin(), {segment.number, std::shared_ptr<File>(std::move(*opened))});
  return files_.front().second;
}

std::unexpected<Error> Catalogue::no_batch(const Segment& segment) const {
  return std::unexpected(
      Damage{"corrupt_batch", path_of(segment), segment_header_bytes, "no batch where leaves should stand", {}}
          .error());
}

/// From headers alone; what they say is checked when the batch is read. Caller holds the segment's mutex.
Result<void> Catalogue::index(Segment& segment) const {
  const auto file = open(segment);
  if (!file) return std::unexpected(file.error());
  Window window(**file, block_bytes);
  std::uint64_t next_entry = 0;
  for (std::uint64_t at = segment_header_bytes; at < segment.bytes;) {
    const auto block = window.at(at, batch_header_bytes, segment.bytes);
    if (!block) return std::unexpected(block.error());
    const auto header = decode_batch_header(*block, segment.bytes - at);
    if (!header) break;  // the zeros behind the last batch; damage shows when a sequence is not found
    if (at >= next_entry) {
      segment.entries.push_back({header->first, at});
      next_entry = at + entry_every_bytes;
    }
    at += header->stored_bytes();
  }
  if (segment.entries.empty()) return no_batch(segment);
  segment.indexed = true;
  return {};
}

}  // namespace pioneer::adapters::segments
