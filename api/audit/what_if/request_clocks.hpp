// One request's clocks, by its own policy and by another. One thread.
#pragma once

#include <array>

#include "api/audit/what_if/what_if.hpp"

namespace pioneer::api::what_if {

/// How long the other policy gives, in minutes, by DeadlineKind; 0: it does not say.
using Minutes = std::array<std::uint32_t, 4>;

class RequestClocks {
 public:
  struct Clock {
    std::uint64_t position = 0;
    std::int64_t due_us = 0;
    std::int64_t would_be_due_us = 0;  ///< 0: the other policy does not tell
    bool running = false;
  };
  /// What a clock came to.
  struct Ended {
    domain::DeadlineKind::Value kind;
    Clock clock;
    std::int64_t at_us;  ///< when it was met or dropped; 0: it was not
    Verdict was;
    Verdict would;
  };

  explicit RequestClocks(std::uint32_t category) : category_(category) {}

  std::uint32_t category() const { return category_; }
  std::uint32_t holder = 0;

  /// `minutes`: of the other policy, for this request's category.
  void set(domain::DeadlineKind::Value kind, std::uint64_t position, std::int64_t now_us, std::int64_t due_us,
           const Minutes& minutes);
  /// What was to be done was done.
  template <class Each>
  void meet(domain::DeadlineKind::Value kind, std::int64_t now_us, Each each) {
    end(kind, now_us, Verdict::in_time, each);
  }
  /// It is not asked for any more.
  template <class Each>
  void drop(domain::DeadlineKind::Value kind, std::int64_t now_us, Each each) {
    end(kind, now_us, Verdict::dropped, each);
  }
  template <class Each>
  void dispute(std::int64_t now_us, Each each) {
    end(domain::DeadlineKind::confirm, now_us, Verdict::disputed, each);
  }
  /// When silence would close the result by the other policy; 0: it does not tell.
  std::int64_t would_close_us() const { return clocks_[domain::DeadlineKind::confirm].would_be_due_us; }
  /// Nothing more is known of it: `now_us` is the last moment that is.
  template <class Each>
  void leave(std::int64_t now_us, Each each) {
    for (const auto kind : kinds) end(kind, now_us, Verdict::open, each);
  }

 private:
  static constexpr std::array kinds{domain::DeadlineKind::accept, domain::DeadlineKind::resolve,
                                    domain::DeadlineKind::confirm};

  template <class Each>
  void end(domain::DeadlineKind::Value kind, std::int64_t now_us, Verdict how, Each each) {
    auto& clock = clocks_[static_cast<std::size_t>(kind)];
    if (!clock.running) return;
    clock.running = false;
    const auto would = closed_before_ || clock.would_be_due_us == 0 ? Verdict::not_told
                       : now_us >= clock.would_be_due_us            ? Verdict::late
                                                                    : how;
    const auto was = now_us >= clock.due_us ? Verdict::late : how;
    // A result that silence had closed is not disputed any more: what follows had not happened.
    if (kind == domain::DeadlineKind::confirm && would == Verdict::late && how != Verdict::open) closed_before_ = true;
    each(Ended{kind, clock, how == Verdict::open ? 0 : now_us, was, would});
  }

  std::uint32_t category_;
  bool closed_before_ = false;  ///< by the other policy
  std::array<Clock, 4> clocks_{};
};

}  // namespace pioneer::api::what_if
