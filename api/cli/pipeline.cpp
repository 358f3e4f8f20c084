#include "api/cli/pipeline.hpp"

#include <utility>

namespace pioneer::cli {

void RunningPipeline::send(domain::Command command, Done done) {
  settle(in_flight_max - 1);
  ++in_flight_;
  node_.submit(std::move(command), [this, done = std::move(done)](node::Outcome outcome) mutable {
    const std::lock_guard lock(mutex_);
    outcomes_.emplace_back(std::move(done), std::move(outcome));
    arrived_.notify_one();
  });
}

// Gives what has come, and waits while more than this many are still on their way.
void RunningPipeline::settle(std::size_t in_flight) {
  while (true) {
    std::vector<std::pair<Done, node::Outcome>> come;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [&] { return !outcomes_.empty() || in_flight_ <= in_flight; });
      come.swap(outcomes_);
    }
    in_flight_ -= come.size();
    for (const auto& [done, outcome] : come) done(outcome);
    if (in_flight_ <= in_flight) return;
  }
}

void RunningPipeline::drain() { settle(0); }

void SteppedPipeline::send(domain::Command command, Done done) {
  node_.submit(std::move(command), [done = std::move(done)](const node::Outcome& outcome) { done(outcome); });
  if (++in_flight_ >= in_flight_max) drain();
}

void SteppedPipeline::drain() {
  while (node_.step()) {
  }
  in_flight_ = 0;
}

}  // namespace pioneer::cli
