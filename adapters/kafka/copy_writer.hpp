// Writes into the local copy beside the thread that reads and judges: while one part is written, the next is judged.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "eventstore/ports/local_copy.hpp"

namespace pioneer::adapters::kafka {

/// Records that count, judged and not yet in the copy.
struct CopyPart {
  std::vector<std::string> records;
  std::vector<eventstore::Hash> hashes;  ///< theirs
  std::vector<std::uint64_t> offsets;    ///< theirs
  std::size_t bytes = 0;                 ///< theirs

  bool empty() const { return records.empty(); }
  void add(eventstore::ByteView record, const eventstore::Hash& hash, std::uint64_t offset);
  void clear();
};

/// One thread calls it. Between write_more() and the next call nobody else may ask or change the copy but its readers.
class CopyWriter {
 public:
  explicit CopyWriter(eventstore::LocalCopy& copy) : copy_(copy) {}
  ~CopyWriter() { stop(); }
  CopyWriter(const CopyWriter&) = delete;
  CopyWriter& operator=(const CopyWriter&) = delete;

  /// From here to stop() write_more() writes on a thread of its own; otherwise on the caller's.
  void start();
  /// Returns when what it was given is written.
  void stop();
  /// Takes the part, and leaves an empty one. Waits for the part before it, and answers for that. After an error
  /// nothing of either is there, nor of what was not durable before (LocalCopy::append_more).
  eventstore::Result<void> write_more(CopyPart& part);
  /// The same, and on return all is written and durable.
  eventstore::Result<void> write(CopyPart& part);

 private:
  void run();
  eventstore::Result<void> finish();

  eventstore::LocalCopy& copy_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable moved_;
  bool stopping_ = false;
  bool writing_ = false;  ///< `given_` is the thread's
  CopyPart given_;
  eventstore::Result<void> done_;  ///< of the last part that the thread wrote, until it is asked for
};

}  // namespace pioneer::adapters::kafka
