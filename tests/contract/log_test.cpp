// The log in memory and in segment files.
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/segments/segment_log.hpp"
#include "tests/contract/log_contract.hpp"
#include "tests/eventstore/memory_log.hpp"

namespace pioneer::tests {
namespace {

class InMemory {
 public:
  eventstore::Log& log() { return log_; }
  void again() {}

 private:
  eventstore::MemoryLog log_{test_log_id()};
};

class InSegments {
 public:
  InSegments() {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    options_.directory = directory_.string();
    options_.segment_bytes = 1u << 20;
    log_ = adapters::segments::SegmentLog::create(disk_, executor_, options_, test_log_id()).value();
  }
  ~InSegments() {
    log_.reset();
    std::filesystem::remove_all(directory_);
  }
  eventstore::Log& log() { return *log_; }
  void again() {
    EXPECT_TRUE(log_->close());
    log_ = adapters::segments::SegmentLog::open(disk_, executor_, options_).value();
  }

 private:
  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("pioneer-log-contract-" + std::to_string(::getpid()));
  adapters::segments::Options options_;
  adapters::posix::PosixDisk disk_;
  adapters::posix::ThreadPool executor_{1};
  std::unique_ptr<adapters::segments::SegmentLog> log_;
};

using Engines = ::testing::Types<InMemory, InSegments>;
INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, LogContract, Engines);

}  // namespace
}  // namespace pioneer::tests
