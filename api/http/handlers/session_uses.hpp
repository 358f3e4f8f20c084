// When each session was last used, in memory: a note in the log for each use would be most of the log. Any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pioneer::api::http {

class SessionUses {
 public:
  /// More than this many sessions of one server: the notes begin anew.
  static constexpr std::size_t sessions_max = 100'000;

  void note(const std::string& hash, std::int64_t now_us) {
    const std::lock_guard lock(mutex_);
    if (used_us_.size() >= sessions_max && !used_us_.contains(hash)) used_us_.clear();
    used_us_[hash] = now_us;
  }
  /// Nothing: not since this server began.
  std::optional<std::int64_t> last(const std::string& hash) const {
    const std::lock_guard lock(mutex_);
    const auto found = used_us_.find(hash);
    return found == used_us_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> used_us_;
};

}  // namespace pioneer::api::http
