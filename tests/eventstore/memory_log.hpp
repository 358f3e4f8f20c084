// A log in memory, which can be told to fail. It folds what it is given, as every reader does.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "eventstore/check.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::eventstore {

class MemoryLog final : public Log {
 public:
  /// `readable`: the feature level of the program whose log this is.
  explicit MemoryLog(const LogId& id, FeatureLevel readable = FeatureLevel{limits::feature_level})
      : readable_(readable), state_(LogState::genesis(id)) {}

  /// The append after this many more fails, and all after it.
  void fail_after(std::size_t appends, std::string code = "sync_failed") {
    appends_left_ = appends;
    code_ = std::move(code);
  }
  std::size_t appends() const { return appends_; }

  LogState state() const override { return state_; }
  Sequence end() const override { return state_.next; }
  Result<void> append(std::span<const std::string> records) override {
    if (appends_left_ == 0) return failure(code_, "The test's disk failed.");
    --appends_left_;
    ++appends_;
    for (const auto& record : records) {
      const auto judgement = accept(state_, bytes_of(record), readable_);
      CHECK(judgement.verdict == Verdict::accepted_leaf || judgement.verdict == Verdict::accepted_fence);
      if (judgement.verdict == Verdict::accepted_leaf) leaves_.push_back(record);
    }
    return {};
  }
  Result<std::string> read(Sequence sequence) const override {
    if (sequence >= end()) return failure("beyond_end", "no such sequence yet", Retry::can_help);
    return leaves_.at(sequence.value);
  }
  std::unique_ptr<LogReader> reader(Sequence from) const override { return std::make_unique<Reader>(*this, from); }
  Result<void> protect_tail() override { return {}; }

 private:
  class Reader final : public LogReader {
   public:
    Reader(const MemoryLog& log, Sequence from) : log_(log), next_(from) {}
    Result<std::optional<Leaf>> next() override {
      if (next_ >= log_.end()) return std::optional<Leaf>{};
      Leaf leaf{next_, log_.leaves_.at(next_.value)};
      ++next_;
      return std::optional<Leaf>(std::move(leaf));
    }

   private:
    const MemoryLog& log_;
    Sequence next_;
  };

  const FeatureLevel readable_;
  LogState state_;
  std::vector<std::string> leaves_;
  std::size_t appends_ = 0;
  std::string code_;
  std::size_t appends_left_ = static_cast<std::size_t>(-1);
};

}  // namespace pioneer::eventstore
