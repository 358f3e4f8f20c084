// Which stretches of the log are noted as fetched, by whom and on which day, in memory: so that a mirror's files do not
// each ask the Writer. What is forgotten here is asked of the Writer again, which knows the same command. Any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>

#include "domain/common/id.hpp"
#include "domain/common/limits.hpp"

namespace pioneer::api::http {

/// One event in the log stands for all that an auditor fetches of a stretch on one day (UTC): a mirror of 100,000
/// bundles adds 391 commits, and whoever follows the log's end adds one a day, not one for each that it makes.
struct FetchNote {
  static constexpr std::int64_t day_us = 24LL * 3600 * 1'000'000;

  domain::Id member;
  domain::Id root;  ///< in whose name
  std::int64_t day = 0;
  std::uint64_t stretch = 0;

  static FetchNote of(const domain::Id& member, const domain::Id& root, std::uint64_t entry, std::int64_t now_us) {
    return {member, root, now_us / day_us, entry / domain::limits::entries_fetched_max};
  }
  std::uint64_t first() const { return stretch * domain::limits::entries_fetched_max; }
  std::uint64_t last() const { return first() + (domain::limits::entries_fetched_max - 1); }
  /// The same for the same note: what is sent again is found in the log, and not written again.
  std::string command_id() const {
    return "entries/" + root.text() + "/" + std::to_string(day) + "/" + std::to_string(stretch);
  }
};

class FetchNotes {
 public:
  /// More than this many: they begin anew.
  static constexpr std::size_t notes_max = 10'000;

  bool has(const FetchNote& note) const {
    const std::lock_guard lock(mutex_);
    return noted_.contains(name_of(note));
  }
  void keep(const FetchNote& note) {
    const std::lock_guard lock(mutex_);
    if (noted_.size() >= notes_max) noted_.clear();
    noted_.insert(name_of(note));
  }

 private:
  static std::string name_of(const FetchNote& note) { return std::string(note.member.view()) + note.command_id(); }

  mutable std::mutex mutex_;
  std::unordered_set<std::string> noted_;
};

}  // namespace pioneer::api::http
