// Load in a closed loop: so many commands under way at any time, each answer replaced by the next command, from one
// thread that also seals them. What it costs is the smallest a client could cost.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "api/edge/edge.hpp"
#include "api/node/node.hpp"

namespace pioneer::bench {

using Clock = std::chrono::steady_clock;

struct Measured {
  std::uint64_t accepted = 0;
  double seconds = 0;  ///< from the first command to the last answer
  double p50_ms = 0;   ///< from before it is sealed to its answer
  double p99_ms = 0;
  double commits_per_sync = 0;
  double append_us = 0;  ///< of a batch: written and synced
  double lag_s = 0;      ///< from the last answer to when everything is projected
  double cpu_us = 0;  ///< of the process, all threads, per command: what does not change with who else uses the machine
  /// The same by the threads' names; those that the store makes for itself have its name.
  std::map<std::string, double> cpu_us_of;

  double rate() const { return static_cast<double>(accepted) / seconds; }
};

class ClosedLoop {
 public:
  struct Options {
    std::size_t in_flight = 64;
    std::uint64_t count_max = UINT64_MAX;  ///< ends with so many commands, or
    double seconds = 1e9;                  ///< with the time
    double rate = 0;                       ///< so many a second, evenly, and no more; 0: as fast as answers come
    bool projecting = true;                ///< false: nobody projects, so nobody waits for it
  };
  /// The number counts from 0 on and never repeats.
  using Make = std::function<api::Commanded(std::uint64_t number)>;
  using See = std::function<void(std::uint64_t number, const node::Outcome& outcome)>;

  ClosedLoop(node::Node& node, const Options& options) : node_(node), options_(options) {}

  /// Returns when the last command is answered and projected. Ends the program where a command is not accepted: what
  /// measures then measures something else. `see`, on a thread of the node, may look at each outcome.
  Measured run(const Make& make, const See& see = {});

 private:
  void answered(std::uint64_t number, Clock::time_point start, const node::Outcome& outcome);
  void wait_for_room(std::uint64_t sent);
  double wait_until_projected();
  double percentile_ms(double part) const;

  node::Node& node_;
  Options options_;
  See see_;
  std::atomic<std::uint64_t> finished_{0};
  std::atomic<std::uint64_t> head_{0};  ///< everything below is accepted
  std::atomic<bool> waiting_{false};
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<std::uint32_t> latencies_ = std::vector<std::uint32_t>(200'000);  ///< count by 10 µs; the node's thread
};

[[noreturn]] void fail(const std::string& why);

}  // namespace pioneer::bench
