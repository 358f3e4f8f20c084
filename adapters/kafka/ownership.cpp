#include "adapters/kafka/ownership.hpp"

#include <algorithm>

namespace pioneer::adapters::kafka {
namespace {

using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, decltype(&rd_kafka_topic_partition_list_destroy)>;

/// Members hear of a change with their next heartbeat: so long it takes until a node that left is replaced.
constexpr std::chrono::milliseconds heartbeat{100};
constexpr std::chrono::milliseconds look_every{100};
/// For the brokers to answer that this node left.
constexpr std::chrono::milliseconds leave_within{3'000};
constexpr int leave_look_ms = 10;

}  // namespace

eventstore::Result<std::unique_ptr<Ownership>> Ownership::open(const Options& options,
                                                               std::chrono::milliseconds session,
                                                               std::function<void(bool)> told) {
  std::unique_ptr<Ownership> made(new Ownership(std::move(told), options));
  Settings settings(options);
  settings
      .set("group.id", options.topic + ".writer")
      // Who has it keeps it when another node comes.
      .set("partition.assignment.strategy", "cooperative-sticky")
      .set("session.timeout.ms", std::to_string(session.count()))
      // Also after this object, should its client be left behind: then the brokers give it up, and another node may
      // write.
      .set("max.poll.interval.ms", std::to_string((2 * session).count()))
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

void Ownership::leave() {
  stopping_ = true;
  const Owned<rd_kafka_queue_t> queue(client_ ? rd_kafka_queue_get_consumer(client_.get()) : nullptr);
  if (queue) rd_kafka_queue_yield(queue.get());
}

Ownership::~Ownership() {
  leave();
  if (thread_.joinable()) thread_.join();
  if (!client_) return;
  // In the middle of a change of the group librdkafka waits here without end (its #4527), or ends the process where it
  // never was given anything (#4312). Such a client is left behind: nobody calls it any more, and it leaves by itself.
  auto* const client = client_.release();
  if (!left_ || !assigned_) return;
  // Closing it again would wait for the brokers.
  rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

// What the partition holds is read by the follower; here it only counts who has it.
void Ownership::rebalance(rd_kafka_t* client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions,
                          void* of) {
  auto& self = *static_cast<Ownership*>(of);
  const auto& told = self.told_;
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self.assigned_ = true;
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
  close();
}

// In the middle of a change of the group the brokers take it up behind that.
// (The call that closes a consumer waits without end for brokers that are away.)
void Ownership::close() {
  using Clock = WaitLimit::Clock;
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client_.get()));
  if (auto* const error = rd_kafka_consumer_close_queue(client_.get(), queue.get())) rd_kafka_error_destroy(error);
  const auto until = limit_->earlier(Clock::now() + leave_within);
  while (rd_kafka_consumer_closed(client_.get()) == 0 && Clock::now() < until) {
    const Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), leave_look_ms));
    if (event && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
      rebalance(client_.get(), rd_kafka_event_error(event.get()), rd_kafka_event_topic_partition_list(event.get()),
                this);
    }
  }
  left_ = rd_kafka_consumer_closed(client_.get()) != 0;
}

}  // namespace pioneer::adapters::kafka
