// Clocks of outsiders held against the log's own. One thread.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/cli/console.hpp"
#include "api/cli/json.hpp"
#include "api/proofs/cosignature.hpp"

namespace pioneer::cli {

/// When the newest known of the first `size` entries was recorded; nothing: no time is known of them.
using RecordedAt = std::function<std::optional<std::int64_t>(std::uint64_t size)>;

/// What does not fit together of the times that outsiders and the log give, sentence by sentence; mostly nothing.
class ClocksDiffer {
 public:
  /// `who` signed then what holds a record of that time.
  void look(const std::string& who, std::int64_t time_s, std::int64_t recorded_at_us) {
    if (auto wrong = api::signed_before_recorded(who, time_s, recorded_at_us)) sentences_.push_back(std::move(*wrong));
  }
  void look_at_witness(const std::string& name, std::uint64_t time_s, std::int64_t recorded_at_us) {
    look("The witness \"" + name + "\"", static_cast<std::int64_t>(time_s), recorded_at_us);
  }
  void look_at(std::span<const api::Cosigner> cosigners, const RecordedAt& recorded_at_us) {
    for (const auto& one : cosigners)
      if (const auto recorded_us = recorded_at_us(one.size)) look_at_witness(one.witness, one.time_s, *recorded_us);
  }
  void add_to(JsonObject& out) const {
    JsonArray all;
    for (const auto& sentence : sentences_) all.add_text(sentence);
    out.raw("clocksDiffer", all.str());
  }
  /// Each on a line, its word in a column of that width.
  void tell(std::size_t width) const {
    for (const auto& sentence : sentences_) say("  clocks" + std::string(width - 6, ' ') + shown_name(sentence));
  }

 private:
  std::vector<std::string> sentences_;
};

}  // namespace pioneer::cli
