#include "api/queries/history.hpp"

namespace pioneer::queries {
namespace {

/// Entries of the index looked up at once: a page of a long stream needs few.
constexpr std::size_t page_entries = 256;

}  // namespace

eventstore::Result<void> read_history(const node::Node& node, std::string_view stream, eventstore::Revision from,
                                      Until until, const std::function<bool(const HistoryEntry&)>& each) {
  while (true) {
    auto page = node.index().stream(stream, from, page_entries);
    if (!page) return std::unexpected(page.error());
    if (page->empty()) return {};
    for (const auto& place : *page) {
      if (place.sequence >= until.sequence) return {};
      HistoryEntry entry;
      auto accepted = eventstore::read_commit(node.log(), place.sequence);
      if (!accepted) return std::unexpected(accepted.error());
      entry.accepted = std::move(*accepted);
      auto commit = projections::read_commit(entry.accepted);
      if (!commit) return std::unexpected(commit.error());
      entry.commit = std::move(*commit);
      for (const auto& part : entry.commit.parts) {
        if (part.raw->stream() == stream) entry.part = &part;
      }
      if (entry.part == nullptr) {
        return eventstore::failure("index_damaged",
                                   "The index names a commit that does not write the stream; delete DIR/db.");
      }
      if (!each(entry)) return {};
      from = place.first.plus(place.count);
    }
  }
}

eventstore::Result<std::uint64_t> revision_at(const node::Node& node, std::string_view stream, Until until) {
  const auto now = node.index().revision(stream);
  if (!now || until.sequence == Until{}.sequence) return now;
  std::uint64_t low = 0;  // revisions below it were there
  std::uint64_t high = *now;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    const auto entry = node.index().stream(stream, eventstore::Revision{middle}, 1);
    if (!entry) return std::unexpected(entry.error());
    if (entry->empty()) return eventstore::failure("index_damaged", "The index lacks a revision; delete DIR/db.");
    if (entry->front().sequence < until.sequence) {
      low = entry->front().first.value + entry->front().count;
    } else {
      high = entry->front().first.value;
    }
  }
  return low;
}

eventstore::Result<eventstore::Sequence> position_at(const eventstore::Log& log, domain::Instant at) {
  // Stamps never go back, so the first one after `at` can be searched for.
  std::uint64_t low = 0;
  std::uint64_t high = log.end().value;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    auto commit = eventstore::read_commit(log, eventstore::Sequence{middle});
    if (!commit) return std::unexpected(commit.error());
    if (commit->body.recorded_at_us() <= at.us) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return eventstore::Sequence{low};
}

}  // namespace pioneer::queries
