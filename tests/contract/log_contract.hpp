// What every log must do, whatever stands behind it. A program per engine runs it: `Where` opens a fresh log of
// `tests::test_log_id()` as `log()`, and `again()` opens the same one anew, as after a restart.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "eventstore/ports/log.hpp"
#include "tests/eventstore/chain.hpp"

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

REGISTER_TYPED_TEST_SUITE_P(LogContract, IsEmptyWhenNew, GivesBackWhatWasAppended, AFenceAloneIsNoLeaf, ChangesHands,
                            NothingAppendedIsNothing, KeepsRecordsOfEverySize, AReaderGoesOnWhereTheLogGrew,
                            HoldsTheSameWhenOpenedAgain);

}  // namespace pioneer::tests
