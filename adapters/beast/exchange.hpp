// One request's answer on its way from whatever thread makes it to the connection's loop. No Asio here: the connection
// parks a function that resumes it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "api/ports/http.hpp"

namespace pioneer::adapters::beast {

using Resume = std::move_only_function<void()>;

/// Bounds of a stream's queue.
struct StreamBounds {
  std::size_t frames_max;
  std::size_t bytes_max;
};

/// What may be done to an answer's bytes: nothing; said that they could be packed; packed.
enum class Packing { none, possible, taken };

/// Shared by the connection and the Responder's copies. Any thread; take_* and park by the connection only.
class Exchange final : public api::EventStream {
 public:
  explicit Exchange(StreamBounds bounds, Packing packing = Packing::none) : bounds_(bounds), packing_(packing) {}

  /// Resumes at once where there is something to take. At most one parked at a time.
  void park(Resume resume);
  bool answered() const;
  struct Head {
    api::HttpResponse response;
    bool streaming;
  };
  /// The answer's head, once; nothing when abandoned.
  std::optional<Head> take_head();
  struct Frames {
    std::vector<api::HttpFrame> frames;
    bool over;  ///< nothing comes after these
  };
  Frames take_frames(std::size_t frames_max);
  /// The connection is gone: later answers and frames are dropped.
  void abandon();
  /// Abandoned, or a stream whose listener was too slow.
  bool dropped() const;

  /// Packs the answer where that is agreed, on the thread that made it.
  void respond(api::HttpResponse response, bool streaming);

  bool push(api::HttpFrame frame) override;
  bool closed() const override;
  std::size_t queued_bytes() const override;
  void close() override;

 private:
  bool ready() const { return abandoned_ || head_.has_value() || !frames_.empty() || (streaming_ && closing_); }

  const StreamBounds bounds_;
  const Packing packing_;
  mutable std::mutex mutex_;
  std::optional<Head> head_;
  std::deque<api::HttpFrame> frames_;
  std::size_t bytes_ = 0;
  bool answered_ = false, streaming_ = false, closing_ = false, abandoned_ = false;
  Resume parked_;
};

/// What a Responder holds: answers 500 when it goes without an answer.
class ExchangeAnswer final : public api::Answer {
 public:
  ExchangeAnswer(std::shared_ptr<Exchange> exchange, std::shared_ptr<const api::HttpProblem> problem)
      : exchange_(std::move(exchange)), problem_(std::move(problem)) {}
  ~ExchangeAnswer() override;
  void respond(api::HttpResponse response) override { exchange_->respond(std::move(response), false); }
  std::shared_ptr<api::EventStream> stream(api::HttpResponse head) override;

 private:
  std::shared_ptr<Exchange> exchange_;
  std::shared_ptr<const api::HttpProblem> problem_;  // outlives the server as long as an answer is owed
};

}  // namespace pioneer::adapters::beast
