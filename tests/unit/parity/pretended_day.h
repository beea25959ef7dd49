#pragma once

#include <map>
#include <string>
#include <vector>

#include "parity/recording.h"

namespace everbit::parity::testing {

using Params = std::vector<std::pair<std::string, std::string>>;

// What a live day of EXTREME_FLIP is made of.
struct DayPlan {
  backtest::Request request;  // timeframes, costs, parameters
  std::map<std::string, std::vector<Candle>> candles;
  std::int64_t from = 0;
  std::int64_t to = 0;
  // Of the real fills, against the close.
  Decimal slippage_bps;
};

// The recording that a trader would have left which lived through that day, all in time and in one
// round a close.
Recording pretend_day(const DayPlan& plan);

// The state of an instance that has learned every candle that closed by `as_of`.
backtest::KeptState state_at(const DayPlan& plan, const std::string& market, std::int64_t as_of);

}  // namespace everbit::parity::testing
