// librdkafka's objects with owners, and the settings that all our clients share.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "adapters/kafka/options.hpp"
#include "eventstore/error.hpp"

namespace pioneer::adapters::kafka {

/// How librdkafka's pointers are given back.
struct Giver {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
  void operator()(rd_kafka_AdminOptions_t* options) const { rd_kafka_AdminOptions_destroy(options); }
  void operator()(rd_kafka_ConfigResource_t* resource) const { rd_kafka_ConfigResource_destroy(resource); }
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
template <class T>
using Owned = std::unique_ptr<T, Giver>;

/// Collects properties; the first that librdkafka does not take is the error of make(), "kafka_setting".
class Settings {
 public:
  /// Those of every client; the operator's own come last and win.
  explicit Settings(const Options& options);
  Settings& set(const std::string& name, const std::string& value);
  /// For callbacks.
  rd_kafka_conf_t* raw() { return conf_.get(); }
  /// Once. Nobody is asked yet: brokers that are away are no error.
  eventstore::Result<Owned<rd_kafka_t>> make(rd_kafka_type_t type);

 private:
  Owned<rd_kafka_conf_t> conf_;
  std::string problem_;
};

/// Every topic of ours has this one.
inline constexpr std::int32_t partition = 0;

/// The handle by which a client names a topic. Error "kafka_setting": that cannot be a topic's name.
eventstore::Result<Owned<rd_kafka_topic_t>> topic_of(rd_kafka_t* client, const std::string& name);

/// Frames, headers and a batch's own fields around a record, generously: what a batch may be larger than its record.
inline constexpr int batch_overhead_bytes = 1'024;
/// The largest batch that our producers make.
inline constexpr int batch_bytes_max = 1'000'000;

/// Settings of whoever reads a topic: never from elsewhere than asked, nothing damaged, nothing held back.
void set_for_reading(Settings& settings);
/// Of whoever appends: each record once, in order, on all in-sync replicas, or told to have failed; no timer.
void set_for_writing(Settings& settings, const Options& options);

/// Asks the leader where a topic's partition begins, or ends, so long at most.
std::expected<std::int64_t, rd_kafka_resp_err_t> ask_where_it_begins(rd_kafka_t* client, const std::string& topic,
                                                                     int within_ms);
std::expected<std::int64_t, rd_kafka_resp_err_t> ask_where_it_ends(rd_kafka_t* client, const std::string& topic,
                                                                   int within_ms);

/// Events come to the callback that the settings name, on a thread of librdkafka's; without this nobody takes them.
void tell_events_in_background(rd_kafka_t* client);

/// How long a reader waits for a message before it looks at what else there is to do; and a new fetch for the old one.
inline constexpr int read_wait_ms = 100;
using Messages = std::vector<Owned<rd_kafka_message_t>>;
/// Everything that has come to the queue, up to a bound; so long is waited for the first.
Messages take_messages(rd_kafka_t* client, rd_kafka_queue_t* queue, int wait_ms = read_wait_ms);

}  // namespace pioneer::adapters::kafka
