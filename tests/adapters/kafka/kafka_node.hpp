// A node as far as its log goes: segment files and the topic that fills them. For tests with a real broker.
#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "adapters/kafka/kafka_log.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/segments/segment_log.hpp"
#include "tests/eventstore/chain.hpp"
#include "tests/process/kafka_broker.hpp"

namespace pioneer::tests {

/// A name that no topic or directory of this program has yet.
inline std::string fresh_name() {
  static std::atomic<int> count{0};
  return "log-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
}

inline adapters::kafka::Options options_for(const std::string& topic) {
  adapters::kafka::Options options;
  options.brokers = KafkaBroker::shared().address();
  options.topic = topic;
  return options;
}

/// A new topic as a log's should be; its name.
inline std::string make_topic() {
  const auto name = fresh_name();
  const auto made = adapters::kafka::Topic::create(options_for(name), 1);
  if (!made) std::fprintf(stderr, "%s: %s\n", made.error().code.c_str(), made.error().detail.c_str());
  CHECK(made);
  return name;
}

class KafkaNode {
 public:
  explicit KafkaNode(adapters::kafka::Options options) : options_(std::move(options)) {
    directory_ = std::filesystem::temp_directory_path() / ("pioneer-copy-" + fresh_name());
    std::filesystem::create_directories(directory_);
    segments_.directory = directory_.string();
    segments_.segment_bytes = 1u << 20;
    copy_ = adapters::segments::SegmentLog::create(disk_, executor_, segments_, test_log_id(),
                                                   {adapters::segments::Source::Kind::topic, 1})
                .value();
    start();
  }
  explicit KafkaNode(const std::string& topic) : KafkaNode(options_for(topic)) {}
  ~KafkaNode() {
    stop();
    std::filesystem::remove_all(directory_);
  }
  KafkaNode(const KafkaNode&) = delete;
  KafkaNode& operator=(const KafkaNode&) = delete;

  adapters::kafka::KafkaLog& log() { return *log_; }
  adapters::segments::SegmentLog& copy() { return *copy_; }
  std::string directory() const { return directory_.string(); }
  void stop() {
    log_.reset();
    copy_.reset();
  }
  /// As after a crash: the copy's tail stands open.
  void again() {
    stop();
    copy_ = adapters::segments::SegmentLog::open(disk_, executor_, segments_).value();
    start();
  }

 private:
  void start() {
    log_ = adapters::kafka::KafkaLog::open(*copy_, adapters::kafka::Topic::unchecked(options_), options_).value();
  }

  const adapters::kafka::Options options_;
  std::filesystem::path directory_;
  adapters::segments::Options segments_;
  adapters::posix::PosixDisk disk_;
  adapters::posix::ThreadPool executor_{1};
  std::unique_ptr<adapters::segments::SegmentLog> copy_;
  std::unique_ptr<adapters::kafka::KafkaLog> log_;
};

}  // namespace pioneer::tests
