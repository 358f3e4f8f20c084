#include "api/http/queue_metrics.hpp"

#include <utility>

namespace pioneer::api::http {

void QueueMetrics::watch(const std::string& queue, std::function<std::size_t()> depth) {
  auto& gauge = behind_->gauge("pioneer_queue_depth", "What waits in a bounded queue.", {{"queue", queue}});
  watched_.push_back({&gauge, std::move(depth)});
}

Counter& QueueMetrics::counter(const std::string& name, const std::string& help, const MetricLabels& labels) {
  return behind_->counter(name, help, labels);
}

Gauge& QueueMetrics::gauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
  return behind_->gauge(name, help, labels);
}

Histogram& QueueMetrics::histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                                   const MetricLabels& labels) {
  return behind_->histogram(name, help, bounds, labels);
}

std::string QueueMetrics::exposition() const {
  for (const auto& watched : watched_) watched.gauge->set(static_cast<double>(watched.depth()));
  return behind_->exposition();
}

}  // namespace pioneer::api::http
