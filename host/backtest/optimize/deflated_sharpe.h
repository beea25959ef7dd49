#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace everbit::backtest {

// Sums of powers of daily returns; those of two spans of time can be added.
struct ReturnSums {
  double n = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0;

  static ReturnSums of(std::span<const double> returns);
  ReturnSums& operator+=(const ReturnSums& other);

  // Not annualised, sample deviation; nothing below two returns or without deviation.
  std::optional<double> sharpe() const;
  double skewness() const;
  double kurtosis() const;  // 3 for a normal distribution
};

struct DeflatedSharpe {
  double probability = 0;       // that the true Sharpe ratio is above what chance would give
  double sharpe = 0;            // of the chosen trial, a day
  double expected_maximum = 0;  // of as many trials without any skill, a day
  std::size_t trials = 0;
  double observations = 0;
  double skewness = 0;
  double kurtosis = 0;
};

// The deflated Sharpe ratio of one trial out of many: D. H. Bailey, M. López de Prado, "The
// Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest Overfitting and Non-Normality",
// Journal of Portfolio Management 40 (5), 2014, equations 1 (the false strategy theorem) and 2.
// Nothing if the chosen trial has no Sharpe ratio.
std::optional<DeflatedSharpe> deflated_sharpe(const ReturnSums& chosen,
                                              std::span<const ReturnSums> all);

// Its two equations: what the best of `trials` without any skill is expected to show, if their
// Sharpe ratios vary so much; and the probability that a true ratio above that stands behind
// `sharpe`.
double expected_maximum_sharpe(double variance, double trials);
double deflated_probability(double sharpe, double expected_maximum, double observations,
                            double skewness, double kurtosis);

}  // namespace everbit::backtest
