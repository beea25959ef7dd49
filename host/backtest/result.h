#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backtest/ledger.h"
#include "backtest/request.h"
#include "plugins/strategy/strategy_instance.h"

namespace everbit::backtest {

// Times are nanoseconds UTC.

struct Exit {
  std::int64_t open_time = 0;
  std::int64_t close_time = 0;
  std::int64_t fill_time = 0;
  std::string intent;
  std::vector<std::string> reasons;
  Fill fill;
  bool all = false;
  bool intrabar = false;  // by a resting order, before the candle closed
};

// One entry until the position is flat.
struct Trade {
  std::size_t number = 0;  // in order of the entries, those of one close in ranking order
  std::string market;
  std::string entry_regime;
  double strength = 0;
  std::optional<double> atr;
  Decimal amount;
  std::int64_t watch_candle = 0;
  std::int64_t open_time = 0;
  std::int64_t close_time = 0;
  std::int64_t fill_time = 0;
  std::vector<std::string> reasons;
  Fill entry;
  std::vector<Exit> exits;
  bool end_of_run = false;

  WideDecimal fees() const;
  WideDecimal pnl() const;
  std::int64_t holding_seconds() const;
  const std::string& exit_reason() const { return exits.back().reasons.front(); }
};

struct Signal {
  std::string market;
  std::int64_t open_time = 0;
  std::int64_t close_time = 0;
  bool buy = false;
  std::string intent;
  std::vector<std::string> reasons;
  double strength = 0;
  std::string regime;
  std::string entry_regime;
  Decimal requested;  // KRW of a buy, volume of a sale
};

struct RefusedEntry {
  std::string market;
  std::int64_t open_time = 0;
  std::int64_t close_time = 0;
  std::string regime;
  double strength = 0;
  std::vector<std::string> reasons;
  std::int64_t watch_candle = 0;
};

struct EquityPoint {
  std::int64_t close_time = 0;
  Decimal value;
};

struct MarketData {
  std::int64_t rows = 0;
  std::int64_t filled = 0;
  std::int64_t first_open = 0;
  std::int64_t last_open = 0;
  std::int64_t first_with_regime = 0;  // open time of the first evaluated one; 0: none
  std::string sha256;                  // of the real candles used
  // Of the evaluated candles.
  Decimal first_close;
  Decimal last_close;
};

struct RunResult {
  Request request;  // from and to resolved
  std::string strategy_version;
  std::string strategy_sha256;
  std::vector<plugins::StrategyParam> params;  // what there is
  std::map<std::string, MarketData> data;
  std::vector<Signal> signals;
  std::vector<Trade> trades;  // by number
  std::vector<RefusedEntry> refused_entries;
  std::map<std::string, std::uint64_t> decisions;
  std::vector<EquityPoint> equity;
  std::int64_t first_open = 0;  // of the first evaluated candle
  std::uint64_t closes_with_position = 0;
  Decimal slippage_paid;
};

}  // namespace everbit::backtest
