// Work with a stack of its own that runs only while it is let: what blocks on a real machine gives the turn back here.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace pioneer::tests {

/// A coroutine made of a thread, for code that knows of none. Of it and its owner exactly one runs at any time, so that
/// what happens follows from the owner's choices alone. The owner's thread makes it, runs it and destroys it.
class Strand {
 public:
  explicit Strand(std::function<void()> work) : work_(std::move(work)) {}
  /// Where it waits, it ends: as a process that is killed there. Its stack is unwound.
  ~Strand();
  Strand(const Strand&) = delete;
  Strand& operator=(const Strand&) = delete;

  /// Lets it go on until it waits again or its work is done; at once back where that is not `ready` for which it waits.
  void run();
  bool done() const { return done_; }

  /// On whose stack this is called; null: the owner's.
  static Strand* current();
  /// On its stack: gives the turn back until the owner lets it run and `ready` holds, which the owner's thread asks.
  void wait(std::function<bool()> ready);

 private:
  struct Ended {};
  void main();
  void hand_over(bool to_strand);

  const std::function<void()> work_;
  std::function<bool()> ready_;
  bool done_ = false;
  bool ending_ = false;
  std::mutex mutex_;
  std::condition_variable turned_;
  bool strands_turn_ = false;
  std::thread thread_;
};

}  // namespace pioneer::tests
