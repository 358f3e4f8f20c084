// The contract of stores of uploads, on directories that a topic fills, with a real broker.
#include <unistd.h>

#include <atomic>
#include <chrono>

#include "api/server/shared_uploads.hpp"
#include "tests/adapters/blobs/blob_nodes.hpp"
#include "tests/contract/blobs_contract.hpp"
#include "tests/process/kafka_broker.hpp"

namespace pioneer::tests {
namespace {

std::string fresh_topic() {
  static std::atomic<int> count{0};
  return "uploads-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
}

class UploadsNode {
 public:
  explicit UploadsNode(std::string topic = fresh_topic()) : topic_(std::move(topic)) { again(); }

  void again() {
    shared_.reset();
    directory_.again();
    adapters::kafka::TableOptions table;
    table.kafka.brokers = KafkaBroker::shared().address();
    table.kafka.topic = topic_;
    adapters::blobs::SharedBlobsOptions how{directory_.path() + "/shared", {}, secret_of('n')};
    auto opened = server::SharedUploads::open(directory_.disk, directory_.cryptography, clock, directory_.take_files(),
                                              std::move(how), std::move(table));
    if (!opened) std::fprintf(stderr, "%s: %s\n", opened.error().code.c_str(), opened.error().detail.c_str());
    CHECK(opened);
    shared_ = std::move(*opened);
  }
  api::Blobs& blobs() { return shared_->blobs(); }
  const std::string& topic() const { return topic_; }

 private:
  BlobDirectory directory_;
  std::string topic_;
  std::unique_ptr<server::SharedUploads> shared_;

 public:
  SetClock& clock = directory_.clock;
};

using Stores = testing::Types<UploadsNode>;
INSTANTIATE_TYPED_TEST_SUITE_P(OnKafka, BlobsContract, Stores);

TEST(SharedUploads, WhatOneNodeAnsweredAnotherHas) {
  UploadsNode one;
  UploadsNode other(one.topic());
  for (int i = 0; i < 20; ++i) {
    const auto text = long_text(100'000 * static_cast<std::size_t>(i));
    const auto name = one.blobs().put(text, "image/jpeg", 0);
    ASSERT_TRUE(name) << name.error().detail;
    // It waits for a moment only, which is not enough where there is much else to do.
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!content_of(other.blobs(), *name) && std::chrono::steady_clock::now() < until) {
    }
    EXPECT_TRUE(content_of(other.blobs(), *name) == text);
  }
  UploadsNode late(one.topic());
  EXPECT_EQ(late.blobs().names()->size(), 20u);
}

// What was answered is in the topic, and nowhere else.
TEST(SharedUploads, AreThereAfterARestartOfTheBroker) {
  UploadsNode one;
  const auto name = one.blobs().put(long_text(3'000'000), "image/jpeg", 0);
  ASSERT_TRUE(name);
  KafkaBroker::shared().stop();
  EXPECT_TRUE(content_of(one.blobs(), *name));
  KafkaBroker::shared().start();
  UploadsNode late(one.topic());
  EXPECT_TRUE(content_of(late.blobs(), *name));
}

}  // namespace
}  // namespace pioneer::tests
