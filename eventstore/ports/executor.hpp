// Work beside the caller's: a thread pool in a server, the event loop in the simulator.
#pragma once

#include <functional>

namespace pioneer::eventstore {

class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs later, once; in the simulator on the same thread.
  virtual void run(std::function<void()> work) = 0;
};

}  // namespace pioneer::eventstore
