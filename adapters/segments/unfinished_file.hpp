// The next segment file, filled with zeros and synced beside the appending thread, so that appending never waits for
// it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "eventstore/ports/disk.hpp"
#include "eventstore/ports/executor.hpp"

namespace pioneer::adapters::segments {

/// Made by the appending thread; the work runs once: on the executor, or, if it has not begun when the file is needed,
/// on the thread that needs it (so one thread alone, as in the simulator, cannot wait for itself).
class UnfinishedFile {
 public:
  UnfinishedFile(eventstore::Disk& disk, std::string path, std::uint64_t bytes);
  /// Waits for work that has begun; touches the disk no more.
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  void begin(eventstore::Executor& executor);
  /// The file, all zeros and synced. Once.
  eventstore::Result<std::unique_ptr<eventstore::File>> take();

 private:
  struct Work;
  std::shared_ptr<Work> work_;
};

}  // namespace pioneer::adapters::segments
