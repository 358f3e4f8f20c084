// A local copy that keeps no record: the fold over a topic, and the root of its tree. For looking at a topic that is
// not this node's own, as when a log is copied into it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "eventstore/check.hpp"
#include "eventstore/merkle.hpp"
#include "eventstore/ports/local_copy.hpp"

namespace pioneer::adapters::kafka {

/// One thread appends; state(), records() and root() are its own, or asked when it has ended.
class TopicFold final : public eventstore::LocalCopy {
 public:
  explicit TopicFold(const eventstore::LogId& log_id) : state_(eventstore::LogState::genesis(log_id)) {}

  eventstore::LogState state() const override { return state_; }
  eventstore::Sequence end() const override { return eventstore::Sequence{end_.load(std::memory_order_acquire)}; }
  eventstore::Result<void> append(std::span<const std::string> records) override { return append(records, {}); }
  eventstore::Result<void> append(std::span<const std::string> records,
                                  std::span<const std::uint64_t> source_offsets) override {
    for (const auto& record : records) {
      const auto judgement = eventstore::accept(state_, eventstore::bytes_of(record));
      CHECK(judgement.verdict == eventstore::Verdict::accepted_leaf ||
            judgement.verdict == eventstore::Verdict::accepted_fence);
      if (judgement.verdict == eventstore::Verdict::accepted_leaf) frontier_.add(judgement.leaf);
      ++records_;
    }
    if (!source_offsets.empty()) copied_to_ = source_offsets.back();
    end_.store(state_.next.value, std::memory_order_release);
    return {};
  }
  std::optional<std::uint64_t> copied_to() const override { return copied_to_; }
  /// Always "not_kept".
  eventstore::Result<std::string> read(eventstore::Sequence) const override { return not_kept(); }
  std::unique_ptr<eventstore::LogReader> reader(eventstore::Sequence) const override {
    return std::make_unique<NoReader>();
  }
  eventstore::Result<void> protect_tail() override { return {}; }

  /// That count, fences included.
  std::uint64_t records() const { return records_; }
  eventstore::Hash root() const { return frontier_.root(); }

 private:
  static std::unexpected<eventstore::Error> not_kept() {
    return eventstore::failure("not_kept", "Of this topic only the fold is kept.");
  }
  struct NoReader final : eventstore::LogReader {
    eventstore::Result<std::optional<eventstore::Leaf>> next() override { return not_kept(); }
  };

  eventstore::LogState state_;
  eventstore::MerkleFrontier frontier_;
  std::uint64_t records_ = 0;
  std::optional<std::uint64_t> copied_to_;
  std::atomic<std::uint64_t> end_{0};
};

}  // namespace pioneer::adapters::kafka
