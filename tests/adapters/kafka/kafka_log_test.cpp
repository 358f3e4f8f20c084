// The log on Kafka among several nodes and strangers, over a real broker.
#include "adapters/kafka/kafka_log.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <thread>

#include "tests/adapters/kafka/kafka_node.hpp"

namespace pioneer::adapters::kafka {
namespace {

using namespace eventstore;
using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::Chain;
using tests::KafkaBroker;
using tests::KafkaNode;
using tests::Stranger;

/// Appends and expects that it counts.
void append(KafkaNode& node, const std::vector<std::string>& records) {
  const auto appended = node.log().append(records);
  ASSERT_TRUE(appended) << appended.error().code << ": " << appended.error().detail;
}

void expect_catches_up(KafkaNode& node) {
  const auto caught_up = node.log().catch_up(10s);
  ASSERT_TRUE(caught_up) << caught_up.error().code << ": " << caught_up.error().detail;
}

void expect_same(KafkaNode& one, KafkaNode& other) {
  expect_catches_up(one);
  expect_catches_up(other);
  ASSERT_EQ(one.log().state(), other.log().state());
  const auto left = one.log().reader(Sequence{0});
  const auto right = other.log().reader(Sequence{0});
  for (;;) {
    const auto a = left->next();
    const auto b = right->next();
    ASSERT_TRUE(a && b);
    ASSERT_EQ(a->has_value(), b->has_value());
    if (!*a) return;
    EXPECT_EQ((*a)->record, (*b)->record);
  }
}

/// As somebody does who deletes a log's topic and makes one of the same name. Deleting takes a moment.
void replace_topic(const Options& options) {
  Stranger(options.brokers).delete_topic(options.topic);
  const auto until = std::chrono::steady_clock::now() + 30s;
  auto made = Topic::create(options, 1);
  while (!made && made.error().code == "topic_exists" && std::chrono::steady_clock::now() < until)
    made = Topic::create(options, 1);
  ASSERT_TRUE(made) << made.error().code << ": " << made.error().detail;
}

std::string ended(KafkaNode& node, std::chrono::seconds within = 10s) {
  const auto until = std::chrono::steady_clock::now() + within;
  while (std::chrono::steady_clock::now() < until) {
    const auto caught_up = node.log().catch_up(500ms);
    if (!caught_up && caught_up.error().retry == Retry::cannot_help) return caught_up.error().code;
  }
  return "it goes on";
}

TEST(KafkaLog, ASecondNodeTakesOverAndTheFirstLearnsIt) {
  const auto topic = tests::make_topic();
  KafkaNode first(topic);
  KafkaNode second(topic);
  Chain chain(first.log().state());
  append(first, chain.epoch(1, 20));
  expect_catches_up(second);
  Chain late = chain;
  append(second, chain.epoch(2, 20));
  EXPECT_EQ(first.log().append(late.commits(1)).error().code, "reign_ended");
  expect_same(first, second);
  EXPECT_EQ(first.log().state(), chain.state());
  append(first, chain.epoch(3, 20));
  expect_same(first, second);
  EXPECT_EQ(second.log().state(), chain.state());
  EXPECT_EQ(second.log().incidents().void_records, 0u);
}

/// Looks whenever the log says that there may be more.
void wait_told(KafkaNode& node, const std::function<bool()>& done) {
  std::atomic<int> told{0};
  node.log().on_appended([&] {
    ++told;
    told.notify_one();
  });
  for (auto seen = told.load(); !done(); seen = told.load()) told.wait(seen);
  node.log().on_appended({});
}

TEST(KafkaLog, BatchesAreUnderWayOneBehindTheOther) {
  KafkaNode node(tests::make_topic());
  Chain chain(node.log().state());
  append(node, chain.epoch(1, 1));
  for (int batch = 0; batch < 200; ++batch) {
    const auto begun = node.log().begin_append(chain.commits(3));
    ASSERT_TRUE(begun) << begun.error().code << ": " << begun.error().detail;
  }
  Result<Sequence> end = Sequence{};
  wait_told(node, [&] {
    end = node.log().appended();
    EXPECT_LE(end.value_or(Sequence{}), node.log().end());
    return !end || *end == chain.state().next;
  });
  ASSERT_TRUE(end) << end.error().code << ": " << end.error().detail;
  EXPECT_EQ(node.log().state(), chain.state());
}

TEST(KafkaLog, WhatOfAReignArrivedIsKnownWhenAnotherHasBegun) {
  const auto topic = tests::make_topic();
  KafkaNode first(topic);
  KafkaNode second(topic);
  Chain chain(first.log().state());
  append(first, chain.epoch(1, 1));
  ASSERT_TRUE(first.log().begin_append(chain.commits(5)));
  const auto arrived = chain.state().next;
  wait_told(second, [&] { return second.log().end() == arrived; });
  Chain late = chain;
  append(second, chain.epoch(2, 3));
  expect_catches_up(first);
  const auto end = first.log().appended();
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, arrived);
  EXPECT_EQ(first.log().begin_append(late.commits(1)).error().code, "reign_ended");
  expect_same(first, second);
}

TEST(KafkaLog, AFenceBuiltTooEarlyIsOutpaced) {
  const auto topic = tests::make_topic();
  KafkaNode first(topic);
  KafkaNode second(topic);
  Chain early(first.log().state());
  Chain chain(first.log().state());
  append(first, chain.epoch(1, 3));
  EXPECT_EQ(second.log().append(std::vector{early.fence(2)}).error().code, "outpaced");
  expect_same(first, second);
  EXPECT_EQ(second.log().incidents().void_records, 0u);  // it was not even sent
}

// A fence fixes the head; what was chained before it, onto another head, may not follow it.
TEST(KafkaLog, WhatWasBuiltBeforeTheFenceIsNotSentBehindIt) {
  const auto topic = tests::make_topic();
  KafkaNode first(topic);
  KafkaNode second(topic);
  Chain chain(first.log().state());
  append(first, chain.epoch(1, 3));
  expect_catches_up(second);
  auto stale = chain.epoch(2, 1);
  stale.erase(stale.begin() + 1, stale.end());
  Chain elsewhere(first.log().state());
  elsewhere.fence(2);
  elsewhere.opened();
  stale.push_back(elsewhere.commit("in an epoch that is not open"));
  EXPECT_EQ(second.log().append(stale).error().code, "outpaced");
  Chain again(second.log().state());
  append(second, again.epoch(3, 3));
  expect_same(first, second);
}

TEST(KafkaLog, ZombiesStrangersAndCopiesAreVoid) {
  const auto topic = tests::make_topic();
  KafkaNode first(topic);
  KafkaNode second(topic);
  Stranger stranger(KafkaBroker::shared().address());
  Chain chain(first.log().state());
  const auto old = chain.epoch(1, 5);
  append(first, old);
  Chain zombie = chain;
  append(second, chain.epoch(2, 5));
  stranger.write(topic, "no record at all");
  stranger.write(topic, "");
  stranger.write(topic, zombie.commit("from the epoch before"));
  for (const auto& record : old) stranger.write(topic, record);
  const auto own = chain.commits(1);
  append(second, own);
  stranger.write(topic, own.front());
  Chain foreign(LogState::genesis({}));
  for (const auto& record : foreign.epoch(9, 2)) stranger.write(topic, record);
  append(second, chain.commits(5));
  expect_same(first, second);
  EXPECT_EQ(second.log().state(), chain.state());
  EXPECT_EQ(first.log().incidents().void_records, 3u + old.size() + 1u + 3u);
  EXPECT_EQ(second.log().incidents().void_records, first.log().incidents().void_records);
}

TEST(KafkaLog, ALostFenceIsAFork) {
  const auto topic = tests::make_topic();
  KafkaNode node(topic);
  Stranger stranger(KafkaBroker::shared().address());
  Chain chain(node.log().state());
  append(node, chain.epoch(1, 5));
  const auto whole = chain.state();
  Chain skips = chain;
  skips.fence(7);
  stranger.write(topic, skips.fence(8));
  EXPECT_EQ(ended(node), "log_forked");
  EXPECT_THAT(node.log().incidents().ended->detail, HasSubstr("offset 6: a fence skips an epoch"));
  EXPECT_EQ(node.log().append(chain.commits(1)).error().code, "log_forked");
  EXPECT_EQ(node.log().append(std::vector{chain.fence(2)}).error().code, "log_forked");
  EXPECT_EQ(node.log().state(), whole);
  EXPECT_TRUE(node.log().read(Sequence{4}));
}

TEST(KafkaLog, StopsAtARecordThatIsTooNew) {
  const auto topic = tests::make_topic();
  KafkaNode node(topic);
  Stranger stranger(KafkaBroker::shared().address());
  Chain chain(node.log().state());
  append(node, chain.epoch(1, 5));
  auto header = chain.base(RecordKind::commit);
  header.feature_level = FeatureLevel{limits::feature_level + 1};
  stranger.write(topic, encode_record(header, "of a newer program"));
  EXPECT_EQ(ended(node), "newer_feature_level");
  EXPECT_EQ(node.log().state(), chain.state());
}

TEST(KafkaLog, ANewNodeCopiesAllFromNothingAndGoesOnAfterARestart) {
  const auto topic = tests::make_topic();
  KafkaNode first(topic);
  Chain chain(first.log().state());
  append(first, chain.epoch(1, 1));
  for (int i = 0; i < 20; ++i) append(first, chain.commits(100, 1'000));
  KafkaNode second(topic);
  expect_same(first, second);
  second.again();
  append(first, chain.commits(10));
  expect_same(first, second);
  EXPECT_EQ(second.copy().frontier().root(), first.copy().frontier().root());
}

TEST(KafkaLog, ATopicThatLostItsRecordsIsAFork) {
  const auto topic = tests::make_topic();
  auto options = tests::options_for(topic);
  options.settle = 500ms;
  KafkaNode node(options);
  Chain chain(node.log().state());
  append(node, chain.epoch(1, 5));
  replace_topic(options);
  EXPECT_EQ(ended(node, 30s), "log_forked");
}

TEST(KafkaLog, ATopicThatHoldsOtherRecordsIsAFork) {
  const auto topic = tests::make_topic();
  auto options = tests::options_for(topic);
  options.settle = 500ms;
  KafkaNode node(options);
  Stranger stranger(KafkaBroker::shared().address());
  Chain chain(node.log().state());
  append(node, chain.epoch(1, 5));
  replace_topic(options);
  Chain other(LogState::genesis(tests::test_log_id()));
  for (const auto& record : other.epoch(9, 20)) stranger.write(topic, record);
  node.again();
  EXPECT_EQ(ended(node, 30s), "log_forked");
  EXPECT_THAT(node.log().incidents().ended->detail, HasSubstr("another record there"));
  EXPECT_EQ(node.log().state(), chain.state());
}

// A reader is shown an end only where nothing came for a moment.
TEST(KafkaLog, SeesAllThatThereIsWhileSomebodyWritesWithoutAPause) {
  const auto topic = tests::make_topic();
  KafkaNode node(topic);
  Chain chain(node.log().state());
  append(node, chain.epoch(1, 5));
  std::jthread writes([&](const std::stop_token& stop) {
    Stranger stranger(KafkaBroker::shared().address());
    while (!stop.stop_requested()) stranger.write(topic, "no record");
  });
  expect_catches_up(node);
  KafkaNode comer(topic);
  expect_catches_up(comer);
  EXPECT_EQ(comer.log().state(), chain.state());
}

TEST(KafkaLog, GoesOnOverARestartOfTheBroker) {
  const auto topic = tests::make_topic();
  auto options = tests::options_for(topic);
  options.produce_within = 60s;
  options.append_within = 90s;
  KafkaNode node(options);
  Chain chain(node.log().state());
  append(node, chain.epoch(1, 5));
  KafkaBroker::shared().stop();
  const auto away = node.log().catch_up(200ms);
  EXPECT_EQ(away.error().code, "broker_unreachable");
  EXPECT_EQ(away.error().retry, Retry::can_help);
  std::thread operator_of_it([] { KafkaBroker::shared().start(); });
  append(node, chain.commits(5));
  operator_of_it.join();
  append(node, chain.commits(5));
  EXPECT_EQ(node.log().state(), chain.state());
}

TEST(KafkaLog, KnowsThatTheBrokersAreBackThoughNobodyWrites) {
  const auto topic = tests::make_topic();
  KafkaNode node(topic);
  Chain chain(node.log().state());
  append(node, chain.epoch(1, 5));
  KafkaBroker::shared().stop();
  while (node.log().trouble().empty()) std::this_thread::yield();
  KafkaBroker::shared().start();
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (!node.log().trouble().empty() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_EQ(node.log().trouble(), "");
}

TEST(KafkaLog, WhatNobodyConfirmsIsUnknownUntilTheNextFence) {
  const auto topic = tests::make_topic();
  auto options = tests::options_for(topic);
  options.produce_within = 3s;
  options.append_within = 10s;
  KafkaNode node(options);
  Chain chain(node.log().state());
  append(node, chain.epoch(1, 5));
  KafkaBroker::shared().stop();
  Chain lost = chain;
  const auto unconfirmed = node.log().append(lost.commits(3));
  ASSERT_FALSE(unconfirmed);
  EXPECT_EQ(unconfirmed.error().code, "outcome_unknown");
  EXPECT_THAT(unconfirmed.error().detail, HasSubstr("Message timed out")) << "the producer told it, nobody waited";
  EXPECT_EQ(node.log().append(lost.commits(1)).error().code, "reign_ended");
  EXPECT_EQ(node.log().append(std::vector{lost.fence(2)}).error().code, "broker_unreachable");
  KafkaBroker::shared().start();
  expect_catches_up(node);
  Chain again(node.log().state());
  append(node, again.epoch(3, 5));
  EXPECT_EQ(node.log().state(), again.state());
}

TEST(KafkaTopic, IsCheckedAtTheBroker) {
  auto options = tests::options_for(tests::make_topic());
  const auto good = Topic::check(options);
  ASSERT_TRUE(good) << good.error().detail;
  EXPECT_EQ(good->durability(), Durability::single);
  EXPECT_EQ(Topic::create(options, 1).error().code, "topic_exists");
  options.topic = tests::fresh_name();
  EXPECT_EQ(Topic::check(options).error().code, "topic_missing");
  Stranger stranger(KafkaBroker::shared().address());
  stranger.make_topic(options.topic, "cleanup.policy", "compact");
  const auto bad = Topic::check(options);
  EXPECT_EQ(bad.error().code, "topic_settings");
  EXPECT_THAT(bad.error().detail, HasSubstr("cleanup.policy is compact"));
  EXPECT_THAT(bad.error().detail, HasSubstr("retention.ms is 604800000"));
  options.brokers = "127.0.0.1:1";
  options.ask_within = 300ms;
  EXPECT_EQ(Topic::check(options).error().code, "broker_unreachable");
}

}  // namespace
}  // namespace pioneer::adapters::kafka
