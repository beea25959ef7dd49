#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace everbit {

// What a metric is called and means; metric_names.h holds all of them.
struct MetricName {
  const char* name;
  const char* help;
};

using MetricLabels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Handles to one time series. Cheap to copy, any thread, valid as long as the Metrics that gave
// them.
class CounterMetric {
 public:
  explicit CounterMetric(prometheus::Counter& counter) : counter_(&counter) {}
  void add(double amount = 1);

 private:
  prometheus::Counter* counter_;
};

class GaugeMetric {
 public:
  explicit GaugeMetric(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  void set(double value);
  void add(double amount);

 private:
  prometheus::Gauge* gauge_;
};

class HistogramMetric {
 public:
  explicit HistogramMetric(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  // Prometheus counts time in seconds.
  void observe(double value);

 private:
  prometheus::Histogram* histogram_;
};

// The process's metrics, one for each App and for each test; kept in base because every folder
// counts something. Asking twice for the same name and labels gives the same series: keep the
// handle where the rate is high. A name has at most 500 series; what comes after shares one whose
// labels are all "other", so that a label from outside cannot fill the memory. Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  CounterMetric counter(const MetricName& name, MetricLabels labels = {});
  GaugeMetric gauge(const MetricName& name, MetricLabels labels = {});
  // The bounds of the first call for a name hold.
  HistogramMetric histogram(const MetricName& name, const std::vector<double>& bounds,
                            MetricLabels labels = {});

  // Prometheus text format, version 0.0.4.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Bounds from 1 ms to 30 s, for latencies in seconds.
const std::vector<double>& latency_bounds();

}  // namespace everbit
