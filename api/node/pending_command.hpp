// A command on its way through the Writer, with what became of it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "domain/commands.hpp"
#include "domain/common/instant.hpp"
#include "domain/common/refusal.hpp"
#include "domain/events.hpp"
#include "eventstore/writer.hpp"

namespace pioneer::node {

/// What the sender learns. `answer.kind` says which of the others are set.
struct Outcome {
  eventstore::Answer answer;
  std::optional<domain::Refusal> refusal;  ///< refused
  bool refusal_recorded = false;           ///< refused: it stands in the log, at the answer's position
  std::string stream;                      ///< accepted or repeated: the stream that the first outcome wrote
  std::uint64_t revision = 0;              ///< of that stream after it
  std::vector<domain::AnyEvent> events;    ///< accepted or repeated: what happened in that stream
  domain::Instant recorded;                ///< accepted or repeated: the first outcome's stamp
};

class PendingCommand final : public eventstore::Pending {
 public:
  using Done = std::function<void(Outcome)>;
  PendingCommand(domain::Command command, Done done) : command_(std::move(command)), done_(std::move(done)) {}

  const domain::Command& command() const { return command_; }
  Outcome& outcome() { return outcome_; }

  void answer(const eventstore::Answer& answer) override {
    outcome_.answer = answer;
    // What was written is that it was refused.
    if (outcome_.refusal && answer.kind == eventstore::Answer::Kind::accepted) {
      outcome_.answer.kind = eventstore::Answer::Kind::refused;
      outcome_.refusal_recorded = true;
    }
    done_(std::move(outcome_));
  }

 private:
  domain::Command command_;
  Outcome outcome_;
  Done done_;
};

}  // namespace pioneer::node
