#include "adapters/prometheus/prometheus_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pioneer::adapters::prometheus {
namespace {

using testing::HasSubstr;

TEST(Metrics, AreExposedAsText) {
  const auto metrics = make_metrics();
  metrics->counter("requests_total", "Requests.", {{"route", "get_me"}}).add(2);
  metrics->gauge("position", "Position.").set(7);
  metrics->histogram("answer_seconds", "Answers.", {0.1, 1}).observe(0.5);
  const auto text = metrics->exposition();
  EXPECT_THAT(text, HasSubstr("# TYPE requests_total counter\nrequests_total{route=\"get_me\"} 2"));
  EXPECT_THAT(text, HasSubstr("position 7"));
  EXPECT_THAT(text, HasSubstr("answer_seconds_bucket{le=\"0.1\"} 0"));
  EXPECT_THAT(text, HasSubstr("answer_seconds_bucket{le=\"1\"} 1"));
}

TEST(Metrics, AreTheSameWhenAskedForAgain) {
  const auto metrics = make_metrics();
  auto& one = metrics->counter("c_total", "C.", {{"a", "1"}});
  EXPECT_EQ(&one, &metrics->counter("c_total", "C.", {{"a", "1"}}));
  EXPECT_NE(&one, &metrics->counter("c_total", "C.", {{"a", "2"}}));
  one.add();
  EXPECT_THAT(metrics->exposition(), HasSubstr("c_total{a=\"1\"} 1"));
}

}  // namespace
}  // namespace pioneer::adapters::prometheus
