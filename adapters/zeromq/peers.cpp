#include "adapters/zeromq/peers.hpp"

#include <unistd.h>

#include <utility>

#include "eventstore/check.hpp"

namespace pioneer::adapters::zeromq {

Shared::Shared() : wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { CHECK(wake_ >= 0); }

Shared::~Shared() { close(wake_); }

void Shared::wake() const {
  // Full means that it wakes already.
  [[maybe_unused]] const auto written = eventfd_write(wake_, 1);
}

void Shared::awake() const {
  eventfd_t count = 0;
  [[maybe_unused]] const auto read = eventfd_read(wake_, &count);
}

Return::Return(std::shared_ptr<Shared> shared, std::shared_ptr<Peer> peer)
    : shared_(std::move(shared)), peer_(std::move(peer)) {
  const std::lock_guard lock(shared_->mutex);
  ++peer_->open;
  ++shared_->open;
}

Return::~Return() {
  const std::lock_guard lock(shared_->mutex);
  --peer_->open;
  --shared_->open;
}

bool Return::send(std::string message) {
  const std::lock_guard lock(shared_->mutex);
  if (peer_->gone) return false;
  peer_->bytes += message.size();
  peer_->queue.push_back(std::move(message));
  if (std::exchange(peer_->waiting, true)) return true;
  shared_->waiting.push_back(peer_);
  shared_->wake();
  return true;
}

bool Return::closed() const {
  const std::lock_guard lock(shared_->mutex);
  return peer_->gone;
}

std::size_t Return::queued_bytes() const {
  const std::lock_guard lock(shared_->mutex);
  return peer_->bytes;
}

}  // namespace pioneer::adapters::zeromq
