// The rules that decisions apply, by name and in words. A commit names its own, so that who audits need not guess.
// Plain values; any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "domain/common/common.pb.h"

namespace pioneer::domain {

/// A set of them.
class Rules {
 public:
  constexpr Rules() = default;
  constexpr Rules(std::initializer_list<Rule::Value> rules) {
    for (const auto rule : rules) add(rule);
  }
  constexpr void add(Rule::Value rule) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(rule); }
  constexpr bool contains(Rule::Value rule) const { return (bits_ >> static_cast<unsigned>(rule) & 1) != 0; }
  constexpr int size() const { return std::popcount(bits_); }
  /// Calls `each(Rule::Value)` in the order of their numbers.
  template <class Each>
  constexpr void for_each(Each each) const {
    for (auto rest = bits_; rest != 0; rest &= rest - 1) each(static_cast<Rule::Value>(std::countr_zero(rest)));
  }
  friend constexpr bool operator==(const Rules&, const Rules&) = default;

 private:
  std::uint64_t bits_ = 0;
};
static_assert(Rule::Value_MAX < 64, "a set of rules is a word");

struct RuleText {
  Rule::Value rule;
  std::string_view zh;
  std::string_view en;
};

/// All of them, in the order of their numbers.
std::span<const RuleText> rule_texts();
/// Nothing for a number that this program does not know: a newer one wrote it.
const RuleText* rule_text(std::uint32_t number);
/// "confirm_within"; "rule_61" for a number that this program does not know.
std::string rule_name(std::uint32_t number);

}  // namespace pioneer::domain
