#include "adapters/kafka/copy_writer.hpp"

#include <gtest/gtest.h>

#include <latch>

namespace pioneer::adapters::kafka {
namespace {

/// Keeps what it is given; append_more() waits at the gate, and may fail.
class GatedCopy final : public eventstore::LocalCopy {
 public:
  using Records = std::span<const std::string>;
  using Offsets = std::span<const std::uint64_t>;
  std::latch* gate = nullptr;
  bool full = false;
  std::vector<std::string> taken;
  std::vector<std::thread::id> by;

  eventstore::LogState state() const override { return {}; }
  eventstore::Sequence end() const override { return {}; }
  eventstore::Result<void> append(Records records) override { return append(records, {}); }
  eventstore::Result<void> append(Records records, Offsets) override {
    by.push_back(std::this_thread::get_id());
    taken.insert(taken.end(), records.begin(), records.end());
    return {};
  }
  eventstore::Result<void> append_more(Records records, Offsets offsets, std::span<const eventstore::Hash>) override {
    if (gate != nullptr) gate->wait();
    if (full) return eventstore::failure("disk_full", "There is no room.", eventstore::Retry::can_help);
    return append(records, offsets);
  }
  std::optional<std::uint64_t> copied_to() const override { return std::nullopt; }
  eventstore::Result<std::string> read(eventstore::Sequence) const override { return ""; }
  std::unique_ptr<eventstore::LogReader> reader(eventstore::Sequence) const override { return nullptr; }
  eventstore::Result<void> protect_tail() override { return {}; }
};

class CopyWriterTest : public testing::Test {
 protected:
  static CopyPart part_of(std::string_view record) {
    CopyPart part;
    part.add(eventstore::bytes_of(record), eventstore::Hash{}, 0);
    return part;
  }
  eventstore::Result<void> more(std::string_view record) { return given(&CopyWriter::write_more, part_of(record)); }
  eventstore::Result<void> last(CopyPart part) { return given(&CopyWriter::write, std::move(part)); }

  GatedCopy copy;
  CopyWriter writer{copy};

 private:
  eventstore::Result<void> given(eventstore::Result<void> (CopyWriter::*how)(CopyPart&), CopyPart part) {
    auto done = (writer.*how)(part);
    EXPECT_TRUE(part.empty()) << "taken or dropped, it is not the caller's any more";
    return done;
  }
};

TEST_F(CopyWriterTest, WritesOnePartWhileTheNextIsGathered) {
  std::latch gate(1);
  copy.gate = &gate;
  writer.start();
  ASSERT_TRUE(more("one"));  // returns, though the copy waits
  gate.count_down();
  ASSERT_TRUE(more("two"));
  ASSERT_TRUE(last(part_of("three")));
  EXPECT_EQ(copy.taken, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(copy.by[0], copy.by[1]);
  EXPECT_NE(copy.by[1], std::this_thread::get_id());
  EXPECT_EQ(copy.by[2], std::this_thread::get_id());
}

TEST_F(CopyWriterTest, AnswersForThePartBeforeAndDropsThisOne) {
  copy.full = true;
  writer.start();
  ASSERT_TRUE(more("one"));
  const auto refused = more("two");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "disk_full");
  copy.full = false;
  ASSERT_TRUE(last(part_of("one again")));  // the error was told once
  EXPECT_EQ(copy.taken, std::vector<std::string>{"one again"});
}

TEST_F(CopyWriterTest, BeforeTheLastPartIsWrittenNothingIsDurable) {
  copy.full = true;
  writer.start();
  ASSERT_TRUE(more("one"));
  EXPECT_FALSE(last({}));  // of nothing, and yet it says that the part before is missing
  EXPECT_TRUE(copy.taken.empty());
}

TEST_F(CopyWriterTest, WithoutAThreadTheCallerWrites) {
  ASSERT_TRUE(more("one"));
  EXPECT_EQ(copy.by, std::vector<std::thread::id>{std::this_thread::get_id()});
  copy.full = true;
  EXPECT_FALSE(more("two"));
}

TEST_F(CopyWriterTest, StoppingWaitsForWhatItWasGiven) {
  writer.start();
  ASSERT_TRUE(more("one"));
  writer.stop();
  EXPECT_EQ(copy.taken, std::vector<std::string>{"one"});
}

}  // namespace
}  // namespace pioneer::adapters::kafka
