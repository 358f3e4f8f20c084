// What every log must do, whatever stands behind it. A program per engine runs it: `Where` opens a fresh log of
// `tests::test_log_id()` as `log()`, and `again()` opens the same one anew, as after a restart.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "eventstore/ports/log.hpp"
#include "tests/api/proofs/followed.hpp"

namespace pioneer::tests {

template <class Where>
class LogContract : public ::testing::Test {
 protected:
  Where where;
  Chain chain{where.log().state()};
  std::vector<std::string> leaves;

  void append(const std::vector<std::string>& records) {
    const auto appended = where.log().append(records);
    ASSERT_TRUE(appended) << appended.error().code << ": " << appended.error().detail;
    for (const auto& record : records) {
      if (eventstore::decode_record(eventstore::bytes_of(record))->kind != eventstore::RecordKind::fence)
        leaves.push_back(record);
    }
  }

  /// Everything that was appended, by both ways of reading.
  void expect_holds_all() {
    const auto& log = where.log();
    ASSERT_EQ(log.end().value, leaves.size());
    EXPECT_EQ(log.state(), chain.state());
    const auto reader = log.reader(eventstore::Sequence{0});
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const auto leaf = reader->next();
      ASSERT_TRUE(leaf) << leaf.error().detail;
      ASSERT_TRUE(*leaf);
      EXPECT_EQ((*leaf)->sequence.value, i);
      EXPECT_EQ((*leaf)->record, leaves[i]);
      const auto single = log.read(eventstore::Sequence{i});
      ASSERT_TRUE(single) << single.error().detail;
      EXPECT_EQ(*single, leaves[i]);
    }
    EXPECT_FALSE(*reader->next());
  }
};

TYPED_TEST_SUITE_P(LogContract);

TYPED_TEST_P(LogContract, IsEmptyWhenNew) {
  const auto& log = this->where.log();
  EXPECT_EQ(log.end(), eventstore::Sequence{0});
  EXPECT_EQ(log.state(), eventstore::LogState::genesis(test_log_id()));
  EXPECT_EQ(log.read(eventstore::Sequence{0}).error().code, "beyond_end");
  EXPECT_FALSE(*log.reader(eventstore::Sequence{0})->next());
}

TYPED_TEST_P(LogContract, GivesBackWhatWasAppended) {
  this->append(this->chain.epoch(1, 10));
  this->append(this->chain.commits(1));
  this->append(this->chain.commits(100));
  this->expect_holds_all();
}

TYPED_TEST_P(LogContract, AFenceAloneIsNoLeaf) {
  this->append({this->chain.fence(1)});
  EXPECT_EQ(this->where.log().end(), eventstore::Sequence{0});
  EXPECT_FALSE(this->where.log().state().open);
  this->append({this->chain.opened()});
  this->expect_holds_all();
}

TYPED_TEST_P(LogContract, ChangesHands) {
  this->append(this->chain.epoch(1, 5));
  this->append(this->chain.epoch(2, 5));
  this->append({this->chain.fence(3)});
  this->append(this->chain.epoch(4, 5));
  EXPECT_EQ(this->where.log().state().epoch, eventstore::Epoch{4});
  this->expect_holds_all();
}

TYPED_TEST_P(LogContract, NothingAppendedIsNothing) {
  this->append(this->chain.epoch(1, 3));
  this->append({});
  this->expect_holds_all();
}

TYPED_TEST_P(LogContract, KeepsRecordsOfEverySize) {
  this->append(this->chain.epoch(1, 1));
  this->append({this->chain.commit("")});
  this->append({this->chain.commit(std::string(1, '\0'))});
  this->append(this->chain.commits(20, eventstore::limits::record_bytes_max - eventstore::RecordHeader::encoded_bytes));
  this->expect_holds_all();
}

TYPED_TEST_P(LogContract, AReaderGoesOnWhereTheLogGrew) {
  this->append(this->chain.epoch(1, 2));
  const auto reader = this->where.log().reader(eventstore::Sequence{1});
  EXPECT_EQ((*reader->next())->record, this->leaves[1]);
  EXPECT_FALSE(*reader->next());
  this->append(this->chain.epoch(2, 2));
  EXPECT_EQ((*reader->next())->record, this->leaves[2]);
  EXPECT_EQ((*reader->next())->record, this->leaves[3]);
  EXPECT_FALSE(*reader->next());
}

TYPED_TEST_P(LogContract, HoldsTheSameWhenOpenedAgain) {
  this->append(this->chain.epoch(1, 50));
  ASSERT_TRUE(this->where.log().protect_tail());
  this->where.again();
  this->expect_holds_all();
  this->append(this->chain.epoch(2, 50));
  this->where.again();
  this->expect_holds_all();
}

/// Whoever follows a log, over whatever engine and in whatever steps, publishes the same bytes: a mirror of one is a
/// mirror of all.
TYPED_TEST_P(LogContract, ItsTilesAndRootsAreThoseOfTheSameRecordsInMemory) {
  eventstore::MemoryLog in_memory{test_log_id()};
  const auto append_to_both = [&](const std::vector<std::string>& records) {
    this->append(records);
    ASSERT_TRUE(in_memory.append(records));
  };
  append_to_both(this->chain.epoch(1, 300));
  SimulatedDisk disk;
  ASSERT_TRUE(disk.make_directory("/memory") && disk.make_directory("/engine"));
  const auto key = test_key();
  const auto expected = api::Checkpoints::open(in_memory, disk, key, "/memory/checkpoints").value();
  {
    const auto before = api::Checkpoints::open(this->where.log(), disk, key, "/engine/checkpoints").value();
    ASSERT_EQ(before->follow().value(), 300U);
  }
  append_to_both(this->chain.epoch(2, 213));
  append_to_both({this->chain.fence(3)});
  append_to_both(this->chain.epoch(4, 3));
  this->where.again();
  const auto followed = api::Checkpoints::open(this->where.log(), disk, key, "/engine/checkpoints").value();
  ASSERT_EQ(followed->follow().value(), 516U);
  ASSERT_EQ(expected->follow().value(), 516U);
  EXPECT_EQ(*followed->newest(), *expected->newest());
  for (const std::uint64_t size : {0U, 1U, 256U, 299U, 300U, 301U, 512U, 516U})
    EXPECT_EQ(followed->root_at(size).value(), expected->root_at(size).value()) << size;
  // Every tile and bundle of every size that it went through, and none that is not there.
  std::size_t there = 0;
  for (std::uint64_t index = 0; index < 4; ++index) {
    for (std::size_t width = 1; width <= eventstore::tile_width; ++width) {
      for (unsigned level = 0; level < 3; ++level) {
        const auto tile = followed->tile(level, {index, width}).value();
        EXPECT_EQ(tile, expected->tile(level, {index, width}).value()) << level << "/" << index << ".p/" << width;
        there += tile.has_value() ? 1 : 0;
      }
      EXPECT_EQ(followed->bundle({index, width}).value(), expected->bundle({index, width}).value()) << index << width;
    }
  }
  EXPECT_EQ(there, 516U + 2U);
}

REGISTER_TYPED_TEST_SUITE_P(LogContract, IsEmptyWhenNew, GivesBackWhatWasAppended, AFenceAloneIsNoLeaf, ChangesHands,
                            NothingAppendedIsNothing, KeepsRecordsOfEverySize, AReaderGoesOnWhereTheLogGrew,
                            HoldsTheSameWhenOpenedAgain, ItsTilesAndRootsAreThoseOfTheSameRecordsInMemory);

}  // namespace pioneer::tests
