// Specs as sentences: spec.given(event, actor).when(command, actor).then({events}) or .refused(refusal).
// A decision that was expected becomes the past of the next step, so a spec can tell a whole life.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/common/decision.hpp"
#include "domain/common/refusals.hpp"
#include "tests/domain/world.hpp"

namespace pioneer::domain::specs {

/// "ClaimPlaced { ticket: 1 places: 2 state: confirmed }"
template <class... E>
std::string told(const std::variant<E...>& event) {
  return std::visit([](const auto& e) { return e.GetDescriptor()->name() + " { " + e.ShortDebugString() + " }"; },
                    event);
}

template <class Event>
std::vector<std::string> told(const std::vector<Event>& events) {
  std::vector<std::string> out;
  for (const Event& event : events) out.push_back(told(event));
  return out;
}

/// One stream of a part whose `evolve` and `decide` take its State.
template <class State, class Event>
class Spec {
 public:
  using Outcome = Decided<Decision<Event>>;

  Spec& at(Instant now) {
    now_ = now;
    return *this;
  }
  Spec& given(const Event& event, const Id& actor = {}) {
    evolve(state_, event, {actor, now_});
    past_.push_back({event, {actor, now_}});
    return *this;
  }
  template <class Command>
  Spec& when(const Command& command, const Actor& actor) {
    outcome_ = decide(state_, command, world.context(actor, now_));
    return *this;
  }
  Spec& then(const std::vector<Event>& expected) {
    if (!outcome_) {
      ADD_FAILURE() << "refused: " << outcome_.error().code << " " << outcome_.error().field;
      return *this;
    }
    EXPECT_EQ(told(outcome_->events), told(expected));
    return happened();
  }
  /// For givens told as commands: whatever was decided, it must not be a refusal.
  Spec& happened() {
    if (!outcome_) {
      ADD_FAILURE() << "refused: " << outcome_.error().code << " " << outcome_.error().field;
      return *this;
    }
    acted_as_ = outcome_->acting_as;
    for (const Event& event : outcome_->events) given(event, acted_as_);
    return *this;
  }
  Spec& refused(const RefusalText& expected, std::string_view field = {}) {
    if (outcome_) {
      ADD_FAILURE() << "not refused: " << testing::PrintToString(told(outcome_->events));
      return *this;
    }
    EXPECT_EQ(outcome_.error().code, expected.code);
    EXPECT_EQ(outcome_.error().kind, expected.kind);
    if (!field.empty()) {
      EXPECT_EQ(outcome_.error().field, field);
    }
    return *this;
  }
  Spec& as(const Id& expected) {
    EXPECT_EQ(acted_as_, expected) << "acted as somebody else";
    return *this;
  }

  World world;
  const State& state() const { return state_; }
  const Outcome& outcome() const { return outcome_; }
  Instant now() const { return now_; }
  const std::vector<std::pair<Event, Happened>>& past() const { return past_; }

 private:
  State state_;
  Instant now_ = start;
  Outcome outcome_ = std::unexpected(Refusal{});
  Id acted_as_;
  std::vector<std::pair<Event, Happened>> past_;
};

}  // namespace pioneer::domain::specs
