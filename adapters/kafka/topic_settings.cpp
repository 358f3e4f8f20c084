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

/// Collects what a topic's settings should be and are not.
class Wishes {
 public:
  explicit Wishes(const Description& described) : described_(described) {}
  void exactly(const char* name, const char* value, const char* why) {
    if (setting(described_, name) != value) unmet_.push_back({name, value, why});
  }
  void at_least(const char* name, std::int64_t value, const char* why) {
    if (number(described_, name) < value) unmet_.push_back({name, std::to_string(value), why});
  }
  void at_most(const char* name, std::int64_t value, const char* why) {
    const auto is = number(described_, name);
    if (is <= 0 || is > value) unmet_.push_back({name, std::to_string(value), why});
  }
  /// What everything acknowledged rests on.
  void acknowledged_stays() {
    exactly("unclean.leader.election.enable", "false",
            "a broker that lacks acknowledged records could become the leader");
    if (described_.copies <= 1) return;
    at_least("min.insync.replicas", 2, "a record would be acknowledged when one broker has it");
    if (number(described_, "min.insync.replicas") > described_.copies)
      unmet_.push_back({"min.insync.replicas", "2", "there are fewer copies than that, so nothing could be written"});
  }
  std::string text(const std::string& topic, const std::string& what) const;

 private:
  const Description& described_;
  std::vector<Wish> unmet_;
};

std::string Wishes::text(const std::string& topic, const std::string& what) const {
  std::string text;
  std::string command;
  if (described_.partitions != 1) {
    text = "it has " + std::to_string(described_.partitions) + " partitions, and a " + what +
           " is one: make another topic with --partitions 1; ";
  }
  for (const auto& [name, value, why] : unmet_) {
    text += name + " is " + setting(described_, name) + " and should be " + value + ", else " + why + "; ";
    command += (command.empty() ? "" : ",") + name + "=" + value;
  }
  if (text.empty()) return {};
  text.resize(text.size() - 2);
  text = "Topic " + topic + " may not hold a " + what + ": " + text + ".";
  if (!command.empty()) {
    text += " Set it with `kafka-configs.sh --alter --entity-type topics --entity-name " + topic + " --add-config " +
            command + "`.";
  }
  return text;
}

}  // namespace

std::string objections(const std::string& topic, const Description& described) {
  Wishes wishes(described);
  wishes.exactly("cleanup.policy", "delete", "compaction would take records out of the middle");
  wishes.exactly("retention.ms", "-1", "the log would lose its beginning after that time");
  wishes.exactly("retention.bytes", "-1", "the log would lose its beginning at that size");
  wishes.at_least("max.message.bytes", message_bytes_min, "a batch of records would not fit");
  wishes.acknowledged_stays();
  return wishes.text(topic, "log");
}

std::string table_objections(const std::string& topic, const Description& described, const TableTimes& times) {
  Wishes wishes(described);
  wishes.exactly("cleanup.policy", "compact", "what was replaced would stay, or what counts would go");
  wishes.at_least("max.message.bytes", message_bytes_min, "a batch of records would not fit");
  wishes.at_most("max.compaction.lag.ms", times.compacted_within.count(), "what was replaced would stay for longer");
  wishes.at_least("delete.retention.ms", times.removals_stay.count(), "a slow reader would miss what was removed");
  wishes.acknowledged_stays();
  return wishes.text(topic, "table");
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

// A segment that is written to is not compacted: it is closed, by what is appended next, when it is as old as what was
// replaced may be.
std::map<std::string, std::string> table_settings_for(int copies, const TableTimes& times) {
  return {{"cleanup.policy", "compact"},
          {"max.compaction.lag.ms", std::to_string(times.compacted_within.count())},
          {"segment.ms", std::to_string(times.compacted_within.count())},
          {"segment.jitter.ms", "0"},
          {"delete.retention.ms", std::to_string(times.removals_stay.count())},
          {"unclean.leader.election.enable", "false"},
          {"max.message.bytes", std::to_string(message_bytes_min)},
          {"min.insync.replicas", copies > 1 ? "2" : "1"}};
}

}  // namespace pioneer::adapters::kafka
