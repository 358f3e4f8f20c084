// How many answers each route gives, with which status, and how long they take. No label says who asked or for what.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "api/http/routes.hpp"
#include "api/ports/http.hpp"
#include "api/ports/metrics.hpp"
#include "eventstore/ports/clock.hpp"

namespace pioneer::api::http {

/// `pioneer_http_requests_total{route,status}` and `pioneer_http_request_seconds{route}`. Any thread. Answers
/// that are still open keep it and the metrics; the clock outlives them.
class RequestMetrics : public std::enable_shared_from_this<RequestMetrics> {
 public:
  RequestMetrics(std::shared_ptr<Metrics> metrics, const eventstore::Clock& clock)
      : metrics_(std::move(metrics)), clock_(clock) {}

  /// For Router::Options::measure. A stream is counted when it begins, and not timed.
  Responder measured(const Route* route, Responder responder);
  /// What never became a request of a route.
  void count(const Route* route, unsigned status);

 private:
  class Measured;
  /// Every status that answers of ours have; the last place: any other.
  static constexpr std::array<unsigned, 20> statuses{200, 201, 400, 401, 403, 404, 405, 408, 409, 412,
                                                     413, 415, 422, 429, 431, 500, 501, 503, 505, 0};

  void took(const Route* route, std::int64_t us);

  const std::shared_ptr<Metrics> metrics_;
  const eventstore::Clock& clock_;
  /// By operation, the last place for what has none: found once, then without a lock.
  std::array<std::array<std::atomic<Counter*>, statuses.size()>, operation_count + 1> counters_{};
  std::array<std::atomic<Histogram*>, operation_count + 1> seconds_{};
};

}  // namespace pioneer::api::http
