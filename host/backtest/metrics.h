#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backtest/result.h"

namespace everbit::backtest {

// A group of trades: all, or those of a market, a month, an exit reason.
struct TradeStats {
  std::int64_t trades = 0;
  std::int64_t wins = 0;
  std::int64_t losses = 0;
  std::optional<double> win_rate;
  Decimal pnl;
  std::optional<double> profit_factor;
  bool profit_factor_infinite = false;
};

// The fixed metrics of a run; nothing where the specification says null.
struct Metrics {
  TradeStats all;
  Decimal initial_capital;
  Decimal end_equity;
  double days = 0;
  double total_return = 0;
  std::optional<double> cagr;
  double mdd = 0;
  std::int64_t longest_drawdown_seconds = 0;
  Decimal fees;
  Decimal slippage_paid;
  std::optional<double> average_holding_seconds;
  double exposure = 0;
  std::optional<Decimal> expectancy;
  std::optional<double> sharpe;
  std::optional<double> sortino;
  std::optional<double> calmar;
  std::optional<double> sqn;
  double down_trend_entry_share = 0;
  double buy_and_hold_return = 0;
  std::map<std::string, TradeStats> per_market;
  std::map<std::string, TradeStats> per_month;
  std::map<std::string, TradeStats> per_exit_reason;
};

Metrics measure(const RunResult& result);

// Of each UTC day its return; a close at 00:00 belongs to the day it ends.
std::vector<double> daily_returns(const RunResult& result);

}  // namespace everbit::backtest
