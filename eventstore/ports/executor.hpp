// Work beside the caller's: a thread pool in a server, the event loop in the simulator.
#pragma once

#include <functional>

namespace pioneer::eventstore {

class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs later, once; in the simulator on the same thread. Never waits. False: the queue is full, and the work was
  /// dropped.
  [[nodiscard]] virtual bool run(std::function<void()> work) = 0;
  /// The same for work that was promised, as the answer to a command that is in the log: it is never refused, and goes
  /// first. Whoever promises bounds how much there can be.
  virtual void run_promised(std::function<void()> work) = 0;
};

}  // namespace pioneer::eventstore
