// What goes back over the bus. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "api/http/problems.hpp"
#include "api/http/routes.hpp"
#include "api/messages/bus.pb.h"
#include "api/ports/bus.hpp"
#include "api/ports/http.hpp"

namespace pioneer::api::bus {

/// What a router answered, as the bus says it.
BusAnswer answer_of(std::uint64_t id, const http::Route& route, const HttpResponse& response);
/// Something is wrong with the message itself.
BusAnswer problem_answer(std::uint64_t id, const http::Problem& problem,
                         http::Language language = http::Language::english);

/// The answer to one call. Who forgets it tells the client that something went wrong here.
class CallAnswer final : public Answer {
 public:
  CallAnswer(std::uint64_t id, const http::Route& route, std::shared_ptr<BusReturn> back)
      : id_(id), route_(route), back_(std::move(back)) {}
  ~CallAnswer() override;
  void respond(HttpResponse response) override;
  /// No call answers with a stream.
  std::shared_ptr<EventStream> stream(HttpResponse head) override;

 private:
  void say(const BusAnswer& answer);
  const std::uint64_t id_;
  const http::Route& route_;
  std::shared_ptr<BusReturn> back_;
  std::atomic<bool> answered_{false};
};

}  // namespace pioneer::api::bus
