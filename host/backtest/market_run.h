#pragma once

#include <array>
#include <deque>
#include <limits>
#include <memory>
#include <optional>

#include "backtest/candle_hash.h"
#include "backtest/candle_source.h"
#include "backtest/live_track.h"
#include "backtest/resting_orders.h"
#include "backtest/result.h"
#include "plugins/strategy/strategy_instance.h"
#include "trading/market/candle_engine.h"

namespace everbit::backtest {

// One market of a run: its candles, its instance of the strategy, its position. One thread.
class MarketRun {
 public:
  MarketRun(std::string market, std::unique_ptr<CandleSource> source,
            std::unique_ptr<plugins::StrategyInstance> strategy, const Request& request,
            std::size_t history = 0, const LiveReplay* replay = nullptr);

  const std::string& market() const { return market_; }
  plugins::StrategyInstance& strategy() { return *strategy_; }
  const plugins::StrategyInstance& strategy() const { return *strategy_; }
  // Of the live run that is replayed; null: a back-test.
  const LiveTrack* track() const { return track_; }
  // One that has been loaded and started.
  void replace_strategy(std::unique_ptr<plugins::StrategyInstance> next) {
    strategy_ = std::move(next);
  }
  double progress() const { return source_->progress(); }

  // Reads ahead; before the first step.
  Result<void> open();
  // Close time of the period that comes next; kNoClose at the end of the market.
  static constexpr std::int64_t kNoClose = std::numeric_limits<std::int64_t>::max();
  std::int64_t next_close() const { return next_close_; }
  // Closes that period. A candle in range waits for decide() or pass(); the strategy has learned
  // from every other.
  Result<void> step();

  // Whether the candle of the last step is traded on.
  bool in_range() const { return in_range_; }
  const Candle& candle() const { return *candle_; }
  // In a replay, before decide(): takes up the position that live had, as long as it counts. True
  // when it is one that the run's own fills go on from.
  bool adopt_position();
  // What the strategy makes of that candle.
  Result<void> decide(bool levels_wanted);
  const plugins::Decision& decision() const { return decision_; }
  // The candle is not evaluated, because a resting order of `intent` was filled in it: indicators
  // advance, and with a rest still held its trail and its levels.
  Result<void> pass(std::int32_t intent);

  // Open of the candle after, a filled one's too; nothing if the market ends here.
  std::optional<Decimal> next_open() const;

  bool holds() const { return position_.state == EB_POSITION_OPEN; }
  const plugins::PositionView& position() const { return position_; }
  Decimal last_close() const { return data_.last_close; }

  // What became of the decision: the strategy sees it with the next candle.
  void keep_plan();
  void enter(const Fill& fill);
  // `intent` leaves the position flat when it sells all.
  void leave(const Fill& fill, std::int32_t intent);
  // The first target was taken by a resting order.
  void take_target();
  // The entry that was decided on did not come about.
  void lapse();

  MarketData take_data();

  // The open trade; whoever fills keeps it.
  std::optional<Trade> trade;
  // Of the next candle, with ohlc_path.
  std::optional<RestingOrders> resting;

 private:
  Result<void> pull();
  void find_next_close();
  Result<void> learn(std::int32_t role, const Candle& candle);
  Result<void> take(const Candle& candle);
  Result<void> show_history();
  bool has_period() const;
  void count(const Candle& candle);

  std::string market_;
  std::unique_ptr<CandleSource> source_;
  std::unique_ptr<plugins::StrategyInstance> strategy_;
  std::int64_t from_;
  std::int64_t to_;
  std::size_t most_history_;  // of each timeframe; 0: all
  const LiveReplay* replay_;
  const LiveTrack* track_ = nullptr;
  bool adopts_ = false;
  // With a limit, what comes before `from` waits until it is known to be the last.
  std::deque<std::pair<std::int32_t, Candle>> history_;
  std::array<std::size_t, 4> history_of_role_{};
  trading::CandleEngine engine_;
  // The candle that was read ahead, and the one before it.
  std::array<Candle, 2> read_{};
  std::size_t pending_ = 0;
  bool ended_ = true;
  std::int64_t next_close_ = kNoClose;
  bool in_range_ = false;
  bool any_in_range_ = false;
  const Candle* candle_ = nullptr;  // into read_, or filled_
  Candle filled_{};
  plugins::Decision decision_;
  plugins::PositionView position_;
  MarketData data_;
  CandleHash hash_;
};

}  // namespace everbit::backtest
