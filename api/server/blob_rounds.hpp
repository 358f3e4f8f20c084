// Every hour, and after somebody was erased: uploads that nothing used go, and those whose keys are destroyed.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

#include "api/server/deployment.hpp"

namespace pioneer::server {

/// An upload may be used for a day and is removed an hour later: by then whatever used it is projected.
class BlobRounds {
 public:
  /// Makes a round now and then one every hour, on a thread of its own. The deployment runs until stop() has returned.
  explicit BlobRounds(Deployment& deployment);
  ~BlobRounds() { stop(); }
  BlobRounds(const BlobRounds&) = delete;
  BlobRounds& operator=(const BlobRounds&) = delete;

  /// Somebody was erased: the next round begins at once. Any thread; does not block.
  void soon();
  void stop();

  /// One round on the calling thread; how many uploads went. None go while the read models stand still: nobody knows
  /// then what is used.
  static eventstore::Result<std::size_t> make_one(Deployment& deployment);

 private:
  void loop();

  Deployment& deployment_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool soon_ = true;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pioneer::server
