// Where the demo is played: a node stepped by hand under a driven clock. What is to happen stands in a queue by its
// time; all of one slot goes to the node together, then the node is stepped until it rests.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "api/cli/demo/chance.hpp"
#include "api/cli/demo/driven_clock.hpp"
#include "api/cli/pipeline.hpp"
#include "api/server/deployment.hpp"

namespace pioneer::cli::demo {

/// Minutes since the demo's first local midnight (UTC+8).
using Minute = std::int64_t;
inline constexpr Minute hour = 60;
inline constexpr Minute day = 24 * hour;
/// What happens within so many minutes is one batch, and one write to the disk.
inline constexpr Minute slot = 20;

/// A member, as the generator knows them.
struct Person {
  api::Sender sender;
  std::string name;
  bool chinese = true;
};

class Stage {
 public:
  using Done = Pipeline::Done;
  /// The demo ends at `until_us`; it begins `days` earlier, at local midnight.
  Stage(server::Deployment& local, DrivenClock& clock, std::int64_t until_us, unsigned days, std::uint64_t seed);

  Minute now() const { return now_; }
  /// The last slot's.
  Minute end() const { return end_; }
  std::int64_t us_of(Minute minute) const { return start_us_ + minute * 60'000'000; }

  /// Plays `action` in the slot of `minute`; what lies behind the end never happens, what lies before now happens in
  /// the next slot.
  void at(Minute minute, std::function<void()> action);
  /// Plays everything up to the end, with the node's own timers; `progress` is told the minute.
  void play(const std::function<void(Minute)>& progress);
  /// Everything sent has its outcome.
  void settle() { pipeline_.drain(); }

  api::Call as(const Person& person);
  api::Call as_system();
  /// `done` only if it was accepted.
  void send(api::Commanded command, Done done = {});

  api::Edge& edge() { return local_.node().edge(); }
  server::Deployment& local() { return local_; }
  Pipeline& pipeline() { return pipeline_; }
  Chance& chance() { return chance_; }
  std::uint64_t accepted() const { return accepted_; }
  /// By code; the generator plays blind, so a few come to nothing.
  const std::map<std::string, std::uint64_t>& refused() const { return refused_; }

 private:
  std::string next_command_id();
  void tick();

  server::Deployment& local_;
  DrivenClock& clock_;
  SteppedPipeline pipeline_;
  Chance chance_;
  std::int64_t start_us_;
  Minute end_;
  Minute now_ = 0;
  std::map<Minute, std::vector<std::function<void()>>> queue_;
  std::uint64_t commands_ = 0;
  std::uint64_t accepted_ = 0;
  std::map<std::string, std::uint64_t> refused_;
};

}  // namespace pioneer::cli::demo
