#include "api/http/request_metrics.hpp"

#include <gtest/gtest.h>

#include <map>

#include "api/http/queue_metrics.hpp"

namespace pioneer::api::http {
namespace {

/// Remembers sums by name and labels.
class Sums final : public Metrics {
 public:
  struct Sum final : Counter, Gauge, Histogram {
    void add(double amount) override { value += amount; }
    void set(double to) override { value = to; }
    void observe(double seen) override { value += seen; }
    double value = 0;
  };
  Counter& counter(const std::string& name, const std::string&, const MetricLabels& labels) override {
    return sum(name, labels);
  }
  Gauge& gauge(const std::string& name, const std::string&, const MetricLabels& labels) override {
    return sum(name, labels);
  }
  Histogram& histogram(const std::string& name, const std::string&, const std::vector<double>&,
                       const MetricLabels& labels) override {
    return sum(name, labels);
  }
  std::string exposition() const override { return {}; }
  Sum& sum(std::string name, const MetricLabels& labels) {
    for (const auto& [label, value] : labels) name += " " + label + "=" + value;
    return sums[name];
  }
  std::map<std::string, Sum> sums;
};

class SetClock final : public eventstore::Clock {
 public:
  eventstore::Instant now() const override { return eventstore::Instant{us}; }
  eventstore::Instant since_boot() const override { return eventstore::Instant{us}; }
  std::int64_t us = 1;
};

struct Nobody final : Answer {
  void respond(HttpResponse) override {}
  std::shared_ptr<EventStream> stream(HttpResponse) override { return nullptr; }
};

class RequestMetricsTest : public testing::Test {
 protected:
  Responder measured(Operation operation) {
    return metrics->measured(&route_of(operation), Responder(std::make_shared<Nobody>()));
  }
  double value(const std::string& name) const {
    const auto found = sums->sums.find(name);
    return found == sums->sums.end() ? -1 : found->second.value;
  }
  std::shared_ptr<Sums> sums = std::make_shared<Sums>();
  SetClock clock;
  std::shared_ptr<RequestMetrics> metrics = std::make_shared<RequestMetrics>(sums, clock);
};

TEST_F(RequestMetricsTest, CountsAndTimesEachAnswerOnce) {
  const auto responder = measured(Operation::get_request);
  clock.us += 250'000;
  responder.respond({.status = 404});
  responder.respond({.status = 200});
  measured(Operation::get_request).respond({.status = 404});
  EXPECT_EQ(value("pioneer_http_requests_total route=get_request status=404"), 2);
  EXPECT_EQ(value("pioneer_http_requests_total route=get_request status=200"), -1);
  EXPECT_EQ(value("pioneer_http_request_seconds route=get_request"), 0.25);
}

TEST_F(RequestMetricsTest, CountsWhatIsNeverAnsweredAsOurFault) {
  {
    const auto forgotten = measured(Operation::get_me);
  }
  EXPECT_EQ(value("pioneer_http_requests_total route=get_me status=500"), 1);
}

TEST_F(RequestMetricsTest, CountsStreamsAndWhatHasNoRoute) {
  measured(Operation::get_events).stream({});
  metrics->count(nullptr, 431);
  metrics->count(nullptr, 418);
  EXPECT_EQ(value("pioneer_http_requests_total route=get_events status=200"), 1);
  EXPECT_EQ(value("pioneer_http_request_seconds route=get_events"), -1);
  EXPECT_EQ(value("pioneer_http_requests_total route=none status=431"), 1);
  EXPECT_EQ(value("pioneer_http_requests_total route=none status=other"), 1);
}

TEST_F(RequestMetricsTest, MeasuresQueuesWhenSomebodyAsks) {
  QueueMetrics queues(sums);
  std::size_t waiting = 3;
  queues.watch("queries", [&] { return waiting; });
  queues.watch("uploads", [] { return std::size_t{0}; });
  static_cast<void>(queues.exposition());
  EXPECT_EQ(value("pioneer_queue_depth queue=queries"), 3);
  EXPECT_EQ(value("pioneer_queue_depth queue=uploads"), 0);
  waiting = 1;
  static_cast<void>(queues.exposition());
  EXPECT_EQ(value("pioneer_queue_depth queue=queries"), 1);
}

}  // namespace
}  // namespace pioneer::api::http
