// What people upload, at a node that shares its log: it goes through a table on Kafka, beside the log's topic, to the
// directories of all other nodes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/blobs/shared_blobs.hpp"
#include "adapters/kafka/table_topic.hpp"

namespace pioneer::server {

/// Any thread. From open() to stop() threads of its own keep the directory as the table is, and the table as the
/// directories.
class SharedUploads final : private adapters::blobs::BlobSharing {
 public:
  /// Returns when all that stands in the table is in the directory. `table` is where that is; what it tells and settles
  /// is set here. All references outlive it. Errors: those of TableTopic, and the disk's.
  static eventstore::Result<std::unique_ptr<SharedUploads>> open(eventstore::Disk& disk,
                                                                 api::Cryptography& cryptography,
                                                                 const eventstore::Clock& clock,
                                                                 std::unique_ptr<adapters::blobs::BlobFiles> files,
                                                                 adapters::blobs::SharedBlobsOptions blobs,
                                                                 adapters::kafka::TableOptions table);
  ~SharedUploads() override;
  SharedUploads(const SharedUploads&) = delete;
  SharedUploads& operator=(const SharedUploads&) = delete;

  api::Blobs& blobs() { return *blobs_; }
  /// Takes nothing more from the table, and gives nothing; what is here can be read.
  void stop();

 private:
  SharedUploads(std::unique_ptr<adapters::blobs::BlobFiles> files, adapters::kafka::TableOptions table)
      : files_(std::move(files)), options_(std::move(table)) {}
  eventstore::Result<void> publish(std::span<const adapters::blobs::SharedPart> parts) override;
  eventstore::Result<void> read_to_end(std::chrono::milliseconds at_most) override;
  eventstore::Result<void> fill();
  void keep_filled();
  void tell_how_far();

  std::unique_ptr<adapters::blobs::BlobFiles> files_;
  std::unique_ptr<adapters::blobs::SharedBlobs> blobs_;
  adapters::kafka::TableOptions options_;
  std::unique_ptr<adapters::kafka::TableTopic> table_;

  // The table's thread's, until open() returns.
  std::size_t told_ = 0;
  std::chrono::steady_clock::time_point telling_at_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool filled_ = false;
  bool stopping_ = false;
  std::thread keeping_;
};

}  // namespace pioneer::server
