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

CopyPart part_of(std::string_view record) {
  CopyPart part;
  part.add(eventstore::bytes_of(record), eventstore::Hash{}, 0);
  return part;
}

TEST(CopyWriter, WritesOnePartWhileTheNextIsGathered) {
  GatedCopy copy;
  std::latch gate(1);
  copy.gate = &gate;
  CopyWriter writer(copy);
  writer.start();
  auto part = part_of("one");
  ASSERT_TRUE(writer.write_more(part));  // returns, though the copy waits
  EXPECT_TRUE(part.empty());
  part = part_of("two");
  gate.count_down();
  ASSERT_TRUE(writer.write_more(part));
  part = part_of("three");
  ASSERT_TRUE(writer.write(part));
  EXPECT_TRUE(part.empty());
  EXPECT_EQ(copy.taken, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(copy.by[0], copy.by[1]);
  EXPECT_NE(copy.by[1], std::this_thread::get_id());
  EXPECT_EQ(copy.by[2], std::this_thread::get_id());
}

TEST(CopyWriter, AnswersForThePartBeforeAndDropsThisOne) {
  GatedCopy copy;
  copy.full = true;
  CopyWriter writer(copy);
  writer.start();
  auto part = part_of("one");
  ASSERT_TRUE(writer.write_more(part));
  part = part_of("two");
  const auto refused = writer.write_more(part);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "disk_full");
  EXPECT_TRUE(part.empty());
  copy.full = false;
  part = part_of("one again");
  ASSERT_TRUE(writer.write(part));  // the error was told once
  EXPECT_EQ(copy.taken, std::vector<std::string>{"one again"});
}

TEST(CopyWriter, BeforeTheLastPartIsWrittenNothingIsDurable) {
  GatedCopy copy;
  copy.full = true;
  CopyWriter writer(copy);
  writer.start();
  auto part = part_of("one");
  ASSERT_TRUE(writer.write_more(part));
  part.clear();
  EXPECT_FALSE(writer.write(part));  // of nothing, and yet it says that the part before is missing
  EXPECT_TRUE(copy.taken.empty());
}

TEST(CopyWriter, WithoutAThreadTheCallerWrites) {
  GatedCopy copy;
  CopyWriter writer(copy);
  auto part = part_of("one");
  ASSERT_TRUE(writer.write_more(part));
  EXPECT_EQ(copy.by, std::vector<std::thread::id>{std::this_thread::get_id()});
  copy.full = true;
  part = part_of("two");
  EXPECT_FALSE(writer.write_more(part));
}

TEST(CopyWriter, StoppingWaitsForWhatItWasGiven) {
  GatedCopy copy;
  {
    CopyWriter writer(copy);
    writer.start();
    auto part = part_of("one");
    ASSERT_TRUE(writer.write_more(part));
  }
  EXPECT_EQ(copy.taken, std::vector<std::string>{"one"});
}

}  // namespace
}  // namespace pioneer::adapters::kafka
