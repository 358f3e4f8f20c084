// What SegmentLog promises, on a real disk.
#include "adapters/segments/segment_log.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/segments/records.hpp"
#include "adapters/segments/verify.hpp"
#include "tests/eventstore/chain.hpp"

namespace pioneer::adapters::segments {
namespace {

using namespace eventstore;
using tests::Chain;

constexpr std::uint64_t file_bytes = 128u << 10;

class SegmentLogTest : public testing::Test {
 protected:
  SegmentLogTest() {
    std::array<std::byte, 8> suffix;
    posix::PosixRandom().fill(suffix);
    directory_ = std::filesystem::temp_directory_path() / "pioneer-segments-";
    for (const auto b : suffix) directory_ += std::to_string(std::to_integer<int>(b));
    std::filesystem::create_directories(directory_);
    options_.directory = directory_.string();
    options_.segment_bytes = file_bytes;
  }
  ~SegmentLogTest() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<SegmentLog> create() {
    auto log = SegmentLog::create(disk_, executor_, options_, tests::test_log_id());
    EXPECT_TRUE(log) << log.error().detail;
    return std::move(*log);
  }
  std::unique_ptr<SegmentLog> open() {
    auto log = SegmentLog::open(disk_, executor_, options_);
    EXPECT_TRUE(log) << log.error().detail;
    return log ? std::move(*log) : nullptr;
  }
  void append(SegmentLog& log, const std::vector<std::string>& records) {
    const auto appended = log.append(records);
    ASSERT_TRUE(appended) << appended.error().detail;
    for (const auto& record : records)
      if (decode_record(bytes_of(record))->kind != RecordKind::fence) leaves_.push_back(record);
  }
  void expect_holds_all(const SegmentLog& log) {
    ASSERT_EQ(log.end().value, leaves_.size());
    auto reader = log.reader(Sequence(0));
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      const auto leaf = reader->next();
      ASSERT_TRUE(leaf) << leaf.error().detail;
      ASSERT_TRUE(*leaf);
      EXPECT_EQ((*leaf)->sequence.value, i);
      EXPECT_EQ((*leaf)->record, leaves_[i]);
      const auto single = log.read(Sequence(i));
      ASSERT_TRUE(single) << single.error().detail;
      EXPECT_EQ(*single, leaves_[i]);
    }
    EXPECT_FALSE(*reader->next());
  }

  std::filesystem::path directory_;
  Options options_;
  posix::PosixDisk disk_;
  posix::ThreadPool executor_{1};
  std::vector<std::string> leaves_;
};

TEST_F(SegmentLogTest, GivesEveryRecordInOrderWithItsFences) {
  std::vector<std::string> all;
  {
    const auto log = create();
    Chain chain(log->state());
    for (unsigned char epoch = 1; epoch <= 3; ++epoch) {
      const auto records = chain.epoch(epoch, 40, 2'000);  // over several files
      append(*log, records);
      all.insert(all.end(), records.begin(), records.end());
    }
  }
  std::vector<std::string> given;
  const auto take = [&](std::span<const ByteView> records) -> Result<void> {
    for (const auto record : records) given.emplace_back(text_of(record));
    return {};
  };
  ASSERT_TRUE(each_record(disk_, directory_.string(), take));
  EXPECT_EQ(given, all);
  const auto enough = [](std::span<const ByteView>) -> Result<void> { return failure("enough", "No more."); };
  EXPECT_EQ(each_record(disk_, directory_.string(), enough).error().code, "enough");
  std::filesystem::resize_file(directory_ / "000000000001.segment", file_bytes / 2);
  EXPECT_FALSE(each_record(disk_, directory_.string(), take));
}

TEST_F(SegmentLogTest, IsEmptyWhenNew) {
  const auto log = create();
  EXPECT_EQ(log->end(), Sequence(0));
  EXPECT_EQ(log->state(), LogState::genesis(tests::test_log_id()));
  EXPECT_EQ(log->read(Sequence(0)).error().code, "beyond_end");
  EXPECT_FALSE(*log->reader(Sequence(0))->next());
}

TEST_F(SegmentLogTest, GivesBackWhatWasAppended) {
  const auto log = create();
  Chain chain(log->state());
  append(*log, chain.epoch(1, 10));
  append(*log, chain.commits(1));
  append(*log, chain.commits(100));
  expect_holds_all(*log);
  EXPECT_EQ(log->state(), chain.state());
  EXPECT_EQ(log->frontier().size(), 111u);
}

TEST_F(SegmentLogTest, GoesOnInFurtherFilesAndAfterReopening) {
  auto log = create();
  Chain chain(log->state());
  for (unsigned char epoch = 1; epoch <= 4; ++epoch) {
    append(*log, chain.epoch(epoch, 5));
    for (int i = 0; i < 40; ++i) append(*log, chain.commits(static_cast<std::size_t>(1 + i % 7), 900));
    ASSERT_TRUE(log->protect_tail());
    expect_holds_all(*log);
    if (epoch % 2 == 0) {
      ASSERT_TRUE(log->close());
    }
    log = open();
    EXPECT_EQ(log->state(), chain.state());
    expect_holds_all(*log);
  }
  EXPECT_TRUE(std::filesystem::exists(directory_ / "000000000003.segment"));
}

TEST_F(SegmentLogTest, SplitsWhatDoesNotFitOneFile) {
  const auto log = create();
  Chain chain(log->state());
  auto records = chain.epoch(1, 1);
  for (auto& more : chain.commits(10, 60'000)) records.push_back(std::move(more));
  append(*log, records);
  expect_holds_all(*log);
}

TEST_F(SegmentLogTest, TakesMuchInWholeFiles) {
  options_.first_segment_bytes = segment_bytes_min;
  {
    const auto log = create();
    Chain chain(log->state());
    const auto first = log->state();
    std::size_t given = 0;
    for (unsigned char epoch = 1; epoch <= 4; ++epoch) {
      const auto records = chain.epoch(epoch, 40, 2'000);
      std::vector<Hash> hashes;
      for (const auto& record : records) hashes.push_back(leaf_hash(bytes_of(record)));
      ASSERT_TRUE(log->append_more(records, {}, hashes));
      leaves_.insert(leaves_.end(), records.begin() + 1, records.end());
      given += 40;
      EXPECT_LT(log->end().value, given) << "what stands in a file without its name does not count";
    }
    EXPECT_NE(log->state(), first);
    append(*log, {});
    EXPECT_EQ(log->state(), chain.state());
    expect_holds_all(*log);
    append(*log, chain.commits(50, 2'000));
    expect_holds_all(*log);
    ASSERT_TRUE(log->close());
  }
  const auto proof = verify(disk_, options_.directory);
  EXPECT_TRUE(proof.ok) << proof.reason;
  const auto log = open();
  expect_holds_all(*log);
  Chain more(log->state());
  append(*log, more.epoch(9, 50, 2'000));
  expect_holds_all(*log);
}

TEST_F(SegmentLogTest, IsReadWhileItGrows) {
  const auto log = create();
  Chain chain(log->state());
  constexpr std::uint64_t total = 3'000;
  std::uint64_t in_order = 0;
  std::string problem;
  std::thread follower([&] {
    const auto reader = log->reader(Sequence(0));
    while (in_order < total && problem.empty()) {
      const auto leaf = reader->next();
      if (!leaf) {
        problem = leaf.error().detail;
      } else if (*leaf) {
        if ((*leaf)->sequence.value != in_order++) problem = "out of order";
      } else {
        std::this_thread::yield();
      }
    }
  });
  append(*log, chain.epoch(1, 10));
  while (log->end().value < total) append(*log, chain.commits(10));
  follower.join();
  EXPECT_EQ(problem, "");
  EXPECT_EQ(in_order, total);
}

TEST_F(SegmentLogTest, IsReadFromAnyPositionOn) {
  const auto log = create();
  Chain chain(log->state());
  append(*log, chain.epoch(1, 10));
  while (log->end().value < 500) append(*log, chain.commits(7));
  for (const std::uint64_t from :
       {std::uint64_t{1}, std::uint64_t{9}, std::uint64_t{10}, std::uint64_t{257}, std::uint64_t{499}}) {
    const auto end = log->end().value;
    const auto reader = log->reader(Sequence(from));
    for (auto expected = from; expected < end; ++expected) {
      const auto leaf = reader->next();
      ASSERT_TRUE(leaf && *leaf) << from;
      EXPECT_EQ((*leaf)->sequence.value, expected);
      EXPECT_EQ((*leaf)->record, log->read(Sequence(expected)).value());
    }
    EXPECT_FALSE(reader->next().value()) << "the durable end";
    append(*log, chain.commits(1));
    EXPECT_EQ(reader->next().value()->sequence.value, end) << "and on";
  }
}

TEST_F(SegmentLogTest, RefusesToBeMadeTwiceOrFoundNowhere) {
  EXPECT_EQ(SegmentLog::open(disk_, executor_, options_).error().code, "no_log");
  create();
  EXPECT_EQ(SegmentLog::create(disk_, executor_, options_, tests::test_log_id()).error().code, "log_exists");
}

TEST_F(SegmentLogTest, WritesNothingWhenOpenedForReading) {
  {
    const auto log = create();
    Chain chain(log->state());
    append(*log, chain.epoch(1, 10));
  }
  options_.read_only = true;
  const auto log = open();
  expect_holds_all(*log);
  Chain chain(log->state());
  EXPECT_EQ(log->append(chain.commits(1)).error().code, "log_read_only");
  EXPECT_EQ(log->protect_tail().error().code, "log_read_only");
}

TEST_F(SegmentLogTest, IsFinishedWhenClosed) {
  const auto log = create();
  Chain chain(log->state());
  append(*log, chain.epoch(1, 10));
  ASSERT_TRUE(log->close());
  EXPECT_EQ(log->append(chain.commits(1)).error().code, "log_closed");
  expect_holds_all(*log);
}

TEST_F(SegmentLogTest, KeepsSourceOffsetsOfATopic) {
  auto made = SegmentLog::create(disk_, executor_, options_, tests::test_log_id(), {Source::Kind::topic, 3});
  ASSERT_TRUE(made);
  Chain chain((*made)->state());
  const auto records = chain.epoch(1, 3);
  const std::vector<std::uint64_t> offsets{7, 9, 10, 14};
  ASSERT_TRUE((*made)->append(records, offsets));
  EXPECT_EQ((*made)->last_source_offset(), 14u);
  made->reset();
  const auto log = open();
  EXPECT_EQ(log->last_source_offset(), 14u);
  EXPECT_EQ(log->source(), (Source{Source::Kind::topic, 3}));
  EXPECT_EQ(*log->read(Sequence(2)), records[3]);
}

}  // namespace
}  // namespace pioneer::adapters::segments
