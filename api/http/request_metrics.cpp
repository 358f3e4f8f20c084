#include "api/http/request_metrics.hpp"

#include <algorithm>
#include <utility>

namespace pioneer::api::http {
namespace {

std::size_t place_of(const Route* route) {
  return route == nullptr ? operation_count : static_cast<std::size_t>(route->operation);
}
std::string name_of(const Route* route) { return route == nullptr ? "none" : std::string(route->name()); }

}  // namespace

/// Passes the answer on; whoever asks twice is counted once, as only the first reaches the client.
class RequestMetrics::Measured final : public Answer {
 public:
  Measured(std::shared_ptr<RequestMetrics> metrics, const Route* route, Responder inner)
      : metrics_(std::move(metrics)), route_(route), began_(metrics_->clock_.since_boot()), inner_(std::move(inner)) {}
  ~Measured() override {
    if (!given_) metrics_->count(route_, 500);  // the server answers so when the last copy goes
  }
  void respond(HttpResponse response) override {
    if (!given_.exchange(true)) {
      metrics_->count(route_, response.status);
      metrics_->took(route_, metrics_->clock_.since_boot().value - began_.value);
    }
    inner_.respond(std::move(response));
  }
  std::shared_ptr<EventStream> stream(HttpResponse head) override {
    if (!given_.exchange(true)) metrics_->count(route_, head.status);
    return inner_.stream(std::move(head));
  }

 private:
  const std::shared_ptr<RequestMetrics> metrics_;
  const Route* const route_;
  const eventstore::Instant began_;
  const Responder inner_;
  std::atomic<bool> given_{false};
};

Responder RequestMetrics::measured(const Route* route, Responder responder) {
  return Responder(std::make_shared<Measured>(shared_from_this(), route, std::move(responder)));
}

void RequestMetrics::count(const Route* route, unsigned status) {
  const auto known = std::find(statuses.begin(), std::prev(statuses.end()), status);
  auto& place = counters_[place_of(route)][static_cast<std::size_t>(known - statuses.begin())];
  auto* counter = place.load(std::memory_order_acquire);
  if (counter == nullptr) {
    const auto word = *known == 0 ? std::string("other") : std::to_string(*known);
    counter = &metrics_->counter("pioneer_http_requests_total", "Answers given, by route and status.",
                                 {{"route", name_of(route)}, {"status", word}});
    place.store(counter, std::memory_order_release);
  }
  counter->add();
}

void RequestMetrics::took(const Route* route, std::int64_t us) {
  auto& place = seconds_[place_of(route)];
  auto* seconds = place.load(std::memory_order_acquire);
  if (seconds == nullptr) {
    seconds = &metrics_->histogram("pioneer_http_request_seconds", "From a whole request to its answer.",
                                   latency_bounds_s, {{"route", name_of(route)}});
    place.store(seconds, std::memory_order_release);
  }
  seconds->observe(static_cast<double>(us) / 1e6);
}

}  // namespace pioneer::api::http
