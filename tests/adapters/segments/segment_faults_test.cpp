// What SegmentLog promises when the disk does not: every call fails once, the power goes at every call, the disk fills.
#include <gtest/gtest.h>

#include "tests/adapters/segments/workload.hpp"

namespace pioneer::tests {
namespace {

using namespace eventstore;
using namespace adapters::segments;
using Unsynced = SimulatedDisk::Unsynced;

constexpr int appends = 30;  // three files

std::uint64_t calls_of_a_life(bool fills = false) {
  Workload whole;
  whole.fills = fills;
  EXPECT_EQ(whole.live(1, appends, true), "");
  EXPECT_TRUE(whole.disk.exists("/log/000000000002.segment"));
  return whole.disk.calls();
}

/// The power goes at every call of a life, then of the life after it; each time a further life goes on.
void lose_power_everywhere(Unsynced unsynced, std::uint64_t seed, bool fills = false) {
  const auto calls = calls_of_a_life(fills);
  for (std::uint64_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE("power off at call " + std::to_string(n) + ", seed " + std::to_string(seed));
    Workload work;
    work.fills = fills;
    work.disk.fail_call(n, true);
    work.live(1, appends, true);
    ASSERT_TRUE(work.disk.failed());
    work.disk.crash(unsynced, seed + n);
    // Again within the recovery or soon after it.
    work.disk.fail_call(work.disk.calls() + 1 + n % 13, true);
    work.live(2, 3, false);
    work.disk.crash(unsynced, seed + 2 * n);
    ASSERT_EQ(work.live(3, 6, true), "");
    ASSERT_NO_FATAL_FAILURE(work.look());
    const auto proof = verify(work.disk, Workload::directory);
    ASSERT_TRUE(proof.ok) << proof.reason;
    ASSERT_FALSE(testing::Test::HasFatalFailure());
  }
}

TEST(SegmentFaults, KeepWhatWasAcknowledgedWhenUnsyncedWritesAreLost) { lose_power_everywhere(Unsynced::lost, 0); }
TEST(SegmentFaults, KeepWhatWasAcknowledgedWhenUnsyncedWritesReachedTheDisk) {
  lose_power_everywhere(Unsynced::kept, 0);
}
TEST(SegmentFaults, KeepWhatWasAcknowledgedWhenUnsyncedWritesAreTorn) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) lose_power_everywhere(Unsynced::torn, 1'000 * seed);
}

TEST(SegmentFaults, KeepWhatWasAcknowledgedWhereWholeFilesAreWritten) {
  lose_power_everywhere(Unsynced::lost, 0, true);
  lose_power_everywhere(Unsynced::kept, 0, true);
  lose_power_everywhere(Unsynced::torn, 1'000, true);
}

TEST(SegmentFaults, StopAppendingForEverWhenAnyCallFails) {
  const auto calls = calls_of_a_life();
  int refused = 0;
  for (std::uint64_t n = 1; n <= calls; ++n) {
    SCOPED_TRACE("call " + std::to_string(n) + " fails");
    Workload work;
    work.disk.fail_call(n);
    const auto code = work.live(1, appends, true);
    ASSERT_TRUE(work.disk.failed());
    // Only the next file, as long as it is not needed, is no part of the log.
    EXPECT_TRUE(code == "sync_failed" || work.disk.failed_path().ends_with(unfinished_suffix)) << code;
    refused += code == "sync_failed";
    // The process starts again; the machine kept running. Then it loses power as well.
    ASSERT_EQ(work.live(2, 3, false), "");
    work.disk.crash(Unsynced::lost);
    ASSERT_NO_FATAL_FAILURE(work.look());
    ASSERT_EQ(work.live(3, 3, true), "");
    ASSERT_FALSE(testing::Test::HasFatalFailure());
  }
  EXPECT_GT(refused, 100);
}

TEST(SegmentFaults, GoOnAfterAFullDisk) {
  Workload work;
  SimulatedExecutor executor;
  auto opened = SegmentLog::create(work.disk, executor, work.options, test_log_id());
  ASSERT_TRUE(opened);
  auto& log = **opened;
  work.disk.limit_bytes(file_bytes + 10'000);
  Chain chain(log.state());
  ASSERT_TRUE(log.append(chain.epoch(1, 3)));
  std::vector<std::string> waiting;
  Result<void> appended;
  do {
    waiting = chain.commits(20, 1'000);
    appended = log.append(waiting);
    executor.run_waiting();
  } while (appended);
  EXPECT_EQ(appended.error().code, "disk_full");
  EXPECT_EQ(appended.error().retry, Retry::can_help);
  EXPECT_EQ(log.append(waiting).error().code, "disk_full");
  EXPECT_TRUE(log.read(Sequence(log.end().value - 1)));
  work.disk.limit_bytes(3 * file_bytes);
  EXPECT_TRUE(log.append(waiting));
  EXPECT_EQ(log.state(), chain.state());
  ASSERT_TRUE(log.close());
  EXPECT_TRUE(verify(work.disk, Workload::directory).ok);
}

TEST(SegmentFaults, LeaveANewerFormatUntouched) {
  Workload work;
  ASSERT_EQ(work.live(1, appends, false), "");
  auto& header = work.disk.bytes("/log/000000000001.segment");
  header[8] = static_cast<char>(limits::format + 1);
  SimulatedExecutor executor;
  EXPECT_EQ(SegmentLog::open(work.disk, executor, work.options).error().code, "segment_header_bad_checksum")
      << "a header of ours with one byte changed is damaged, not new";
  header[12] = static_cast<char>(header[12] ^ 1);  // a newer format has a checksum of its own
  const auto calls = work.disk.calls();
  EXPECT_EQ(SegmentLog::open(work.disk, executor, work.options).error().code, "format_too_new");
  EXPECT_EQ(SegmentLog::create(work.disk, executor, work.options, test_log_id()).error().code, "format_too_new");
  EXPECT_EQ(work.disk.calls(), calls);
}

TEST(SegmentFaults, LeaveAFormatFromBeforeTheFreezeUntouched) {
  Workload work;
  ASSERT_EQ(work.live(1, appends, false), "");
  auto& header = work.disk.bytes("/log/000000000001.segment");
  header[8] = static_cast<char>(limits::format - 1);
  SimulatedExecutor executor;
  EXPECT_EQ(SegmentLog::open(work.disk, executor, work.options).error().code, "segment_header_bad_checksum")
      << "a header of ours with one byte changed is damaged, not old";
  header[12] = static_cast<char>(header[12] ^ 1);  // that format had a checksum over other bytes
  const auto calls = work.disk.calls();
  EXPECT_EQ(SegmentLog::open(work.disk, executor, work.options).error().code, "format_too_old");
  EXPECT_EQ(work.disk.calls(), calls);
}

}  // namespace
}  // namespace pioneer::tests
