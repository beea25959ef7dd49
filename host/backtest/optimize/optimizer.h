#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backtest/candle_source.h"
#include "backtest/engine.h"
#include "backtest/optimize/sampler.h"
#include "backtest/optimize/trial.h"
#include "backtest/optimize/windows.h"

namespace everbit::backtest {

struct SearchRequest {
  Request request;  // what every run has in common
  std::vector<Dimension> dimensions;
  Method method = Method::kGrid;
  std::size_t trials = 0;  // grid: 0 is all sets
  std::uint64_t seed = 1;
  Objective objective = Objective::kSharpe;
  std::int64_t min_trades = 30;  // in a training
  std::size_t threads = 0;       // 0: one for each core
  std::string file;              // where finished trials are kept; empty: nowhere
};

// The set that was best in a window's training, and what it then did in the test.
struct WindowResult {
  Window window;
  std::optional<std::size_t> choice;  // number of the trial; nothing: none had enough trades
  Outcome training;
  Outcome test;
};

struct SearchResult {
  SearchRequest search;
  WindowPlan plan;
  std::vector<Trial> trials;
  std::vector<WindowResult> windows;
  std::optional<std::size_t> winner;  // best median of training objectives
  // The tests strung together, and the trainings of the same choices.
  double test_return = 0;
  double test_return_a_year = 0;
  double training_return_a_year = 0;
  std::optional<Outcome> tail;  // of the winner
  std::optional<DeflatedSharpe> deflated;
  std::vector<std::string> warnings;  // why it is likely over-fitted; empty: it is not

  SearchSpace space() const { return SearchSpace::make(search.dimensions).value(); }
};

// Searches parameters on candles that all threads share. The result depends on the request and the
// candles alone: not on the number of threads, and not on whether the search was interrupted.
//
// Codes: USAGE, BACKTEST_REQUEST, TRIALS_FILE, IO, and those of a run.
Result<SearchResult> optimize(const SearchRequest& search, const plugins::LoadedPlugin& plugin,
                              const std::map<std::string, SharedCandles>& candles,
                              const Progress& progress = {});

// The result as JSON; the same search and candles give the same bytes.
std::string to_json(const SearchResult& result);

}  // namespace everbit::backtest
