#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backtest/candle_source.h"
#include "backtest/engine.h"

namespace everbit::backtest {

struct LoggedDecision {
  std::int64_t close_time = 0;
  std::string market;
  bool signal = false;  // a buy or a sale
  std::string bytes;    // the decision, and what the host refused

  bool operator==(const LoggedDecision&) const = default;
};

using DecisionLog = std::vector<LoggedDecision>;
using CandleSet = std::map<std::string, SharedCandles>;

// All decisions of one run, in order.
Result<DecisionLog> log_run(const Request& request, const plugins::LoadedPlugin& plugin,
                            const CandleSet& candles, RunProbe probe = {});

struct Difference {
  std::int64_t close_time = 0;
  std::string market;
  std::string expected;
  std::string found;
};

// The first decision that is not in both, or not the same.
std::optional<Difference> first_difference(const DecisionLog& expected, const DecisionLog& found);

// At so many even cuts of the run, at each signal and at the close before it: a fresh run that ends
// there, and one that goes on with other candles, decide the same up to that close. Nothing:
// passed. `log` is that of the whole run. Codes: those of a run.
Result<std::optional<Difference>> check_prefixes(const Request& request,
                                                 const plugins::LoadedPlugin& plugin,
                                                 const CandleSet& candles, const DecisionLog& log,
                                                 std::size_t even_cuts, std::size_t& cuts,
                                                 const Progress& progress = {});

}  // namespace everbit::backtest
