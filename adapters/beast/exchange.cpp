#include "adapters/beast/exchange.hpp"

#include <utility>

#include "adapters/beast/gzip.hpp"

namespace pioneer::adapters::beast {

void Exchange::park(Resume resume) {
  std::unique_lock lock(mutex_);
  if (!ready()) {
    parked_ = std::move(resume);
    return;
  }
  lock.unlock();
  resume();
}

bool Exchange::answered() const {
  const std::lock_guard lock(mutex_);
  return answered_;
}

std::optional<Exchange::Head> Exchange::take_head() {
  const std::lock_guard lock(mutex_);
  return std::exchange(head_, std::nullopt);
}

Exchange::Frames Exchange::take_frames(std::size_t frames_max) {
  const std::lock_guard lock(mutex_);
  Frames out;
  while (!frames_.empty() && out.frames.size() < frames_max) {
    bytes_ -= frames_.front()->size();
    out.frames.push_back(std::move(frames_.front()));
    frames_.pop_front();
  }
  out.over = abandoned_ || (closing_ && frames_.empty());
  return out;
}

void Exchange::abandon() {
  std::unique_lock lock(mutex_);
  abandoned_ = answered_ = closing_ = true;
  head_.reset();
  frames_.clear();
  bytes_ = 0;
  auto resume = std::exchange(parked_, nullptr);
  lock.unlock();
  if (resume) resume();
}

void Exchange::respond(api::HttpResponse response, bool streaming) {
  if (!streaming && packing_ != Packing::none) pack(response, packing_ == Packing::taken);
  std::unique_lock lock(mutex_);
  if (answered_) return;
  answered_ = true;
  streaming_ = streaming;
  head_.emplace(std::move(response), streaming);
  auto resume = std::exchange(parked_, nullptr);
  lock.unlock();
  if (resume) resume();
}

bool Exchange::push(api::HttpFrame frame) {
  std::unique_lock lock(mutex_);
  if (abandoned_ || closing_) return false;
  Resume resume;
  const bool fits = frames_.size() < bounds_.frames_max && bytes_ + frame->size() <= bounds_.bytes_max;
  if (fits) {
    bytes_ += frame->size();
    frames_.push_back(std::move(frame));
  } else {
    // Too slow: what is queued would be a stream with a hole; the listener comes back with Last-Event-ID.
    frames_.clear();
    abandoned_ = closing_ = true;
  }
  resume = std::exchange(parked_, nullptr);
  lock.unlock();
  if (resume) resume();
  return fits;
}

bool Exchange::closed() const {
  const std::lock_guard lock(mutex_);
  return abandoned_ || closing_;
}

std::size_t Exchange::queued_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

bool Exchange::dropped() const {
  const std::lock_guard lock(mutex_);
  return abandoned_;
}

void Exchange::close() {
  std::unique_lock lock(mutex_);
  closing_ = true;
  auto resume = streaming_ ? std::exchange(parked_, nullptr) : Resume{};
  lock.unlock();
  if (resume) resume();
}

ExchangeAnswer::~ExchangeAnswer() {
  if (!exchange_->answered()) exchange_->respond((*problem_)(500, "unanswered"), false);
}

std::shared_ptr<api::EventStream> ExchangeAnswer::stream(api::HttpResponse head) {
  exchange_->respond(std::move(head), true);
  return exchange_;
}

}  // namespace pioneer::adapters::beast
