// What the broker and librdkafka can do without us, with records as large as a claim's: the measure of the log on
// Kafka. A topic with a log's settings, made where it is missing. The last line is JSON.
//
//   bench_kafka pipelined   --brokers B --topic T [--seconds S]   an idempotent producer, all it takes at a time
//   bench_kafka latency     --brokers B --topic T [--seconds S] [--rate N]   from produce to its own consumer
//   bench_kafka transaction --brokers B --topic T [--seconds S]   one record each, from begin to committed
//   bench_kafka count       --brokers B --topic T                 from the beginning to the end, nothing kept
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/kafka/client.hpp"
#include "adapters/kafka/topic.hpp"
#include "adapters/posix/threads.hpp"

namespace {

using namespace pioneer::adapters::kafka;
using Clock = std::chrono::steady_clock;

struct Wanted {
  Options kafka;
  double seconds = 3;
  std::size_t bytes = 350;
  double rate = 1'000;
};

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "bench_kafka: {}\n", why);
  std::_Exit(3);
}

template <class T>
T taken(pioneer::eventstore::Result<T> result) {
  if (!result) fail(result.error().code + ": " + result.error().detail);
  return std::move(*result);
}

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double percentile(std::vector<double>& sorted, double part) {
  if (sorted.empty()) fail("nothing was measured");
  std::ranges::sort(sorted);
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

void make_missing(const Options& options) {
  const auto made = Topic::create(options, 1);
  if (!made && made.error().code != "topic_exists") fail(made.error().detail);
}

/// As the log's own producer is set, but told of each record that it was confirmed.
class Producer {
 public:
  explicit Producer(const Options& options, const std::string& transactional_id = {}) {
    Settings settings(options);
    set_for_writing(settings, options);
    if (!transactional_id.empty()) settings.set("transactional.id", transactional_id);
    rd_kafka_conf_set_opaque(settings.raw(), this);
    rd_kafka_conf_set_events(settings.raw(), RD_KAFKA_EVENT_DR);
    rd_kafka_conf_set_background_event_cb(settings.raw(), on_event);
    client_ = taken(settings.make(RD_KAFKA_PRODUCER));
    topic_ = taken(topic_of(client_.get(), options.topic));
    tell_events_in_background(client_.get());
  }

  /// Waits while there is no room.
  void send(const std::string& record) {
    auto* const bytes = const_cast<char*>(record.data());  // librdkafka does not write to it
    while (rd_kafka_produce(topic_.get(), 0, RD_KAFKA_MSG_F_COPY, bytes, record.size(), nullptr, 0, nullptr) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) fail(rd_kafka_err2str(rd_kafka_last_error()));
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }
  std::uint64_t confirmed() const { return confirmed_.load(); }
  rd_kafka_t* client() { return client_.get(); }

 private:
  static void on_event(rd_kafka_t*, rd_kafka_event_t* event, void* self) {
    const Owned<rd_kafka_event_t> owned(event);
    std::uint64_t count = 0;
    while (const auto* const message = rd_kafka_event_message_next(event)) {
      if (message->err) fail(rd_kafka_err2str(message->err));
      ++count;
    }
    static_cast<Producer*>(self)->confirmed_ += count;
  }

  std::atomic<std::uint64_t> confirmed_{0};
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_topic_t> topic_;
};

/// Reads the topic from its beginning, as a node does; its queue may be as large as librdkafka would have it.
class Consumer {
 public:
  explicit Consumer(const Options& options) {
    Settings settings(options);
    set_for_reading(settings);
    settings.set("fetch.message.max.bytes", "4194304");
    client_ = taken(settings.make(RD_KAFKA_CONSUMER));
    topic_ = taken(topic_of(client_.get(), options.topic));
    queue_.reset(rd_kafka_queue_new(client_.get()));
    if (rd_kafka_consume_start_queue(topic_.get(), 0, 0, queue_.get()) != 0)
      fail(rd_kafka_err2str(rd_kafka_last_error()));
  }
  ~Consumer() {
    rd_kafka_consume_stop(topic_.get(), 0);
    queue_.reset();
  }

  /// Calls `see(message)` for each record. False: at the end.
  template <class See>
  bool read(See see) {
    bool more = true;
    for (const auto& message : take_messages(client_.get(), queue_.get())) {
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        more = false;
      } else if (message->err) {
        fail(rd_kafka_message_errstr(message.get()));
      } else {
        see(*message);
      }
    }
    return more;
  }

 private:
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_topic_t> topic_;
  Owned<rd_kafka_queue_t> queue_;
};

/// Connected, and its first record confirmed: what comes then is measured.
void warm_up(Producer& producer, const std::string& record) {
  producer.send(record);
  while (producer.confirmed() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void pipelined(const Wanted& wanted) {
  const std::string record(wanted.bytes, 'r');
  Producer producer(wanted.kafka);
  warm_up(producer, record);
  const auto before = producer.confirmed();
  const auto start = Clock::now();
  std::uint64_t sent = 0;
  for (; since(start) < wanted.seconds; ++sent) producer.send(record);
  while (producer.confirmed() - before < sent) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  fmt::print("{{\"rate\": {:.1f}, \"confirmed\": {}}}\n", static_cast<double>(sent) / since(start), sent);
}

void latency(const Wanted& wanted) {
  std::string record(wanted.bytes, 'r');
  Producer producer(wanted.kafka);
  warm_up(producer, record);
  std::vector<double> found;
  const auto count = static_cast<std::size_t>(wanted.seconds * wanted.rate);
  std::atomic<bool> reading{false};
  std::jthread reader([&] {
    pioneer::adapters::posix::run_promptly();
    Consumer consumer(wanted.kafka);
    while (consumer.read([](const auto&) {})) {
    }
    reading = true;
    while (found.size() < count) {
      consumer.read([&](const rd_kafka_message_t& message) {
        Clock::time_point sent;
        std::memcpy(&sent, message.payload, sizeof sent);
        found.push_back(since(sent) * 1e3);
      });
    }
  });
  while (!reading) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  pioneer::adapters::posix::run_promptly();
  const auto start = Clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    std::this_thread::sleep_until(start + std::chrono::duration_cast<Clock::duration>(
                                              std::chrono::duration<double>(static_cast<double>(i) / wanted.rate)));
    const auto now = Clock::now();
    std::memcpy(record.data(), &now, sizeof now);
    producer.send(record);
  }
  reader.join();
  const auto p50 = percentile(found, 0.5);
  fmt::print("{{\"p50_ms\": {:.3f}, \"p99_ms\": {:.3f}, \"records\": {}}}\n", p50, percentile(found, 0.99), count);
}

void must(rd_kafka_error_t* error) {
  if (error != nullptr) fail(rd_kafka_error_string(error));
}

void transaction(const Wanted& wanted) {
  constexpr int patience_ms = 30'000;
  const std::string record(wanted.bytes, 'r');
  Producer producer(wanted.kafka, "bench");
  must(rd_kafka_init_transactions(producer.client(), patience_ms));
  std::vector<double> found;
  for (const auto start = Clock::now(); since(start) < wanted.seconds;) {
    const auto begun = Clock::now();
    must(rd_kafka_begin_transaction(producer.client()));
    producer.send(record);
    must(rd_kafka_commit_transaction(producer.client(), patience_ms));
    found.push_back(since(begun) * 1e3);
  }
  const auto p50 = percentile(found, 0.5);
  fmt::print("{{\"p50_ms\": {:.3f}, \"p99_ms\": {:.3f}, \"transactions\": {}}}\n", p50, percentile(found, 0.99),
             found.size());
}

void count(const Wanted& wanted) {
  const auto start = Clock::now();
  Consumer consumer(wanted.kafka);
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  const auto see = [&](const rd_kafka_message_t& message) {
    bytes += message.len;
    ++records;
  };
  while (consumer.read(see)) {
  }
  const auto seconds = since(start);
  fmt::print("{{\"rate\": {:.1f}, \"bytes\": {}, \"records\": {}, \"seconds\": {:.3f}}}\n",
             static_cast<double>(bytes) / seconds, bytes, records, seconds);
}

}  // namespace

int main(int arguments, char** words) {
  CLI::App app("Measures what Kafka does without us.");
  app.require_subcommand(1);
  Wanted wanted;
  using Measure = void (*)(const Wanted&);
  for (const auto& [name, measure] : {std::pair<const char*, Measure>{"pipelined", pipelined},
                                      {"latency", latency},
                                      {"transaction", transaction},
                                      {"count", count}}) {
    auto* const command = app.add_subcommand(name);
    command->add_option("--brokers", wanted.kafka.brokers)->required();
    command->add_option("--topic", wanted.kafka.topic)->required();
    command->add_option("--seconds", wanted.seconds)->capture_default_str();
    command->add_option("--bytes", wanted.bytes)->capture_default_str()->check(CLI::Range(16, 900'000));
    command->add_option("--rate", wanted.rate, "records a second")->capture_default_str();
    command->callback([&wanted, measure = measure] {
      make_missing(wanted.kafka);
      measure(wanted);
    });
  }
  CLI11_PARSE(app, arguments, words);
  return 0;
}
