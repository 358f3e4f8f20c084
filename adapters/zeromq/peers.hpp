// Those who have something open, and what waits for them. The server's thread owns the list; ways back are anybody's.
#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/ports/bus.hpp"

namespace pioneer::adapters::zeromq {

/// One connection that has something open. Its fields are the mutex's of Shared, but for the first two, which are
/// fixed.
struct Peer {
  std::string routing_id;  ///< the library's name of the connection: says where to, never who
  std::string key;         ///< who: what ZAP admitted, as text
  std::deque<std::string> queue = {};
  std::size_t bytes = 0;      ///< in the queue, or just being sent
  std::size_t open = 0;       ///< ways back that live
  std::uint64_t skipped = 0;  ///< messages that were not taken, and nobody told them yet
  bool waiting = false;       ///< stands in Shared::waiting
  bool gone = false;
};

/// What ways back share with the server, and outlives it with them.
class Shared {
 public:
  Shared();
  ~Shared();
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  int wake_descriptor() const { return wake_; }
  void wake() const;
  void awake() const;  ///< the call has been heard

  std::mutex mutex;
  std::vector<std::shared_ptr<Peer>> waiting;  ///< have a queue that somebody should send
  std::size_t open = 0;
  bool stopping = false;

 private:
  const int wake_;
};

/// Counts as open while it lives.
class Return final : public api::BusReturn {
 public:
  Return(std::shared_ptr<Shared> shared, std::shared_ptr<Peer> peer);
  ~Return() override;
  bool send(std::string message) override;
  bool closed() const override;
  std::size_t queued_bytes() const override;

 private:
  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<Peer> peer_;
};

}  // namespace pioneer::adapters::zeromq
