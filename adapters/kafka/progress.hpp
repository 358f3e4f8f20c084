// What the follower has come to know, and what is asked of it: the one place where its thread and the appending one
// meet.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "eventstore/acceptance.hpp"
#include "eventstore/error.hpp"

namespace pioneer::adapters::kafka {

/// A reign that is over: whose it was, and the sequence behind its last leaf.
struct PastReign {
  eventstore::WriterId writer;
  eventstore::Sequence end;
};

/// Everything under the mutex. After every change that an appending thread may wait for, tell() is called without it.
struct Progress {
  mutable std::mutex mutex;
  std::condition_variable moved;

  void tell() {
    moved.notify_all();
    const std::lock_guard lock(listening);
    if (listener) listener();
  }
  std::mutex listening;  ///< held while the listener is called or replaced
  std::function<void()> listener;

  // The follower's word.
  eventstore::LogState state;              ///< the fold over everything in the local copy, which is durable here
  PastReign past;                          ///< the one before the state's; zero: none was seen to end
  std::optional<eventstore::Error> ended;  ///< fork, stop or a failed copy: nothing more is read or written
  std::uint64_t looks_done = 0;            ///< the highest wanted look that is done
  std::uint64_t voids = 0;                 ///< records of the topic that do not count
  bool own_lost = false;                   ///< a record of `own` was void and its place is open: one of ours is missing
  std::string trouble;                     ///< what the brokers or the disk said last; empty since all is well

  // The appending thread's.
  eventstore::WriterId own;        ///< whose records are ours; zero: none are
  std::uint64_t looks_wanted = 0;  ///< a look: the last record is compared with the topic's, and the end is reached

  // The producer's.
  std::string failed;  ///< why a record was not confirmed; empty: all were, so far
};

}  // namespace pioneer::adapters::kafka
