// Organisations as an auditor counts them: what stands below what, and what was merged into what. One thread.
#pragma once

#include <unordered_map>

#include "domain/common/id.hpp"
#include "domain/events.hpp"

namespace pioneer::api::rules {

class Tree {
 public:
  void see(const domain::Id& organisation, const domain::AnyEvent& event) {
    if (const auto* made = std::get_if<domain::OrganisationRegistered>(&event))
      above_[organisation] = domain::Id::of(made->parent());
    else if (const auto* moved = std::get_if<domain::OrganisationMoved>(&event))
      above_[organisation] = domain::Id::of(moved->parent());
    else if (const auto* merged = std::get_if<domain::OrganisationMerged>(&event))
      merged_[organisation] = domain::Id::of(merged->into());
  }

  /// True where it is the one directly above.
  bool is_above(const domain::Id& above, const domain::Id& organisation) const {
    const auto up = above_.find(today(organisation));
    return up != above_.end() && !up->second.is_zero() && today(up->second) == today(above);
  }
  /// True where `below` is it, or stands below it, as of now.
  bool covers(const domain::Id& above, const domain::Id& below) const {
    const auto wanted = today(above);
    auto at = today(below);
    for (int steps = 0; steps < steps_max; ++steps) {
      if (at == wanted) return true;
      const auto up = above_.find(at);
      if (up == above_.end() || up->second.is_zero()) return false;
      at = today(up->second);
    }
    return false;
  }

 private:
  /// A forged log may go in circles.
  static constexpr int steps_max = 64;

  domain::Id today(domain::Id organisation) const {
    for (int steps = 0; steps < steps_max; ++steps) {
      const auto into = merged_.find(organisation);
      if (into == merged_.end()) break;
      organisation = into->second;
    }
    return organisation;
  }

  std::unordered_map<domain::Id, domain::Id, domain::IdHash> above_;
  std::unordered_map<domain::Id, domain::Id, domain::IdHash> merged_;
};

}  // namespace pioneer::api::rules
