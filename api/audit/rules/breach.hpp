// What an auditor's own rules found: a place in the log, and the rule that does not hold there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "projections/engine/commit.hpp"

namespace pioneer::api::rules {

struct Breach {
  std::uint64_t position = 0;
  std::string stream;
  std::string rule;      ///< lower_snake: "oversold"
  std::string sentence;  ///< for a person
};

/// The first ones, and how many there are of each rule. One thread.
class Breaches {
 public:
  static constexpr std::size_t kept_max = 1'000;

  void add(const projections::Commit& commit, const projections::Part& part, std::string rule, std::string sentence) {
    ++counts_[rule];
    if (kept_.size() < kept_max)
      kept_.push_back({commit.sequence.value, part.raw->stream(), std::move(rule), std::move(sentence)});
  }
  const std::vector<Breach>& kept() const { return kept_; }
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

 private:
  std::vector<Breach> kept_;
  std::map<std::string, std::uint64_t> counts_;
};

/// One commit's part in which something is looked at.
struct Seen {
  const projections::Commit& commit;
  const projections::Part& part;
  Breaches& breaches;
  void wrong(std::string rule, std::string sentence) const {
    breaches.add(commit, part, std::move(rule), std::move(sentence));
  }
};

}  // namespace pioneer::api::rules
