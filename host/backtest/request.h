#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "trading/market/candle.h"

namespace everbit::backtest {

// Where and when what is decided at a close is filled (page 80): at that close, at the next open,
// or at the close with stop and target resting during the candle between.
enum class FillModel { kClose, kNextOpen, kOhlcPath };
std::optional<FillModel> fill_model_of(std::string_view name);

// Which way a candle is taken to have gone from its open to its close; each is a run of its own.
enum class PathOrder { kPessimistic, kOptimistic };  // the low first, the high first
std::string_view name_of(PathOrder order);

// One run: one signal timeframe, its own capital. Times are nanoseconds UTC.
struct Request {
  std::vector<std::string> markets;  // by code, each once
  trading::Timeframes timeframes{};
  std::optional<std::int64_t> from;  // nothing: the first candle
  std::optional<std::int64_t> to;    // nothing: the close of the last candle
  Decimal initial_capital = Decimal::from_int(10'000'000);
  Decimal fee_rate = Decimal::of("0.0005");
  Decimal slippage_bps;
  Decimal price_scale = Decimal::from_int(1);
  std::string fill_model = "close";
  PathOrder path_order = PathOrder::kPessimistic;  // of ohlc_path
  std::string strategy_key = "EXTREME_FLIP";
  std::vector<std::pair<std::string, std::string>> params;
  std::map<std::string, double> priorities;

  double priority_of(const std::string& market) const {
    const auto found = priorities.find(market);
    return found == priorities.end() ? 0.0 : found->second;
  }
};

// "15m" (or "15"), "60m", "240m" and the macro and long timeframes that follow. Code
// BACKTEST_REQUEST, field timeframes.
Result<trading::Timeframes> timeframes_of(std::string_view text);
std::string timeframe_name(int seconds);

// ISO-8601 with a zone, or a date, which is 00:00 UTC.
Result<std::int64_t> parse_time(std::string_view text, std::string_view field);

// The runs that a request asks for: ohlc_path is run in both orders.
std::vector<Request> runs_of(const Request& request);

// Code BACKTEST_REQUEST; the field is the offending one.
Result<void> validate(const Request& request);
// Everything that is wrong with it, at most one problem a field.
std::vector<Error> problems_of(const Request& request);

}  // namespace everbit::backtest
