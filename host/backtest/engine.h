#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backtest/candle_source.h"
#include "backtest/market_run.h"
#include "backtest/result.h"
#include "backtest/run_probe.h"
#include "base/clock.h"
#include "plugins/loader.h"
#include "trading/risk/arbiter.h"

namespace everbit::backtest {

// How far a run is, 0 to 1.
using Progress = std::function<void(double)>;

// Runs the same strategy file, risk gate and arbiter as live over stored candles; fills by the
// request's model. The calling thread is the strategy's strand. One run an object.
class Engine {
 public:
  Engine(Request request, const plugins::LoadedPlugin& plugin, RunProbe probe = {});

  // One source for each market of the request. Codes: BACKTEST_REQUEST, CANDLES_MISSING, those of
  // the sources, and what the strategy refuses.
  Result<RunResult> run(std::map<std::string, std::unique_ptr<CandleSource>> sources,
                        const Progress& progress = {});

 private:
  // Decided at a close, filled at the next open.
  struct Order {
    MarketRun* market;
    std::optional<Trade> entry;  // nothing: a sale
    Decimal minimum;             // of an entry: less is no order
    Decimal volume;              // of a sale
    bool all = false;
    std::int32_t intent = EB_INTENT_NONE;
    std::vector<std::string> reasons;
  };

  Result<void> open(std::map<std::string, std::unique_ptr<CandleSource>> sources);
  Result<std::unique_ptr<plugins::StrategyInstance>> make_strategy(const std::string& market);
  Result<std::unique_ptr<plugins::StrategyInstance>> make_from(const std::string& market,
                                                               const KeptState& kept);
  Result<void> restart();
  Result<void> step(std::int64_t close_time);
  Result<void> evaluate(MarketRun& market);
  void apply_exits();
  void apply_entries();
  Result<void> rest_orders();
  void enter(MarketRun& market, Decimal amount, Decimal minimum);
  void refuse(MarketRun& market, std::vector<std::string> reasons);
  void count_decision(const MarketRun& market, const std::vector<std::string>* host_reasons);
  void record_equity(std::int64_t close_time);
  bool has_real_fills() const { return probe_.replay != nullptr && probe_.replay->real_fills; }
  trading::EntryCandidate candidate_of(const MarketRun& market) const;
  void hear();
  void take_over_position(MarketRun& market);
  Result<void> take_up_states(std::int64_t close_time);
  void close_positions();
  void resolve_request();
  std::string missing_range() const;
  std::vector<std::string> codes(MarketRun& market, const std::vector<std::int32_t>& numbers) const;
  double progress() const;

  // engine_fills.cpp
  bool fill_resting(MarketRun& market);
  void fill_at_open();
  void fill_entry_at_open(Order& order);
  void open_position(MarketRun& market, Trade trade, const Fill& fill);
  void lapse(MarketRun& market, const Trade& entry, const std::string& code);
  Exit exit_of(const MarketRun& market, std::string intent, std::vector<std::string> reasons,
               bool all) const;
  void sell(MarketRun& market, Decimal volume, Decimal price, std::int32_t intent, Exit exit);

  RunResult result_;
  const plugins::LoadedPlugin& plugin_;
  FillModel model_;
  RunProbe probe_;
  std::shared_ptr<plugins::DriverStrand> strand_;
  ManualClock clock_;
  std::vector<std::unique_ptr<MarketRun>> markets_;
  std::vector<MarketRun*> closing_;  // evaluated at the running close, by code
  std::vector<MarketRun*> passed_;   // not evaluated: a resting order was filled in the candle
  Ledger ledger_;
  int open_positions_ = 0;
  // What the entries of a close are judged on: the above, but with next_open as if all orders of
  // the close had been filled at it.
  Ledger reckoned_;
  int reckoned_positions_ = 0;
  std::vector<Order> orders_;
  std::size_t entries_ = 0;
  std::vector<std::uint64_t> reason_counts_;
};

}  // namespace everbit::backtest
