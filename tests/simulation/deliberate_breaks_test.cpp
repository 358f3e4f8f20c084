// A simulator that finds nothing proves little, unless it finds what is broken on purpose. Each break is made in the
// disk beneath the node, where it looks as it would if the program had left the sync out, or had not waited for it.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/simulation/run.hpp"

namespace pioneer::tests {
namespace {

using Syncs = SimulatedDisk::Syncs;

/// As many as every check runs: a break that only more of them find could come in unseen.
constexpr std::uint64_t seeds_max = 50;

/// What the first seed that finds something says; "" where none does.
std::string found(const std::string& directory, Syncs how) {
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    Run run(seed, directory, how);
    run.play();
    if (run.wrong().empty()) continue;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), run.wrong().front().c_str());
    return run.wrong().front();
  }
  return {};
}

TEST(DeliberateBreak, OfTheLogsSyncIsFound) { EXPECT_NE(found("/data/log", Syncs::skipped), ""); }

TEST(DeliberateBreak, OfAnsweringBeforeTheSyncIsFound) { EXPECT_NE(found("/data/log", Syncs::late), ""); }

TEST(DeliberateBreak, OfTheKeyringsSyncIsFound) { EXPECT_NE(found("/data/keys", Syncs::skipped), ""); }

}  // namespace
}  // namespace pioneer::tests
