// How full each bounded queue is: pioneer_queue_depth{queue="queries"}, measured when somebody asks.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/ports/metrics.hpp"

namespace pioneer::api::http {

/// Stands before other metrics. Any thread; watch() before the first exposition.
class QueueMetrics final : public Metrics {
 public:
  explicit QueueMetrics(std::shared_ptr<Metrics> behind) : behind_(std::move(behind)) {}

  /// `depth` may be called as long as this lives.
  void watch(const std::string& queue, std::function<std::size_t()> depth);

  Counter& counter(const std::string& name, const std::string& help, const MetricLabels& labels) override;
  Gauge& gauge(const std::string& name, const std::string& help, const MetricLabels& labels) override;
  Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                       const MetricLabels& labels) override;
  /// Measures first.
  std::string exposition() const override;

 private:
  struct Watched {
    Gauge* gauge;
    std::function<std::size_t()> depth;
  };
  std::shared_ptr<Metrics> behind_;
  std::vector<Watched> watched_;
};

}  // namespace pioneer::api::http
