// A table that nodes share, over a real broker.
#include "adapters/kafka/table_topic.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "tests/adapters/kafka/table.hpp"

namespace pioneer::adapters::kafka {
namespace {

using namespace eventstore;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using tests::KafkaBroker;
using tests::Stranger;
using tests::Table;

void expect_reads(Table& table) {
  const auto read = table.topic().read_to_end(20s);
  ASSERT_TRUE(read) << read.error().code << ": " << read.error().detail;
}

TEST(TableTopic, WhatOneNodePutsAllHearInOneOrder) {
  const auto name = tests::fresh_name();
  Table one(name);
  Table other(name);
  ASSERT_TRUE(one.put("a", "1"));
  ASSERT_TRUE(other.put("b", "2"));
  ASSERT_TRUE(one.put("a", std::nullopt));
  ASSERT_TRUE(other.put("c", ""));
  const std::vector<TableEntry> both = {{"b", "3"}, {"d", "4"}};
  ASSERT_TRUE(one.topic().put(both));
  const Table::Heard all = {{"a", "1"}, {"b", "2"}, {"a", std::nullopt}, {"c", ""}, {"b", "3"}, {"d", "4"}};
  expect_reads(one);
  expect_reads(other);
  EXPECT_EQ(one.heard(), all);
  EXPECT_EQ(other.heard(), all);
  Table late(name);
  expect_reads(late);
  EXPECT_THAT(late.newest(), ElementsAre(Pair("b", "3"), Pair("c", ""), Pair("d", "4")));
}

TEST(TableTopic, WhatIsPutIsReadByWhoeverReadsToTheEndAfterwards) {
  const auto name = tests::fresh_name();
  Table one(name);
  Table other(name);
  for (std::size_t i = 1; i <= 100; ++i) {
    ASSERT_TRUE(one.put(std::to_string(i), "x"));
    expect_reads(other);
    ASSERT_EQ(other.heard().size(), i);
  }
}

TEST(TableTopic, ManyEntriesArePutAtOnce) {
  const auto name = tests::fresh_name();
  Table one(name);
  std::vector<TableEntry> entries;
  for (int i = 0; i < 20'000; ++i) entries.push_back({std::to_string(i), std::string(100, 'x')});
  ASSERT_TRUE(one.topic().put(entries));
  Table other(name);
  expect_reads(other);
  EXPECT_EQ(other.newest().size(), entries.size());
}

TEST(TableTopic, ReadMeansSettled) {
  const auto name = tests::fresh_name();
  Table one(name);
  ASSERT_TRUE(one.put("a", "1"));
  std::atomic<int> fails{3};
  std::atomic<int> settled{0};
  auto options = Table::options(name);
  options.settle = [&](std::int64_t) -> Result<void> {
    if (fails-- > 0) return failure("disk_full", "There is no room.", Retry::can_help);
    ++settled;
    return {};
  };
  Table patient(options);
  expect_reads(patient);
  EXPECT_EQ(settled, 1);
  EXPECT_EQ(patient.heard().size(), 1u);
  options.settle = [](std::int64_t) { return Result<void>(failure("sync_failed", "The disk is broken.")); };
  Table broken(options);
  EXPECT_EQ(broken.topic().read_to_end(20s).error().code, "sync_failed");
}

TEST(TableTopic, GoesOnOverARestartOfTheBroker) {
  const auto name = tests::fresh_name();
  auto options = Table::options(name);
  options.kafka.produce_within = 6s;
  options.kafka.append_within = 10s;
  Table one(options);
  Table other(name);
  ASSERT_TRUE(one.put("a", "1"));
  KafkaBroker::shared().stop();
  const auto away = one.put("a", "2");
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().retry, Retry::can_help);
  EXPECT_THAT(away.error().code, testing::AnyOf("broker_unreachable", "outcome_unknown"));
  EXPECT_EQ(other.topic().read_to_end(300ms).error().code, "broker_unreachable");
  KafkaBroker::shared().start();
  auto again = one.put("a", "3");
  for (int i = 0; i < 30 && !again; ++i) again = one.put("a", "3");
  ASSERT_TRUE(again) << again.error().detail;
  expect_reads(other);
  EXPECT_THAT(other.newest(), ElementsAre(Pair("a", "3")));
  EXPECT_EQ(other.topic().trouble(), "");
}

TEST(TableTopic, ATopicThatWasMadeAnewIsReadFromItsBeginning) {
  const auto name = tests::fresh_name();
  Table one(name);
  for (const auto* key : {"a", "b", "c"}) ASSERT_TRUE(one.put(key, "old"));
  expect_reads(one);
  Stranger(KafkaBroker::shared().address()).delete_topic(name);
  const auto until = std::chrono::steady_clock::now() + 30s;
  auto made = make_topic(tests::options_for(name), 1, table_settings_for(1, {}));
  while (!made && made.error().code == "topic_exists" && std::chrono::steady_clock::now() < until)
    made = make_topic(tests::options_for(name), 1, table_settings_for(1, {}));
  ASSERT_TRUE(made) << made.error().detail;
  Table other(name);
  ASSERT_TRUE(other.put("d", "new"));
  while (!one.newest().contains("d") && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_TRUE(one.newest().contains("d"));
}

// Nothing more is put: it is the reader that makes the brokers close the segment.
TEST(TableTopic, WhatWasReplacedIsGoneWhenTheTableIsQuiet) {
  const auto name = tests::fresh_name();
  auto options = Table::options(name);
  options.times.compacted_within = 1s;
  Table one(options);
  ASSERT_TRUE(one.put("a", "secret"));
  ASSERT_TRUE(one.put("a", "gone"));
  const auto until = std::chrono::steady_clock::now() + 180s;
  Table::Heard heard;
  do {
    Table fresh(options);
    expect_reads(fresh);
    heard = fresh.heard();
  } while (heard.size() > 1 && std::chrono::steady_clock::now() < until);
  EXPECT_EQ(heard, (Table::Heard{{"a", "gone"}}));
}

TEST(TableTopic, IsCheckedAtTheBroker) {
  const auto name = tests::fresh_name();
  Stranger(KafkaBroker::shared().address()).make_topic(name, "cleanup.policy", "delete");
  auto options = Table::options(name);
  options.told = [](std::string_view, std::optional<std::string_view>) {};
  const auto bad = TableTopic::open(options);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, "topic_settings");
  EXPECT_THAT(bad.error().detail, HasSubstr("cleanup.policy is delete and should be compact"));
  options.kafka.brokers = "127.0.0.1:1";
  options.kafka.ask_within = 300ms;
  EXPECT_EQ(TableTopic::open(options).error().code, "broker_unreachable");
}

}  // namespace
}  // namespace pioneer::adapters::kafka
