// One request for help: where it stands, who holds it, which of its clocks run. Plain values; one writer at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "domain/common/context.hpp"
#include "domain/common/id.hpp"
#include "domain/common/instant.hpp"
#include "domain/requests/requests.pb.h"

namespace pioneer::domain::requests {

using Event = std::variant<SubjectKeyIssued, RequestSubmitted, RequestImported, RequestDeadlineSet, RequestAccepted,
                           RequestAssigned, RequestProgressed, RequestResolved, RequestConfirmed, RequestDisputed,
                           RequestRated, RequestWithdrawn, RequestDeadlinePassed, RequestClosedUnconfirmed>;

/// One clock of the request. It runs from being set until it is met, passed or replaced.
struct Deadline {
  std::uint32_t number = 0;  ///< 0: never set
  Instant due;
  bool running = false;
  bool passed = false;
};

struct State {
  RequestState::Value state = RequestState::unspecified;
  bool imported = false;
  bool rated = false;
  Id case_key;
  Pseudonym asker;    ///< zero: nobody (imported, or an erased rater's problem)
  Id organisation;    ///< the holder
  Id assigned_grant;  ///< the official it was given to; zero: the organisation only
  std::string category;
  Instant submitted;  ///< of an imported one: when its source says
  std::uint32_t deadlines_set = 0;
  std::array<Deadline, 4> deadlines{};  ///< by DeadlineKind
  std::vector<Id> workers;              ///< grants that accepted, progressed or resolved; each once
};

void evolve(State& state, const Event& event, const Happened& happened);

const Deadline& deadline(const State& state, DeadlineKind::Value kind);
/// Neither closed nor withdrawn.
bool is_open(const State& state);
/// The accept or the resolve deadline has passed and what it asked for has not happened.
bool is_overdue(const State& state);

}  // namespace pioneer::domain::requests
