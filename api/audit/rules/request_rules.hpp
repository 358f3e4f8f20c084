// The rules of one request, recounted from its events alone: its states, its clocks, who may work on it and who may
// judge that. Written from domain/requests/README.md, not from its code. One thread.
#pragma once

#include <array>
#include <vector>

#include "api/audit/rules/surroundings.hpp"

namespace pioneer::api::rules {

class RequestRules {
 public:
  /// What one commit did to the request.
  void take(const projections::Commit& commit, const projections::Part& part, Surroundings& around, Breaches& breaches);
  /// Clocks that run though they are due before that: the system's timer has not come to them yet.
  std::size_t running_late(std::int64_t now_us) const;

 private:
  struct Clock {
    std::uint32_t number = 0;
    std::int64_t due_us = 0;
    bool running = false;
  };
  void see(const SeenAmong& seen, const domain::RequestSubmitted& event);
  void see(const SeenAmong& seen, const domain::RequestImported& event);
  void see(const SeenAmong& seen, const domain::RequestDeadlineSet& event);
  void see(const SeenAmong& seen, const domain::RequestAccepted& event);
  void see(const SeenAmong& seen, const domain::RequestAssigned& event);
  void see(const SeenAmong& seen, const domain::RequestProgressed& event);
  void see(const SeenAmong& seen, const domain::RequestResolved& event);
  void see(const Seen& seen, const domain::RequestConfirmed& event);
  void see(const Seen& seen, const domain::RequestDisputed& event);
  void see(const Seen& seen, const domain::RequestRated& event);
  void see(const Seen& seen, const domain::RequestWithdrawn& event);
  void see(const SeenAmong& seen, const domain::RequestDeadlinePassed& event);
  void see(const SeenAmong& seen, const domain::RequestClosedUnconfirmed& event);
  template <class Other>
  void see(const Seen&, const Other&) {}  // decides nothing here

  using State = domain::RequestState;
  bool open() const;
  void expect(const Seen& seen, std::initializer_list<State::Value> states, std::string_view what) const;
  /// Under an office of a cadre that covers the holder.
  void holder_acts(const SeenAmong& seen, std::string_view what) const;
  void asks(const SeenAmong& seen, const domain::RequestSubmitted& event) const;
  void works(const SeenAmong& seen);
  void judges(const Seen& seen, std::string_view what) const;
  void close(State::Value as);
  /// What this entry told sets these clocks, and no others.
  void begins(std::initializer_list<domain::DeadlineKind::Value> kinds);
  void clocks_set(const SeenAmong& seen);
  Clock& clock(domain::DeadlineKind::Value kind) { return clocks_[static_cast<std::size_t>(kind)]; }

  State::Value state_ = State::unspecified;
  bool rated_ = false;
  std::uint16_t category_ = 0;
  domain::Id asker_;  ///< zero: nobody
  domain::Id holder_;
  std::uint32_t clocks_set_ = 0;
  std::array<Clock, 4> clocks_{};  ///< by DeadlineKind
  std::array<bool, 4> begun_{};    ///< by DeadlineKind: in this entry, and not set yet
  std::vector<domain::Id> workers_;
};

}  // namespace pioneer::api::rules
