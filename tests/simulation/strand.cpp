#include "tests/simulation/strand.hpp"

#include <utility>

namespace pioneer::tests {
namespace {
thread_local Strand* running = nullptr;
}

Strand* Strand::current() { return running; }

Strand::~Strand() {
  if (!thread_.joinable()) return;
  ending_ = true;
  if (!done_) hand_over(true);
  thread_.join();
}

// Called by the side that has the turn; returns when it has it again.
void Strand::hand_over(bool to_strand) {
  std::unique_lock lock(mutex_);
  strands_turn_ = to_strand;
  turned_.notify_all();
  turned_.wait(lock, [&] { return strands_turn_ != to_strand; });
}

void Strand::run() {
  if (done_ || (ready_ && !ready_())) return;
  ready_ = {};
  if (!thread_.joinable()) thread_ = std::thread([this] { main(); });
  hand_over(true);
}

void Strand::wait(std::function<bool()> ready) {
  ready_ = std::move(ready);
  hand_over(false);
  if (ending_) throw Ended{};
}

void Strand::main() {
  {
    std::unique_lock lock(mutex_);
    turned_.wait(lock, [&] { return strands_turn_; });
  }
  running = this;
  try {
    if (!ending_) work_();
  } catch (const Ended&) {  // the process ended there
  }
  done_ = true;
  const std::lock_guard lock(mutex_);
  strands_turn_ = false;
  turned_.notify_all();
}

}  // namespace pioneer::tests
