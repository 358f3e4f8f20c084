// The log of a cluster: one topic with one partition, fenced by the log itself, and this node's copy of it.
// Why it is so: adapters/kafka/README.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/kafka/options.hpp"
#include "adapters/kafka/topic.hpp"
#include "adapters/kafka/topic_access.hpp"
#include "eventstore/ports/local_copy.hpp"

namespace pioneer::adapters::kafka {

/// One thread appends; any thread does the rest. What others append is followed from open() on by a thread of its own,
/// which alone writes the copy until stop(). Copy and topic outlive it.
///
/// append() returns when the records are on all in-sync replicas, were read back and accepted, and are durable in the
/// copy. A batch that begins with a fence is appended in two parts, for what follows a fence must know what came before
/// it. Errors of append(), beside those of the copy:
///   "broker_unreachable"   nothing was sent; trying again can help
///   "outpaced"             the fence came too late: another took the log over meanwhile; take it over again
///   "reign_ended"          another took the log over; what of the batch is not in the log now never will be
///   "outcome_unknown"      nobody confirmed the records, or one is missing; after the next fence it is known
///   "log_forked", "newer_feature_level", "copy_failed": for good in this process
/// After any of them only a new fence, by a new writer, goes on.
class KafkaLog final : public eventstore::Log {
 public:
  /// Nobody is asked yet: brokers that are away are no error. Errors: "kafka_setting".
  static eventstore::Result<std::unique_ptr<KafkaLog>> open(eventstore::LocalCopy& copy, const Topic& topic,
                                                            Options options);
  /// The same over another access than librdkafka's, and without a thread that follows: whoever opened it calls
  /// follow().
  static eventstore::Result<std::unique_ptr<KafkaLog>> open(eventstore::LocalCopy& copy, const Topic& topic,
                                                            Options options, std::unique_ptr<TopicAccess> access);
  /// Takes what has come of the topic. False: nothing more is read, and incidents() say why.
  bool follow();
  ~KafkaLog() override;

  /// Any thread; may move on between two calls, while others write.
  eventstore::LogState state() const override;
  eventstore::Sequence end() const override { return copy_.end(); }
  eventstore::Result<void> append(std::span<const std::string> records) override;
  /// Leaves only. What of append()'s outcomes is known only later, appended() says; "outcome_unknown" where nothing
  /// arrives for `append_within`.
  eventstore::Result<void> begin_append(std::span<const std::string> leaves) override;
  eventstore::Result<eventstore::Sequence> appended() override;
  void on_appended(const std::function<void()>& told) override;
  /// Appends records of a history that exists elsewhere, fences included, as they are: for copying a log into a topic
  /// that nobody else writes. As append(), but without a fence of ours, and "history_differs" if the first does not
  /// follow what the topic holds.
  eventstore::Result<void> replicate(std::span<const std::string> records);
  eventstore::Result<std::string> read(eventstore::Sequence sequence) const override { return copy_.read(sequence); }
  std::unique_ptr<eventstore::LogReader> reader(eventstore::Sequence from) const override { return copy_.reader(from); }
  /// Nothing to do: the copy is protected by the thread that writes it.
  eventstore::Result<void> protect_tail() override { return {}; }

  /// Compares the copy's last record with the topic's and reads all that the topic holds by then. Any thread. Errors:
  /// "broker_unreachable" after `within`, and the last three above.
  eventstore::Result<void> catch_up(std::chrono::milliseconds within);

  /// The same, however long it takes, while there is something to read; `told` hears how far it is, each second.
  eventstore::Result<void> read_all(const std::function<void(eventstore::Sequence end)>& told = {});

  eventstore::LogIncidents incidents() const override;
  /// What brokers or disk said last; empty: all is well. Any thread.
  std::string trouble() const;
  Durability durability() const { return durability_; }

  /// Follows no more; afterwards the copy may be closed. Not while another thread is in append().
  void stop();

 private:
  struct Parts;
  KafkaLog(eventstore::LocalCopy& copy, const Topic& topic, Options options, std::unique_ptr<TopicAccess> access);
  eventstore::Result<void> begin_reign(const eventstore::WriterId& writer);
  eventstore::Result<void> send_fence(const std::string& fence);
  eventstore::Result<eventstore::LogState> behind_what_was_sent() const;
  eventstore::Result<void> send_leaves(std::span<const std::string> leaves);
  eventstore::Result<void> send(std::span<const std::string> records, const eventstore::LogState& after);
  eventstore::Result<void> wait_for_what_was_sent();
  std::optional<eventstore::Error> why_not() const;
  eventstore::Error not_in_time() const;
  std::uint64_t want_look();
  eventstore::Result<void> looked(std::uint64_t look, std::chrono::milliseconds within);
  std::unexpected<eventstore::Error> give_up(eventstore::Error error);

  eventstore::LocalCopy& copy_;
  const Options options_;
  const Durability durability_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pioneer::adapters::kafka
