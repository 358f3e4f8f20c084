// Which topics may hold a log.
#include <gmock/gmock.h>

#include "adapters/kafka/topic.hpp"

namespace pioneer::adapters::kafka {
namespace {

using testing::HasSubstr;

Description described(int copies) { return {1, copies, settings_for(copies)}; }

TEST(TopicSettings, TakesWhatItMakes) {
  for (const int copies : {1, 2, 3}) EXPECT_EQ(objections("log", described(copies)), "") << copies;
}

TEST(TopicSettings, NamesEachThatEndangersALog) {
  const std::map<std::string, std::string> dangers = {
      {"cleanup.policy", "compact"},     {"retention.ms", "604800000"},
      {"retention.bytes", "1073741824"}, {"unclean.leader.election.enable", "true"},
      {"max.message.bytes", "65536"},    {"min.insync.replicas", "1"}};
  for (const auto& [name, value] : dangers) {
    auto topic = described(3);
    topic.settings[name] = value;
    EXPECT_THAT(objections("log", topic),
                HasSubstr("Topic log may not hold a log: " + name + " is " + value + " and "));
    EXPECT_THAT(objections("log", topic), HasSubstr("--add-config " + name + "=" + settings_for(3)[name] + "`"));
    topic.settings.erase(name);
    EXPECT_THAT(objections("log", topic), HasSubstr(name + " is (not told)"));
  }
}

TEST(TopicSettings, NamesAllInOneCommand) {
  auto topic = described(1);
  topic.settings["retention.ms"] = "1000";
  topic.settings["retention.bytes"] = "1000";
  EXPECT_THAT(objections("log", topic), HasSubstr("--add-config retention.ms=-1,retention.bytes=-1`"));
}

TEST(TopicSettings, RefusesSeveralPartitionsAndMoreInSyncThanThereAre) {
  auto topic = described(1);
  topic.partitions = 3;
  EXPECT_THAT(objections("log", topic), HasSubstr("it has 3 partitions"));
  topic = described(2);
  topic.settings["min.insync.replicas"] = "3";
  EXPECT_THAT(objections("log", topic), HasSubstr("nothing could be written"));
}

TEST(TopicSettings, PromisesOnlyWhatTwoCopiesKeep) {
  EXPECT_EQ(durability_of(described(1)), Durability::single);
  EXPECT_EQ(durability_of(described(3)), Durability::replicated);
  auto topic = described(3);
  topic.settings["min.insync.replicas"] = "1";
  EXPECT_EQ(durability_of(topic), Durability::single);
}

TEST(TableSettings, TakesWhatItMakes) {
  for (const int copies : {1, 2, 3})
    EXPECT_EQ(table_objections("keys", {1, copies, table_settings_for(copies, {})}, {}), "") << copies;
}

TEST(TableSettings, NamesEachThatEndangersATable) {
  const std::map<std::string, std::string> dangers = {
      {"cleanup.policy", "compact,delete"}, {"max.compaction.lag.ms", "9223372036854775807"},
      {"delete.retention.ms", "1000"},      {"unclean.leader.election.enable", "true"},
      {"max.message.bytes", "65536"},       {"min.insync.replicas", "1"}};
  for (const auto& [name, value] : dangers) {
    Description topic{1, 3, table_settings_for(3, {})};
    topic.settings[name] = value;
    EXPECT_THAT(table_objections("keys", topic, {}),
                HasSubstr("Topic keys may not hold a table: " + name + " is " + value + " and "));
    topic.settings.erase(name);
    EXPECT_THAT(table_objections("keys", topic, {}), HasSubstr(name + " is (not told)"));
  }
}

}  // namespace
}  // namespace pioneer::adapters::kafka
