#pragma once

#include <memory>
#include <optional>

#include "backtest/candle_hash.h"
#include "backtest/candle_source.h"
#include "backtest/result.h"
#include "plugins/strategy/strategy_instance.h"
#include "trading/market/candle_engine.h"

namespace everbit::backtest {

// One market of a run: its candles, its instance of the strategy, its position. One thread.
class MarketRun {
 public:
  MarketRun(std::string market, std::unique_ptr<CandleSource> source,
            std::unique_ptr<plugins::StrategyInstance> strategy, const Request& request);

  const std::string& market() const { return market_; }
  plugins::StrategyInstance& strategy() { return *strategy_; }
  double progress() const { return source_->progress(); }

  // Reads ahead; before the first step.
  Result<void> open();
  // Close time of the period that comes next; nothing at the end of the market.
  std::optional<std::int64_t> next_close() const;
  // Closes that period: the strategy learns from its candles and decides on an evaluated one.
  Result<void> step();

  // Of the last step.
  bool evaluated() const { return evaluated_; }
  const Candle& candle() const { return candle_; }
  const plugins::Decision& decision() const { return decision_; }

  bool holds() const { return position_.state == EB_POSITION_OPEN; }
  const plugins::PositionView& position() const { return position_; }
  Decimal last_close() const { return data_.last_close; }

  // What became of the decision: the strategy sees it with the next candle.
  void keep_plan();
  void enter(const Fill& fill);
  // `intent` leaves the position flat when it sells all.
  void leave(const Fill& fill, std::int32_t intent);

  MarketData take_data();

  // The open trade; whoever fills keeps it.
  std::optional<Trade> trade;

 private:
  Result<void> pull();
  Result<void> decide(const Candle& candle);
  void count(const Candle& candle);

  std::string market_;
  std::unique_ptr<CandleSource> source_;
  std::unique_ptr<plugins::StrategyInstance> strategy_;
  std::int64_t from_;
  std::int64_t to_;
  trading::CandleEngine engine_;
  std::optional<Candle> pending_;
  bool evaluated_ = false;
  bool any_evaluated_ = false;
  Candle candle_{};
  plugins::Decision decision_;
  plugins::PositionView position_;
  MarketData data_;
  CandleHash hash_;
};

}  // namespace everbit::backtest
