// What is counted and measured while serving. Names and labels never hold anything personal.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pioneer::api {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// Goes up only. Any thread; lives as long as its Metrics, as do the other two.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(double amount = 1) = 0;
};

class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) = 0;
};

class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
};

/// Any thread. Asked for again with the same name and labels, the same one is given; keep the reference where it is
/// hot. Names are in base units: "pioneer_http_requests_total", "pioneer_commit_seconds".
class Metrics {
 public:
  virtual ~Metrics() = default;
  virtual Counter& counter(const std::string& name, const std::string& help, const MetricLabels& labels = {}) = 0;
  virtual Gauge& gauge(const std::string& name, const std::string& help, const MetricLabels& labels = {}) = 0;
  /// `bounds`: upper bounds of the buckets, ascending; the first call for a name decides.
  virtual Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                               const MetricLabels& labels = {}) = 0;
  /// The text format 0.0.4.
  virtual std::string exposition() const = 0;
};

inline constexpr std::string_view exposition_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// Bounds for latencies in seconds: 50 µs to 10 s.
inline const std::vector<double> latency_bounds_s{0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                  0.025,   0.05,   0.1,     0.25,   0.5,   1,      2.5,   10};

}  // namespace pioneer::api
