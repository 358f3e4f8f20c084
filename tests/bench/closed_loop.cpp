#include "tests/bench/closed_loop.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/posix/threads.hpp"

namespace pioneer::bench {

namespace {

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Seconds on a processor by the names of this process's threads; those that ended are not there.
std::map<std::string, double> cpu_seconds_by_thread() {
  std::map<std::string, double> found;
  std::error_code ignored;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
    std::string name;
    double nanoseconds = 0;
    std::getline(std::ifstream(task.path() / "comm"), name);
    std::ifstream(task.path() / "schedstat") >> nanoseconds;
    found[name] += nanoseconds / 1e9;
  }
  return found;
}

}  // namespace

void fail(const std::string& why) {
  std::fprintf(stderr, "bench: %s\n", why.c_str());
  std::_Exit(3);
}

// Only the first answer after the sender has gone to sleep wakes it: the others of that batch find it woken.
void ClosedLoop::answered(std::uint64_t number, Clock::time_point start, const node::Outcome& outcome) {
  if (outcome.answer.kind != eventstore::Answer::Kind::accepted) {
    fail("a command was not accepted: " +
         (outcome.refusal ? std::string(outcome.refusal->code) : outcome.answer.error.code));
  }
  const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count() / 10;
  ++latencies_[std::min(static_cast<std::size_t>(taken), latencies_.size() - 1)];
  if (see_) see_(number, outcome);
  head_.store(outcome.answer.position.value + 1, std::memory_order_relaxed);
  finished_.fetch_add(1);
  if (waiting_.load() && waiting_.exchange(false)) {
    {
      const std::lock_guard lock(mutex_);
    }  // it sleeps by now, or has seen this answer
    room_.notify_one();
  }
}

void ClosedLoop::wait_for_room(std::uint64_t sent) {
  const auto full = [&](std::size_t in_flight_max) { return sent - finished_.load() >= in_flight_max; };
  if (!full(options_.in_flight)) return;
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] {
    // At each look: an answer that was counted before this wait may have taken the mark away, and woken it for nothing.
    waiting_.store(true);
    return !full(options_.in_flight);
  });
  waiting_.store(false);
}

double ClosedLoop::wait_until_projected() {
  if (!options_.projecting) return 0;
  const auto start = Clock::now();
  while (node_.projector().projected().value < head_.load()) {
    if (const auto why = node_.projector().stopped_because(); !why.empty()) fail("projecting stopped: " + why);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double ClosedLoop::percentile_ms(double part) const {
  std::uint64_t all = 0;
  for (const auto count : latencies_) all += count;
  std::uint64_t below = 0;
  std::size_t at = 0;
  while (at + 1 < latencies_.size() && static_cast<double>(below + latencies_[at]) < part * static_cast<double>(all)) {
    below += latencies_[at++];
  }
  return static_cast<double>(at) / 100;
}

Measured ClosedLoop::run(const Make& make, const See& see) {
  see_ = see;
  adapters::posix::run_promptly();  // as the server's loops do, in whose place this thread stands
  const double cpu_before = cpu_seconds();
  const auto threads_before = cpu_seconds_by_thread();
  const auto written_before = node_.written();
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  std::uint64_t sent = 0;
  for (; sent < options_.count_max && elapsed() < options_.seconds; ++sent) {
    wait_for_room(sent);
    if (options_.rate > 0) {
      const std::chrono::duration<double> due(static_cast<double>(sent) / options_.rate);
      std::this_thread::sleep_until(start + std::chrono::duration_cast<Clock::duration>(due));
    }
    const auto at = Clock::now();
    auto command = make(sent);
    if (!command) fail("the edge refused: " + std::string(command.error().code) + " " + command.error().field);
    const std::uint64_t number = sent;
    node_.submit(std::move(*command), [this, number, at](node::Outcome outcome) { answered(number, at, outcome); });
  }
  while (finished_.load() < sent) std::this_thread::sleep_for(std::chrono::microseconds(100));
  Measured found;
  found.accepted = sent;
  found.seconds = elapsed();
  const auto written = node_.written();
  const auto batches = static_cast<double>(std::max<std::uint64_t>(written.batches - written_before.batches, 1));
  found.commits_per_sync = static_cast<double>(sent) / batches;
  found.append_us = static_cast<double>(written.append_us - written_before.append_us) / batches;
  found.lag_s = wait_until_projected();
  found.cpu_us = (cpu_seconds() - cpu_before) * 1e6 / static_cast<double>(sent);
  for (const auto& [name, seconds] : cpu_seconds_by_thread()) {
    const auto before = threads_before.find(name);
    const double used = seconds - (before == threads_before.end() ? 0 : before->second);
    found.cpu_us_of[name] = used * 1e6 / static_cast<double>(sent);
  }
  found.p50_ms = percentile_ms(0.50);
  found.p99_ms = percentile_ms(0.99);
  return found;
}

}  // namespace pioneer::bench
