#include "api/proofs/checkpoint_watch.hpp"

namespace pioneer::api {

CheckpointWatch::CheckpointWatch(const eventstore::Clock& clock, std::uint64_t covered)
    : clock_(clock), covered_(covered) {
  seen_.since = clock.now();
}

void CheckpointWatch::begin(std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  length_ = length;
  if (length > covered_ && !behind_since_) behind_since_ = now();
}

void CheckpointWatch::end(std::uint64_t covered, const eventstore::Error* failure) {
  const std::lock_guard lock(mutex_);
  const auto at = now();
  if (failure != nullptr) {
    ++seen_.failed_count;
    reason_ = failure->code;
  }
  look(at);
  if (failure != nullptr || covered <= covered_) return;
  ++seen_.signed_count;
  seen_.signed_at = at.wall;
  covered_ = covered;
  behind_since_.reset();
  reason_.clear();
  if (!late_) return;
  late_ = false;
  seen_.gaps.front().ended = at.wall;
  seen_.gaps.front().to_size = covered;
}

void CheckpointWatch::look(const Moment& at) {
  if (!behind_since_ || at.boot.value - behind_since_->boot.value <= late_after_us) return;
  if (!late_) {
    late_ = true;
    ++seen_.late_count;
    seen_.gaps.push_front({behind_since_->wall, {}, covered_, length_, {}});
    if (seen_.gaps.size() > gaps_max) seen_.gaps.pop_back();
  }
  seen_.gaps.front().to_size = length_;
  seen_.gaps.front().reason = reason_;
}

CheckpointWatch::Seen CheckpointWatch::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

}  // namespace pioneer::api
