// Each call of a first start fails in turn; what the next process then relies on must survive a power cut.
#include <gtest/gtest.h>

#include "tests/simulation/simulated_node.hpp"

namespace pioneer::tests {
namespace {

constexpr std::uint64_t segment_bytes = 72u << 10;

/// The first start in which call `number` fails, a second one, a power cut, a third. False: the call was not reached.
bool start_three_times(std::uint64_t number, bool power_off) {
  Machine machine(number);
  machine.disk.fail_call(number, power_off);
  {
    const auto first = SimulatedNode::open(machine, segment_bytes);
  }
  const bool reached = machine.disk.failed();
  if (!machine.disk.powered()) machine.disk.crash(SimulatedDisk::Unsynced::torn, number);
  machine.disk.fail_call(0);
  eventstore::LogId log_id;
  {
    const auto second = SimulatedNode::open(machine, segment_bytes);
    EXPECT_TRUE(second) << number << ": " << second.error().code << " " << second.error().detail;
    if (!second) return reached;
    log_id = (*second)->log().state().log_id;
  }
  machine.disk.crash(SimulatedDisk::Unsynced::lost);
  const auto third = SimulatedNode::open(machine, segment_bytes);
  EXPECT_TRUE(third) << number << ": " << third.error().code << " " << third.error().detail;
  if (third) {
    EXPECT_EQ((*third)->log().state().log_id, log_id) << number;
  }
  return reached;
}

TEST(FirstStart, OutlivesAFailureOfEachOfItsCalls) {
  std::uint64_t number = 1;
  while (start_three_times(number, false)) ++number;
  EXPECT_GT(number, 15U);
}

TEST(FirstStart, OutlivesAPowerCutAtEachOfItsCalls) {
  std::uint64_t number = 1;
  while (start_three_times(number, true)) ++number;
  EXPECT_GT(number, 15U);
}

}  // namespace
}  // namespace pioneer::tests
