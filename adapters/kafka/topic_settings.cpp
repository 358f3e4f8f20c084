// Which settings of a topic a log can live with: pure functions.
#include <charconv>
#include <vector>

#include "adapters/kafka/topic.hpp"
#include "eventstore/limits.hpp"

namespace pioneer::adapters::kafka {
namespace {

/// Room for the largest record alone in a batch. Larger batches are split by whoever makes them.
constexpr std::int64_t message_bytes_min = 1'048'588;
static_assert(message_bytes_min > static_cast<std::int64_t>(eventstore::limits::record_bytes_max));

const std::string& setting(const Description& described, const std::string& name) {
  static const std::string absent = "(not told)";
  const auto found = described.settings.find(name);
  return found == described.settings.end() ? absent : found->second;
}

std::int64_t number(const Description& described, const std::string& name) {
  const auto& text = setting(described, name);
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc{} && end == text.data() + text.size() ? value : 0;
}

struct Wish {
  std::string name, value, why;
};

std::vector<Wish> unmet(const Description& described) {
  std::vector<Wish> wishes;
  const auto exactly = [&](const char* name, const char* value, const char* why) {
    if (setting(described, name) != value) wishes.push_back({name, value, why});
  };
  const auto at_least = [&](const char* name, std::int64_t value, const char* why) {
    if (number(described, name) < value) wishes.push_back({name, std::to_string(value), why});
  };
  exactly("cleanup.policy", "delete", "compaction would take records out of the middle");
  exactly("retention.ms", "-1", "the log would lose its beginning after that time");
  exactly("retention.bytes", "-1", "the log would lose its beginning at that size");
  exactly("unclean.leader.election.enable", "false",
          "a broker that lacks acknowledged records could become the leader");
  at_least("max.message.bytes", message_bytes_min, "a batch of records would not fit");
  if (described.copies > 1) {
    at_least("min.insync.replicas", 2, "a record would be acknowledged when one broker has it");
    if (number(described, "min.insync.replicas") > described.copies)
      wishes.push_back({"min.insync.replicas", "2", "there are fewer copies than that, so nothing could be written"});
  }
  return wishes;
}

}  // namespace

std::string objections(const std::string& topic, const Description& described) {
  std::string text;
  std::string command;
  if (described.partitions != 1) {
    text = "it has " + std::to_string(described.partitions) +
           " partitions, and a log is one: make another topic with --partitions 1; ";
  }
  for (const auto& [name, value, why] : unmet(described)) {
    text += name + " is " + setting(described, name) + " and should be " + value + ", else " + why + "; ";
    command += (command.empty() ? "" : ",") + name + "=" + value;
  }
  if (text.empty()) return {};
  text.resize(text.size() - 2);
  text = "Topic " + topic + " may not hold a log: " + text + ".";
  if (!command.empty()) {
    text += " Set it with `kafka-configs.sh --alter --entity-type topics --entity-name " + topic + " --add-config " +
            command + "`.";
  }
  return text;
}

Durability durability_of(const Description& described) {
  return described.copies > 1 && number(described, "min.insync.replicas") > 1 ? Durability::replicated
                                                                              : Durability::single;
}

std::map<std::string, std::string> settings_for(int copies) {
  return {{"cleanup.policy", "delete"},
          {"retention.ms", "-1"},
          {"retention.bytes", "-1"},
          {"unclean.leader.election.enable", "false"},
          {"max.message.bytes", std::to_string(message_bytes_min)},
          {"min.insync.replicas", copies > 1 ? "2" : "1"}};
}

}  // namespace pioneer::adapters::kafka
