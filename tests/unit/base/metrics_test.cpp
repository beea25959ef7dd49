#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/metric_names.h"

namespace everbit {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, TheSameLabelsAreTheSameSeries) {
  Metrics metrics;
  metrics.counter(metric::kOrderAttempts, {{"status", "ACKED"}}).add();
  metrics.counter(metric::kOrderAttempts, {{"status", "ACKED"}}).add(2);
  metrics.gauge(metric::kKillSwitch, {{"scope", "strategy"}, {"strategyKey", "X"}}).set(1);
  metrics.histogram(metric::kCloseToAck, latency_bounds()).observe(0.02);
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("everbit_order_attempt_total{status=\"ACKED\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("scope=\"strategy\",strategyKey=\"X\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("everbit_candle_close_to_ack_seconds_bucket{le=\"0.025\"} 1\n"));
}

TEST(Metrics, ALabelFromOutsideCannotBreakTheFormat) {
  Metrics metrics;
  metrics.counter(metric::kUpbitErrors, {{"class", "a\"}\nforged 1"}}).add();
  EXPECT_THAT(metrics.text(), Not(HasSubstr("\nforged")));
}

TEST(Metrics, LabelsFromOutsideCannotFillTheMemory) {
  Metrics metrics;
  for (int i = 0; i < 700; ++i) {
    metrics.counter(metric::kUpbitErrors, {{"class", std::to_string(i)}}).add();
  }
  EXPECT_THAT(metrics.text(), HasSubstr("{class=\"other\"} 200\n"));
  metrics.counter(metric::kUpbitErrors, {{"class", "7"}}).add();
  EXPECT_THAT(metrics.text(), HasSubstr("{class=\"7\"} 2\n"));
}

TEST(Metrics, ThreadsCountTogether) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        metrics.counter(metric::kOutboxProcessed, {{"stream", "s"}, {"result", "done"}}).add();
        if (i % 100 == 0) metrics.text();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(metrics.text(), HasSubstr("{result=\"done\",stream=\"s\"} 2000\n"));
}

}  // namespace
}  // namespace everbit
