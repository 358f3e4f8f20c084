// The segment files of a directory, read without its lock and without its stores: also while a server writes them.
#pragma once

#include <memory>
#include <string>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/segments/segment_log.hpp"

namespace pioneer::cli {

/// One thread.
class OpenLog {
 public:
  static eventstore::Result<std::unique_ptr<OpenLog>> open(const std::string& data);
  const adapters::segments::SegmentLog& log() const { return *log_; }

 private:
  OpenLog() = default;
  adapters::posix::PosixDisk disk_;
  adapters::posix::ThreadPool background_{1};
  std::unique_ptr<adapters::segments::SegmentLog> log_;
};

}  // namespace pioneer::cli
