#include "adapters/kafka/ownership.hpp"

#include <algorithm>

namespace pioneer::adapters::kafka {
namespace {

using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, decltype(&rd_kafka_topic_partition_list_destroy)>;

/// Members hear of a change with their next heartbeat: so long it takes until a node that left is replaced.
constexpr std::chrono::milliseconds heartbeat{100};
constexpr std::chrono::milliseconds look_every{100};

}  // namespace

eventstore::Result<std::unique_ptr<Ownership>> Ownership::open(const Options& options,
                                                               std::chrono::milliseconds session,
                                                               std::function<void(bool)> told) {
  std::unique_ptr<Ownership> made(new Ownership(std::move(told), options.tell));
  Settings settings(options);
  settings
      .set("group.id", options.topic + ".writer")
      // Who has it keeps it when another node comes.
      .set("partition.assignment.strategy", "cooperative-sticky")
      .set("session.timeout.ms", std::to_string(session.count()))
      .set("heartbeat.interval.ms", std::to_string(std::min(heartbeat, session / 3).count()))
      .set("enable.auto.commit", "false")
      .set("auto.offset.reset", "latest");
  rd_kafka_conf_set_opaque(settings.raw(), made.get());
  rd_kafka_conf_set_rebalance_cb(settings.raw(), rebalance);
  auto client = settings.make(RD_KAFKA_CONSUMER);
  if (!client) return std::unexpected(client.error());
  made->client_ = std::move(*client);
  rd_kafka_poll_set_consumer(made->client_.get());
  const Partitions wanted(rd_kafka_topic_partition_list_new(1), rd_kafka_topic_partition_list_destroy);
  rd_kafka_topic_partition_list_add(wanted.get(), options.topic.c_str(), RD_KAFKA_PARTITION_UA);
  if (const auto failed = rd_kafka_subscribe(made->client_.get(), wanted.get()); failed)
    return eventstore::failure("kafka_setting", rd_kafka_err2str(failed));
  made->thread_ = std::thread([self = made.get()] { self->follow(); });
  return made;
}

Ownership::~Ownership() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

// What the partition holds is read by the follower; here it only counts who has it.
void Ownership::rebalance(rd_kafka_t* client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions,
                          void* self) {
  const auto& told = static_cast<Ownership*>(self)->told_;
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    if (auto* const error = rd_kafka_incremental_assign(client, partitions)) return rd_kafka_error_destroy(error);
    static_cast<void>(rd_kafka_pause_partitions(client, partitions));
    if (partitions->cnt > 0) told(true);
    return;
  }
  if (partitions->cnt > 0) told(false);
  if (auto* const error = rd_kafka_incremental_unassign(client, partitions)) rd_kafka_error_destroy(error);
}

void Ownership::follow() {
  while (!stopping_) {
    const Owned<rd_kafka_message_t> message(
        rd_kafka_consumer_poll(client_.get(), static_cast<int>(look_every.count())));
    if (!message || !message->err) continue;
    if (const auto* const text = rd_kafka_message_errstr(message.get()); text != said_) {
      said_ = text;
      if (tell_) tell_("Which node writes the log cannot be settled: " + said_);
    }
  }
  rd_kafka_consumer_close(client_.get());
}

}  // namespace pioneer::adapters::kafka
