#include "backtest/optimize/deflated_sharpe.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace everbit::backtest {
namespace {

double normal(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

// The quantile of the normal distribution, by halving; p in (0, 1).
double normal_quantile(double p) {
  double low = -40, high = 40;
  for (int i = 0; i < 200 && high - low > 1e-15 * std::abs(low + high); ++i) {
    const double middle = 0.5 * (low + high);
    (normal(middle) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// Central moment sums divided by n.
double second(const ReturnSums& r) {
  const double mean = r.s1 / r.n;
  return r.s2 / r.n - mean * mean;
}

}  // namespace

ReturnSums ReturnSums::of(std::span<const double> returns) {
  ReturnSums sums;
  for (const double r : returns) {
    sums.n += 1;
    sums.s1 += r;
    sums.s2 += r * r;
    sums.s3 += r * r * r;
    sums.s4 += r * r * r * r;
  }
  return sums;
}

ReturnSums& ReturnSums::operator+=(const ReturnSums& other) {
  n += other.n;
  s1 += other.s1;
  s2 += other.s2;
  s3 += other.s3;
  s4 += other.s4;
  return *this;
}

std::optional<double> ReturnSums::sharpe() const {
  if (n < 2) return std::nullopt;
  const double variance = second(*this) * n / (n - 1);
  // Equal returns leave a rest of rounding.
  if (!(variance > 1e-14 * s2 / n)) return std::nullopt;
  return s1 / n / std::sqrt(variance);
}

double ReturnSums::skewness() const {
  const double m = s1 / n, v = second(*this);
  return (s3 / n - 3 * m * s2 / n + 2 * m * m * m) / (v * std::sqrt(v));
}

double ReturnSums::kurtosis() const {
  const double m = s1 / n, v = second(*this);
  return (s4 / n - 4 * m * s3 / n + 6 * m * m * s2 / n - 3 * m * m * m * m) / (v * v);
}

std::optional<DeflatedSharpe> deflated_sharpe(const ReturnSums& chosen,
                                              std::span<const ReturnSums> all) {
  const auto sharpe = chosen.sharpe();
  if (!sharpe) return std::nullopt;
  double n = 0, sum = 0, squares = 0;
  for (const ReturnSums& trial : all) {
    const double value = trial.sharpe().value_or(0);  // a trial that never traded earned nothing
    n += 1;
    sum += value;
    squares += value * value;
  }
  DeflatedSharpe out;
  out.trials = all.size();
  out.sharpe = *sharpe;
  if (n >= 2) {
    out.expected_maximum = expected_maximum_sharpe((squares - sum * sum / n) / (n - 1), n);
  }
  out.observations = chosen.n;
  out.skewness = chosen.skewness();
  out.kurtosis = chosen.kurtosis();
  out.probability =
      deflated_probability(*sharpe, out.expected_maximum, chosen.n, out.skewness, out.kurtosis);
  return out;
}

double expected_maximum_sharpe(double variance, double trials) {
  const double first = normal_quantile(1 - 1 / trials);
  const double other = normal_quantile(1 - 1 / (trials * std::numbers::e));
  return std::sqrt(std::max(variance, 0.0)) *
         ((1 - std::numbers::egamma) * first + std::numbers::egamma * other);
}

double deflated_probability(double sharpe, double expected_maximum, double observations,
                            double skewness, double kurtosis) {
  const double spread = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe;
  return normal((sharpe - expected_maximum) * std::sqrt(observations - 1) /
                std::sqrt(std::max(spread, 1e-12)));
}

}  // namespace everbit::backtest
