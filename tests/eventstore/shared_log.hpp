// A log in memory that several nodes share, as a topic is shared: each appends through a port of its own, and a node
// can be told that it does not hear what became of its records. For tests.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "eventstore/ports/log.hpp"

namespace pioneer::eventstore {

/// What everybody reads.
struct SharedRecords {
  explicit SharedRecords(const LogId& id) : state(LogState::genesis(id)) {}
  LogState state;
  std::vector<std::string> leaves;
  std::uint64_t void_records = 0;
};

class SharedLog final : public Log {
 public:
  explicit SharedLog(SharedRecords& records) : records_(records) {}

  /// Of the next append so many records arrive, and nobody says so.
  void lose_the_answer_after(std::size_t arrive) { arrive_ = arrive; }
  /// Appends fail, and nothing is sent; {}: no longer.
  void fail(std::optional<Error> error) { error_ = std::move(error); }

  /// What is begun from here on is under way until arrive().
  void slow_down() { slow_ = true; }
  /// The oldest that is under way; how it ends, appended() says.
  void arrive() {
    const auto records = std::move(under_way_.front());
    under_way_.pop_front();
    const auto done = append(records);
    if (done) own_end_ = records_.state.next;
    if (!done) ended_ = done.error();
    if (told_) told_();
  }
  std::size_t under_way() const { return under_way_.size(); }

  /// Readers read nothing while it is so.
  void hide(bool hidden) { hidden_ = hidden; }

  /// Called once, when the next append is on its way.
  void meanwhile(std::function<void()> what) { meanwhile_ = std::move(what); }

  LogState state() const override { return records_.state; }
  Sequence end() const override { return records_.state.next; }
  Result<void> append(std::span<const std::string> records) override {
    if (error_) return std::unexpected(*error_);
    if (const auto what = std::exchange(meanwhile_, {})) what();
    const auto arrive = std::exchange(arrive_, std::nullopt);
    for (std::size_t i = 0; i < records.size() && (!arrive || i < *arrive); ++i) {
      const auto judgement = accept(records_.state, bytes_of(records[i]));
      if (judgement.verdict == Verdict::void_record) {
        ++records_.void_records;
        return failure("reign_ended", "Another took it over.", Retry::can_help);
      }
      if (judgement.verdict == Verdict::accepted_leaf) records_.leaves.push_back(records[i]);
    }
    if (arrive) return failure("outcome_unknown", "Nobody answered.", Retry::can_help);
    return {};
  }
  Result<void> begin_append(std::span<const std::string> records) override {
    if (!slow_) return append(records);
    under_way_.emplace_back(records.begin(), records.end());
    return {};
  }
  Result<Sequence> appended() override {
    if (!slow_) return end();
    if (ended_) {
      under_way_.clear();
      return std::unexpected(*std::exchange(ended_, {}));
    }
    return own_end_;
  }
  void on_appended(const std::function<void()>& told) override { told_ = told; }
  Result<std::string> read(Sequence sequence) const override {
    if (sequence >= end()) return failure("beyond_end", "no such sequence yet", Retry::can_help);
    return records_.leaves.at(sequence.value);
  }
  std::unique_ptr<LogReader> reader(Sequence from) const override { return std::make_unique<Reader>(*this, from); }
  Result<void> protect_tail() override { return {}; }

 private:
  class Reader final : public LogReader {
   public:
    Reader(const SharedLog& log, Sequence from) : log_(log), next_(from) {}
    Result<std::optional<Leaf>> next() override {
      if (log_.hidden_) return failure("log_unreadable", "The disk does not answer.", Retry::can_help);
      if (next_ >= log_.end()) return std::optional<Leaf>{};
      Leaf leaf{next_, log_.records_.leaves.at(next_.value)};
      ++next_;
      return std::optional<Leaf>(std::move(leaf));
    }

   private:
    const SharedLog& log_;
    Sequence next_;
  };

  SharedRecords& records_;
  std::optional<std::size_t> arrive_;
  std::optional<Error> error_;
  std::function<void()> meanwhile_;
  bool hidden_ = false;
  bool slow_ = false;
  std::deque<std::vector<std::string>> under_way_;
  Sequence own_end_;
  std::optional<Error> ended_;
  std::function<void()> told_;
};

}  // namespace pioneer::eventstore
