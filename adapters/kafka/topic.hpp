// The topic that holds a log: that it is there, and that nothing in its settings can lose or change a record.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "adapters/kafka/options.hpp"
#include "eventstore/error.hpp"
#include "eventstore/types.hpp"

namespace pioneer::adapters::kafka {

enum class Durability {
  single,      ///< one copy, or one that counts: an acknowledged record may go with a broker
  replicated,  ///< at least two copies have each acknowledged record
};

/// A topic that may hold a log. Only the functions below make one.
class Topic {
 public:
  /// Asks the cluster, for at most `ask_within`. Errors: "broker_unreachable" (trying again can help), "topic_missing",
  /// "topic_settings": which, why, and the command that mends them.
  static eventstore::Result<Topic> check(const Options& options);
  /// Makes it with the right settings and one partition, in so many copies, and checks it. Error "topic_exists".
  static eventstore::Result<Topic> create(const Options& options, int copies);
  /// For a cluster that answers no question about settings, as a test's.
  static Topic unchecked(const Options& options) { return {options.topic, Durability::single}; }

  const std::string& name() const { return name_; }
  Durability durability() const { return durability_; }

 private:
  Topic(std::string name, Durability durability) : name_(std::move(name)), durability_(durability) {}
  std::string name_;
  Durability durability_;
};

/// Which log the topic holds: that of the first fence of a first epoch in it. Nothing: it holds none yet. Errors:
/// "broker_unreachable" after `ask_within`; "log_forked": it no longer has its beginning.
eventstore::Result<std::optional<eventstore::LogId>> log_in(const Options& options);

/// As log_in(); in a topic that holds no log, one of this name begins, with a fence by this writer. Where several nodes
/// begin one at a time, all come to the name of whose fence came first.
eventstore::Result<eventstore::LogId> settle_log(const Options& options, const eventstore::LogId& proposal,
                                                 const eventstore::WriterId& writer);

/// What the cluster says of a topic.
struct Description {
  int partitions = 0;
  int copies = 0;  ///< of partition 0
  std::map<std::string, std::string> settings;
};
/// Asks the cluster, for at most `ask_within`. Errors: "broker_unreachable", "topic_missing", "topic_settings": nobody
/// may know them.
eventstore::Result<Description> describe(const Options& options);
/// Makes a topic with one partition, in so many copies. Errors: "broker_unreachable", "topic_exists", "topic_settings".
eventstore::Result<void> make_topic(const Options& options, int copies,
                                    const std::map<std::string, std::string>& settings);
/// Every setting that endangers a log, and how to mend it; empty: none does. A pure function.
std::string objections(const std::string& topic, const Description& described);
Durability durability_of(const Description& described);
/// The settings with which create() makes a topic of so many copies. A pure function.
std::map<std::string, std::string> settings_for(int copies);

/// How long a table keeps what was replaced and what was removed.
struct TableTimes {
  /// An entry that was replaced is gone from the brokers' disks by then, and the time they take to compact.
  std::chrono::milliseconds compacted_within{3'600'000};
  /// A reader that takes longer from the beginning to the end may miss that an entry was removed.
  std::chrono::milliseconds removals_stay{86'400'000};
};
/// The same two for a topic that is a table: its newest record of each key counts.
std::string table_objections(const std::string& topic, const Description& described, const TableTimes& times);
std::map<std::string, std::string> table_settings_for(int copies, const TableTimes& times);

}  // namespace pioneer::adapters::kafka
