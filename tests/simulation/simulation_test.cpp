// The whole node in one thread on a disk that fails: every promise of the log, for many seeds.
//   PIONEER_SEEDS=n  seeds 1 … n instead of 50      PIONEER_SEED=n  this one alone
#include <gtest/gtest.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/simulation/run.hpp"

namespace pioneer::tests {
namespace {

constexpr std::uint64_t seeds_usual = 50;
constexpr int failures_max = 3;

std::optional<std::uint64_t> number_in(const char* name) {
  const char* text = std::getenv(name);
  std::uint64_t number = 0;
  if (text == nullptr || std::from_chars(text, text + std::strlen(text), number).ec != std::errc{}) return {};
  return number;
}

std::string hex(const eventstore::Hash& hash) {
  std::string out;
  for (const auto byte : hash.view().substr(0, 8)) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    out += digits;
  }
  return out;
}

/// Prints the seed before it runs: a CHECK that fails ends the program.
std::unique_ptr<Run> play(std::uint64_t seed) {
  std::printf("seed %llu: ", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  auto run = std::make_unique<Run>(seed);
  run->play();
  std::printf("%llu leaves, %llu starts, root %s\n", static_cast<unsigned long long>(run->leaves()),
              static_cast<unsigned long long>(run->happened().starts), hex(run->root()).c_str());
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
  const auto alone = number_in("PIONEER_SEED");
  const auto first = alone.value_or(1);
  const auto last = alone.value_or(number_in("PIONEER_SEEDS").value_or(seeds_usual));
  std::map<std::string, std::uint64_t> sums;
  int failures = 0;
  for (auto seed = first; seed <= last && failures < failures_max; ++seed) {
    const auto run = play(seed);
    failures += !run->wrong().empty();
    for (const auto& [name, count] : counters(run->happened())) sums[name] += count;
  }
  for (const auto& [name, count] : sums) {
    std::printf("  %-32s %llu\n", name.c_str(), static_cast<unsigned long long>(count));
    // What never happens proves nothing. One seed alone, or a few, may miss some.
    if (last - first + 1 >= seeds_usual && failures == 0) {
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
