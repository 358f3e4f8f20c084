// Lives of a log on a simulated disk: what was attempted, what was acknowledged, and whether what a later life finds
// agrees with both.
#pragma once

#include <gtest/gtest.h>

#include "adapters/segments/segment_log.hpp"
#include "adapters/segments/verify.hpp"
#include "tests/eventstore/chain.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::tests {

/// Small, so that a life of a few hundred records fills several.
inline constexpr std::uint64_t file_bytes = 128u << 10;

class Workload {
 public:
  using SegmentLog = adapters::segments::SegmentLog;

  Workload() {
    static_cast<void>(disk.make_directory(directory));
    options.directory = directory;
    options.segment_bytes = file_bytes;
  }

  /// One life: opens or creates, then an epoch of appends of many sizes over several files, with pauses. Stops at the
  /// first error, whose code it returns; empty if there was none.
  std::string live(unsigned char writer, int appends, bool close) {
    SimulatedExecutor executor;
    auto opened = disk.exists(directory + "/000000000000.segment")
                      ? SegmentLog::open(disk, executor, options)
                      : SegmentLog::create(disk, executor, options, test_log_id());
    if (!opened) return opened.error().code;
    auto& log = **opened;
    expect_agrees(log);
    Chain chain(log.state());
    attempted.resize(log.end().value);
    if (auto code = append(log, chain.epoch(writer, 3)); !code.empty()) return code;
    for (int i = 0; i < appends; ++i) {
      const std::size_t sizes[] = {1, 40, 3, 17};
      const auto records = chain.commits(sizes[i % 4], i % 5 == 0 ? 1'500 : 200);
      if (auto code = fills && i % 8 != 7 ? append_more(log, records) : append(log, records); !code.empty())
        return code;
      if (i % 3 == 1) executor.run_waiting();
      if (i % 4 == 3) {
        if (const auto done = log.protect_tail(); !done) return done.error().code;
      }
    }
    if (!close) return {};
    const auto closed = log.close();
    return closed ? std::string() : closed.error().code;
  }

  /// A life that only looks.
  void look() {
    SimulatedExecutor executor;
    const auto log = SegmentLog::open(disk, executor, options);
    ASSERT_TRUE(log) << log.error().code << ": " << log.error().detail;
    expect_agrees(**log);
  }

  /// Acknowledged ⊆ found ⊆ attempted, each a prefix.
  void expect_agrees(const SegmentLog& log) {
    ASSERT_GE(log.end().value, acknowledged);
    ASSERT_LE(log.end().value, attempted.size());
    const auto reader = log.reader(eventstore::Sequence(0));
    for (std::uint64_t i = 0; i < log.end().value; ++i) {
      const auto leaf = reader->next();
      ASSERT_TRUE(leaf) << leaf.error().detail;
      ASSERT_TRUE(*leaf);
      ASSERT_EQ((*leaf)->record, attempted[i]) << "leaf " << i;
    }
  }

  static inline const std::string directory = "/log";
  SimulatedDisk disk;
  adapters::segments::Options options;
  bool fills = false;                  ///< lives append most with append_more(), as a copy does that is filled
  std::vector<std::string> attempted;  ///< leaves, in order
  std::uint64_t acknowledged = 0;      ///< how many of them

 private:
  void attempt(const std::vector<std::string>& records) {
    for (const auto& record : records)
      if (eventstore::decode_record(eventstore::bytes_of(record))->kind != eventstore::RecordKind::fence)
        attempted.push_back(record);
  }

  /// Not acknowledged before the next append().
  std::string append_more(SegmentLog& log, const std::vector<std::string>& records) {
    attempt(records);
    std::vector<eventstore::Hash> hashes;
    for (const auto& record : records) hashes.push_back(eventstore::leaf_hash(eventstore::bytes_of(record)));
    const auto appended = log.append_more(records, {}, hashes);
    return appended ? std::string() : appended.error().code;
  }

  std::string append(SegmentLog& log, const std::vector<std::string>& records) {
    attempt(records);
    const auto appended = log.append(records);
    if (!appended) {
      // Whatever failed, nothing is appended after it as if it had not.
      if (appended.error().code == "sync_failed") {
        Chain more(log.state());
        EXPECT_EQ(log.append(std::vector{more.fence(99)}).error().code, "sync_failed");
      }
      return appended.error().code;
    }
    acknowledged = log.end().value;
    return {};
  }
};

}  // namespace pioneer::tests
