#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backtest/metrics.h"
#include "backtest/optimize/deflated_sharpe.h"
#include "backtest/optimize/search_space.h"

namespace everbit::backtest {

enum class Objective { kSharpe, kCalmar, kSqn, kTotalReturn };
std::optional<Objective> objective_of(std::string_view name);
std::string_view name_of(Objective objective);
std::optional<double> value_of(Objective objective, const Metrics& metrics);

// What one run of a search gave.
struct Outcome {
  std::optional<double> objective;  // nothing: it has none, or a training had too few trades
  double mdd = 0;
  double total_return = 0;
  std::int64_t trades = 0;
  ReturnSums daily;
};

// One set of parameters and its training in every window.
struct Trial {
  Point point;
  std::vector<Outcome> trainings;

  // Of the trainings' objectives, one that is missing counting as the worst; nothing if the median
  // is one of those.
  std::optional<double> median() const;
  double worst_drawdown() const;
  // Daily returns of the trainings that follow each other without overlapping.
  ReturnSums returns() const;
};

// Finished trials in a text file, one a line, so that a search that was stopped goes on. The first
// line names the search: of another one nothing is taken over. A line that was cut is forgotten.
// One thread at a time.
class TrialFile {
 public:
  // Empty path: nothing is kept. Code IO when it cannot be written, and TRIALS_FILE when it belongs
  // to another search.
  static Result<TrialFile> open(const std::string& path, const std::string& fingerprint);
  ~TrialFile();
  TrialFile(TrialFile&&) noexcept;
  TrialFile& operator=(TrialFile&&) = delete;

  // What it held when it was opened, by number.
  const Trial* find(std::size_t number) const;
  Result<void> add(std::size_t number, const Trial& trial);

 private:
  TrialFile() = default;
  Result<void> read(const std::string& fingerprint);

  std::string path_;
  int fd_ = -1;
  std::vector<std::pair<std::size_t, Trial>> kept_;  // by number
};

}  // namespace everbit::backtest
