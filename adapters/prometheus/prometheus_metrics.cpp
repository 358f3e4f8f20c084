#include "adapters/prometheus/prometheus_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

namespace pioneer::adapters::prometheus {
namespace {

namespace library = ::prometheus;

class CounterOf final : public api::Counter {
 public:
  explicit CounterOf(library::Counter& counter) : counter_(counter) {}
  void add(double amount) override { counter_.Increment(amount); }

 private:
  library::Counter& counter_;
};

class GaugeOf final : public api::Gauge {
 public:
  explicit GaugeOf(library::Gauge& gauge) : gauge_(gauge) {}
  void set(double value) override { gauge_.Set(value); }

 private:
  library::Gauge& gauge_;
};

class HistogramOf final : public api::Histogram {
 public:
  explicit HistogramOf(library::Histogram& histogram) : histogram_(histogram) {}
  void observe(double value) override { histogram_.Observe(value); }

 private:
  library::Histogram& histogram_;
};

/// One kind of metric: those that were asked for, by name and labels.
template <class Port, class Wrapped>
class Kept {
 public:
  template <class Make>
  Port& get(const std::string& name, const api::MetricLabels& labels, Make make) {
    const std::lock_guard lock(mutex_);
    auto& place = kept_[{name, labels}];
    if (!place) place = std::make_unique<Wrapped>(make(library::Labels(labels.begin(), labels.end())));
    return *place;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, api::MetricLabels>, std::unique_ptr<Wrapped>> kept_;
};

class PrometheusMetrics final : public api::Metrics {
 public:
  api::Counter& counter(const std::string& name, const std::string& help, const api::MetricLabels& labels) override {
    return counters_.get(name, labels, [&](const library::Labels& l) -> library::Counter& {
      return library::BuildCounter().Name(name).Help(help).Register(registry_).Add(l);
    });
  }
  api::Gauge& gauge(const std::string& name, const std::string& help, const api::MetricLabels& labels) override {
    return gauges_.get(name, labels, [&](const library::Labels& l) -> library::Gauge& {
      return library::BuildGauge().Name(name).Help(help).Register(registry_).Add(l);
    });
  }
  api::Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                            const api::MetricLabels& labels) override {
    return histograms_.get(name, labels, [&](const library::Labels& l) -> library::Histogram& {
      return library::BuildHistogram().Name(name).Help(help).Register(registry_).Add(l, bounds);
    });
  }
  std::string exposition() const override { return library::TextSerializer().Serialize(registry_.Collect()); }

 private:
  library::Registry registry_;
  Kept<api::Counter, CounterOf> counters_;
  Kept<api::Gauge, GaugeOf> gauges_;
  Kept<api::Histogram, HistogramOf> histograms_;
};

}  // namespace

std::unique_ptr<api::Metrics> make_metrics() { return std::make_unique<PrometheusMetrics>(); }

}  // namespace pioneer::adapters::prometheus
