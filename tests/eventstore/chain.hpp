// Makes records that chain: what a Writer would have written, without one. For tests.
#pragma once

#include <string>
#include <vector>

#include "eventstore/acceptance.hpp"
#include "eventstore/check.hpp"

namespace pioneer::tests {

class Chain {
 public:
  explicit Chain(const eventstore::LogState& state) : state_(state) {}

  /// A fence of the next epoch, by a writer made from `writer`.
  std::string fence(unsigned char writer) {
    auto header = base(eventstore::RecordKind::fence);
    header.epoch = state_.epoch.plus(1);
    header.writer.bytes.fill(std::byte{writer});
    return accepted(eventstore::encode_record(header, ""));
  }
  std::string leaf(eventstore::RecordKind kind, std::string_view body) {
    return accepted(eventstore::encode_record(base(kind), body));
  }
  std::string opened() { return leaf(eventstore::RecordKind::opened, "opened"); }
  std::string commit(std::string_view body) { return leaf(eventstore::RecordKind::commit, body); }

  /// A fence, its EpochOpened and commits: `leaves` leaves in all.
  std::vector<std::string> epoch(unsigned char writer, std::size_t leaves, std::size_t body_bytes = 100) {
    std::vector<std::string> records{fence(writer), opened()};
    for (std::size_t i = 1; i < leaves; ++i) records.push_back(commit(body(state_.next, body_bytes)));
    return records;
  }
  std::vector<std::string> commits(std::size_t count, std::size_t body_bytes = 100) {
    std::vector<std::string> records;
    for (std::size_t i = 0; i < count; ++i) records.push_back(commit(body(state_.next, body_bytes)));
    return records;
  }

  /// Distinct for each sequence, without zeros.
  static std::string body(eventstore::Sequence sequence, std::size_t bytes) {
    auto text = "body " + std::to_string(sequence.value) + " ";
    while (text.size() < bytes) text += static_cast<char>('a' + (text.size() * 7 + sequence.value) % 26);
    text.resize(bytes);
    return text;
  }

  const eventstore::LogState& state() const { return state_; }

  /// The header that the next record of this kind would have.
  eventstore::RecordHeader base(eventstore::RecordKind kind) const {
    eventstore::RecordHeader header;
    header.format = eventstore::limits::format;
    header.feature_level = eventstore::FeatureLevel{eventstore::limits::first_feature_level};
    header.kind = kind;
    header.log_id = state_.log_id;
    header.epoch = state_.epoch;
    header.writer = state_.writer;
    if (kind != eventstore::RecordKind::fence) {
      header.sequence = state_.next;
      header.previous_hash = state_.head;
    }
    return header;
  }

 private:
  std::string accepted(std::string record) {
    const auto verdict = eventstore::accept(state_, eventstore::bytes_of(record)).verdict;
    CHECK(verdict == eventstore::Verdict::accepted_leaf || verdict == eventstore::Verdict::accepted_fence);
    return record;
  }

  eventstore::LogState state_;
};

inline eventstore::LogId test_log_id() {
  eventstore::LogId id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::byte>(0xA0 + i);
  return id;
}

}  // namespace pioneer::tests
