#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <set>

namespace everbit {
namespace {

constexpr std::size_t kMostSeries = 500;

prometheus::Labels to_labels(MetricLabels labels) {
  prometheus::Labels out;
  for (const auto& [name, value] : labels) out.emplace(name, value);
  return out;
}

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::string, std::set<prometheus::Labels>, std::less<>> series;

  // The labels under which this series is kept.
  prometheus::Labels admit(const char* name, MetricLabels wanted) {
    prometheus::Labels labels = to_labels(wanted);
    const std::lock_guard lock(mutex);
    auto& known = series[name];
    if (known.contains(labels)) return labels;
    if (known.size() < kMostSeries) {
      known.insert(labels);
      return labels;
    }
    for (auto& [label, value] : labels) value = "other";
    return labels;
  }
};

void CounterMetric::add(double amount) { counter_->Increment(amount); }
void GaugeMetric::set(double value) { gauge_->Set(value); }
void GaugeMetric::add(double amount) { gauge_->Increment(amount); }
void HistogramMetric::observe(double value) { histogram_->Observe(value); }

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

CounterMetric Metrics::counter(const MetricName& name, MetricLabels labels) {
  auto& family =
      prometheus::BuildCounter().Name(name.name).Help(name.help).Register(impl_->registry);
  return CounterMetric(family.Add(impl_->admit(name.name, labels)));
}

GaugeMetric Metrics::gauge(const MetricName& name, MetricLabels labels) {
  auto& family = prometheus::BuildGauge().Name(name.name).Help(name.help).Register(impl_->registry);
  return GaugeMetric(family.Add(impl_->admit(name.name, labels)));
}

HistogramMetric Metrics::histogram(const MetricName& name, const std::vector<double>& bounds,
                                   MetricLabels labels) {
  auto& family =
      prometheus::BuildHistogram().Name(name.name).Help(name.help).Register(impl_->registry);
  return HistogramMetric(family.Add(impl_->admit(name.name, labels), bounds));
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

const std::vector<double>& latency_bounds() {
  static const auto* bounds = new std::vector<double>{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                      0.25,  0.5,    1,     2.5,  5,     10,   30};
  return *bounds;
}

}  // namespace everbit
