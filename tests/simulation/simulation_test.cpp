// The whole node in one thread on a disk that fails: every promise of the log, for many seeds.
// Seeds by environment: seeds.hpp.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "tests/simulation/run.hpp"
#include "tests/simulation/seeds.hpp"

namespace pioneer::tests {
namespace {

constexpr std::uint64_t seeds_usual = 50;
constexpr int failures_max = 3;

/// Prints the seed before it runs: a CHECK that fails ends the program.
std::unique_ptr<Run> play(std::uint64_t seed) {
  std::printf("seed %llu: ", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  auto run = std::make_unique<Run>(seed);
  run->play();
  std::printf("%llu leaves, %llu starts, root %s\n", static_cast<unsigned long long>(run->leaves()),
              static_cast<unsigned long long>(run->happened().starts), short_hex(run->root()).c_str());
  for (const auto& wrong : run->wrong()) {
    ADD_FAILURE() << "PIONEER_SEED=" << seed << ": " << wrong;
  }
  return run;
}

using Counter = std::pair<const char*, std::uint64_t>;
std::vector<Counter> counters(const Happened& h) {
  return {{"failed starts", h.failed_starts},
          {"power cuts", h.power_cuts},
          {"power cuts at a start", h.power_cuts_at_start},
          {"failed syncs", h.failed_syncs},
          {"failed writes", h.failed_writes},
          {"full disks", h.full_disks},
          {"killed processes", h.kills},
          {"clean stops", h.clean_stops},
          {"torn tails dropped", h.torn_tails_dropped},
          {"derived stores lost", h.stores_lost},
          {"derived stores set back", h.stores_set_back},
          {"erasures resumed", h.erasures_resumed},
          {"logs of several segments", h.several_segments},
          {"promotions", h.promotions},
          {"erasures", h.erasures},
          {"reactions", h.reactions},
          {"accepted", h.answers.accepted},
          {"refused", h.answers.refused},
          {"repeated", h.answers.repeated},
          {"unknown", h.answers.unknown},
          {"unavailable", h.answers.unavailable},
          {"refused by the edge", h.answers.edge_refused},
          {"found in the log after silence", h.answers.found_after_silence}};
}

TEST(Simulation, KeepsEveryPromiseWhateverFails) {
  const auto seeds = seeds_to_play(seeds_usual);
  std::map<std::string, std::uint64_t> sums;
  int failures = 0;
  for (auto seed = seeds.first; seed <= seeds.last && failures < failures_max; ++seed) {
    const auto run = play(seed);
    failures += !run->wrong().empty();
    for (const auto& [name, count] : counters(run->happened())) sums[name] += count;
  }
  for (const auto& [name, count] : sums) {
    std::printf("  %-32s %llu\n", name.c_str(), static_cast<unsigned long long>(count));
    // What never happens proves nothing. One seed alone, or a few, may miss some.
    if (seeds.count() >= seeds_usual && failures == 0) {
      EXPECT_GT(count, 0U) << name;
    }
  }
}

TEST(Simulation, IsTheSameRunForTheSameSeed) {
  for (const std::uint64_t seed : {number_in("PIONEER_SEED").value_or(3), std::uint64_t{17}}) {
    const auto first = play(seed);
    const auto second = play(seed);
    EXPECT_EQ(first->root(), second->root()) << seed;
    EXPECT_EQ(first->heard(), second->heard()) << seed;
    EXPECT_EQ(first->leaves(), second->leaves()) << seed;
    EXPECT_GT(first->leaves(), 50U) << seed;
  }
}

}  // namespace
}  // namespace pioneer::tests
