// A broker of ops/kafka for C++ tests, and what somebody else may do to its topics. Its directory goes with it.
// The tests run in the root of the source, where ctest starts them. With PIONEER_KAFKA=DIR they use the broker of that
// directory of ops/kafka, which then stays: for trying one test many times.
#pragma once

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "eventstore/check.hpp"

namespace pioneer::tests {

class KafkaBroker {
 public:
  KafkaBroker() {
    const char* const given = std::getenv("PIONEER_KAFKA");
    stays_ = given != nullptr;
    data_ = stays_ ? std::filesystem::path(given)
                   : std::filesystem::temp_directory_path() / ("pioneer-kafka-" + std::to_string(::getpid()));
    start();
  }
  ~KafkaBroker() {
    if (stays_) return;
    stop();
    std::filesystem::remove_all(data_);
  }
  KafkaBroker(const KafkaBroker&) = delete;
  KafkaBroker& operator=(const KafkaBroker&) = delete;

  /// The one of this program: started when it is first asked for.
  static KafkaBroker& shared() {
    static KafkaBroker broker;
    return broker;
  }

  const std::string& address() const { return address_; }
  /// Where it listened before, with what it held.
  void start() {
    if (stays_ && address_.empty() && std::ifstream(data_ / "bootstrap") >> address_) return;
    const auto said = run("start --port 0");
    CHECK(!said.empty());
    const auto end = said.find_last_not_of('\n');
    const auto begin = said.find_last_of('\n', end);
    address_ =
        said.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin + 1) + 1);
  }
  void stop() { run("stop"); }

 private:
  std::string run(const std::string& words) const {
    const auto space = words.find(' ');
    const auto command = "ops/kafka/" + words.substr(0, space) + " --data " + data_.string() +
                         (space == std::string::npos ? "" : words.substr(space));
    auto* const pipe = ::popen(command.c_str(), "r");
    CHECK(pipe != nullptr);
    std::string said;
    std::array<char, 256> part{};
    while (std::fgets(part.data(), part.size(), pipe) != nullptr) said += part.data();
    CHECK(::pclose(pipe) == 0);
    return said;
  }

  std::filesystem::path data_;
  bool stays_ = false;
  std::string address_;
};

/// Somebody who may produce and administrate, and is none of our nodes. Waits for each answer.
class Stranger {
 public:
  explicit Stranger(const std::string& brokers) {
    auto* const conf = rd_kafka_conf_new();
    std::array<char, 256> reason{};
    CHECK(rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), reason.data(), reason.size()) ==
          RD_KAFKA_CONF_OK);
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
    CHECK(client_ != nullptr);
  }
  ~Stranger() { rd_kafka_destroy(client_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  void write(const std::string& topic, const std::string& record) {
    CHECK(rd_kafka_producev(client_, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(0),
                            RD_KAFKA_V_VALUE(const_cast<char*>(record.data()), record.size()),
                            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END) == 0);
    CHECK(rd_kafka_flush(client_, 10'000) == 0);
  }

  /// One partition on one broker, with one setting of its own.
  void make_topic(const std::string& topic, const std::string& setting, const std::string& value) {
    std::array<char, 256> reason{};
    auto* wanted = rd_kafka_NewTopic_new(topic.c_str(), 1, 1, reason.data(), reason.size());
    rd_kafka_NewTopic_set_config(wanted, setting.c_str(), value.c_str());
    auto* const queue = rd_kafka_queue_new(client_);
    rd_kafka_CreateTopics(client_, &wanted, 1, nullptr, queue);
    done(queue);
    rd_kafka_NewTopic_destroy(wanted);
  }

  void delete_topic(const std::string& topic) {
    auto* gone = rd_kafka_DeleteTopic_new(topic.c_str());
    auto* const queue = rd_kafka_queue_new(client_);
    rd_kafka_DeleteTopics(client_, &gone, 1, nullptr, queue);
    done(queue);
    rd_kafka_DeleteTopic_destroy(gone);
  }

 private:
  static void done(rd_kafka_queue_t* queue) {
    auto* const answer = rd_kafka_queue_poll(queue, 30'000);
    CHECK(answer != nullptr && !rd_kafka_event_error(answer));
    rd_kafka_event_destroy(answer);
    rd_kafka_queue_destroy(queue);
  }

  rd_kafka_t* client_ = nullptr;
};

}  // namespace pioneer::tests
