// Live events (api/http/event_hub) on their way over the bus: each frame becomes messages, once for all who get it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/http/problems.hpp"
#include "api/ports/bus.hpp"
#include "api/ports/http.hpp"

namespace pioneer::api::bus {

/// One of a frame's events, or a place in the log: all of its BusAnswer but the id, which is each subscriber's own.
struct Told {
  std::optional<std::uint64_t> position;
  std::string without_id;
};

/// Keeps what the last frame said: the hub gives the same one to all of a group. Any thread.
class FrameReader {
 public:
  using Read = std::shared_ptr<const std::vector<Told>>;
  Read read(const HttpFrame& frame);

 private:
  std::mutex mutex_;
  HttpFrame last_;
  Read read_;
};

/// One who listens over the bus.
class Subscription final : public EventStream {
 public:
  /// More of theirs unread than this: they are too slow, are told so and dropped.
  static constexpr std::size_t queue_bytes_max = 1024 * 1024;

  Subscription(std::uint64_t id, http::Language language, std::shared_ptr<FrameReader> reader,
               std::shared_ptr<BusReturn> back)
      : id_(id), language_(language), reader_(std::move(reader)), back_(std::move(back)) {}
  bool push(HttpFrame frame) override;
  bool closed() const override;
  std::size_t queued_bytes() const override;
  void close() override;

 private:
  void end(std::string message);
  const std::uint64_t id_;
  const http::Language language_;
  const std::shared_ptr<FrameReader> reader_;
  mutable std::mutex mutex_;
  std::shared_ptr<BusReturn> back_;        ///< null: it has ended
  std::optional<std::uint64_t> position_;  ///< told last
};

/// Becomes a subscription, or says why not.
class SubscriptionAnswer final : public Answer {
 public:
  SubscriptionAnswer(std::uint64_t id, http::Language language, std::shared_ptr<FrameReader> reader,
                     std::shared_ptr<BusReturn> back)
      : id_(id),
        back_(back),
        subscription_(std::make_shared<Subscription>(id, language, std::move(reader), std::move(back))) {}
  ~SubscriptionAnswer() override;
  void respond(HttpResponse response) override;
  std::shared_ptr<EventStream> stream(HttpResponse head) override;
  std::weak_ptr<Subscription> subscription() const { return subscription_; }

 private:
  std::uint64_t id_;
  std::mutex mutex_;
  std::shared_ptr<BusReturn> back_;  ///< null: answered
  std::shared_ptr<Subscription> subscription_;
};

}  // namespace pioneer::api::bus
