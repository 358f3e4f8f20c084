// The times that the policy in force allows, as an auditor reads them from its own entry. One thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/events.hpp"

namespace pioneer::api::rules {

class Measures {
 public:
  void adopt(std::uint64_t position, const domain::Policy& policy) {
    position_ = position;
    confirm_ = policy.confirm_within_minutes();
    for (auto& minutes : minutes_) minutes = {};
    for (const auto& category : policy.categories()) {
      auto& minutes = minutes_[number_of(category.code())];
      minutes = {0, category.accept_within_minutes(), category.resolve_within_minutes(), 0};
    }
  }

  /// Of the entry that adopted it; 0: none was.
  std::uint64_t position() const { return position_; }
  /// Every category that was ever named has a number.
  std::uint16_t number_of(const std::string& category) {
    const auto [found, made] = numbers_.try_emplace(category, static_cast<std::uint16_t>(minutes_.size()));
    if (made) minutes_.emplace_back();
    return found->second;
  }
  /// 0: the policy allows no such clock.
  std::uint32_t minutes(domain::DeadlineKind::Value kind, std::uint16_t category) const {
    return kind == domain::DeadlineKind::confirm ? confirm_ : minutes_[category][static_cast<std::size_t>(kind)];
  }

 private:
  std::uint64_t position_ = 0;
  std::uint32_t confirm_ = 0;
  std::unordered_map<std::string, std::uint16_t> numbers_;
  std::vector<std::array<std::uint32_t, 4>> minutes_;  ///< by number and DeadlineKind
};

}  // namespace pioneer::api::rules
