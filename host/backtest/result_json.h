#pragma once

#include <string>

#include "backtest/metrics.h"
#include "backtest/result.h"

namespace everbit::backtest {

// The result as JSON: no white space, fixed order of keys, decimals as text, doubles in the
// shortest form, no clock, path or id inside; the same request and candles give the same bytes.
std::string to_json(const RunResult& result, const Metrics& metrics);

// A run with its metrics.
struct RunReport {
  RunResult result;
  Metrics metrics;
};

// A job: the object of its one run, or {request, runs:[object…]} of several, each naming its own
// timeframe and order. At least one run.
std::string to_json(const std::vector<RunReport>& runs);

}  // namespace everbit::backtest
