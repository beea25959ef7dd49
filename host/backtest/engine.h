#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backtest/candle_source.h"
#include "backtest/market_run.h"
#include "backtest/result.h"
#include "base/clock.h"
#include "plugins/loader.h"
#include "trading/risk/arbiter.h"

namespace everbit::backtest {

// How far a run is, 0 to 1.
using Progress = std::function<void(double)>;

// Runs the same strategy file, risk gate and arbiter as live over stored candles; fills at the
// close of the signal candle. The calling thread is the strategy's strand. One run an object.
class Engine {
 public:
  Engine(Request request, const plugins::LoadedPlugin& plugin);

  // One source for each market of the request. Codes: BACKTEST_REQUEST, CANDLES_MISSING, those of
  // the sources, and what the strategy refuses.
  Result<RunResult> run(std::map<std::string, std::unique_ptr<CandleSource>> sources,
                        const Progress& progress = {});

 private:
  Result<void> open(std::map<std::string, std::unique_ptr<CandleSource>> sources);
  Result<void> step(std::int64_t close_time);
  void apply_exits();
  void apply_entries();
  void enter(MarketRun& market, Decimal amount);
  void refuse(MarketRun& market, std::vector<std::string> reasons);
  void sell(MarketRun& market, Decimal volume, bool all, std::int32_t intent,
            const std::string& intent_name, std::vector<std::string> reasons);
  void count_decision(const MarketRun& market, const std::vector<std::string>* host_reasons);
  void record_equity(std::int64_t close_time);
  void close_positions();
  void resolve_request();
  std::vector<std::string> codes(MarketRun& market, const std::vector<std::int32_t>& numbers) const;
  double progress() const;

  RunResult result_;
  const plugins::LoadedPlugin& plugin_;
  ManualClock clock_;
  std::vector<std::unique_ptr<MarketRun>> markets_;
  std::vector<MarketRun*> closing_;  // evaluated at the running close, by code
  Ledger ledger_;
  int open_positions_ = 0;
  std::size_t entries_ = 0;
  std::vector<std::uint64_t> reason_counts_;
};

}  // namespace everbit::backtest
