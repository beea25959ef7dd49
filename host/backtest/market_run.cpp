#include "backtest/market_run.h"

#include <limits>

namespace everbit::backtest {

MarketRun::MarketRun(std::string market, std::unique_ptr<CandleSource> source,
                     std::unique_ptr<plugins::StrategyInstance> strategy, const Request& request)
    : market_(std::move(market)),
      source_(std::move(source)),
      strategy_(std::move(strategy)),
      from_(request.from.value_or(std::numeric_limits<std::int64_t>::min())),
      to_(request.to.value_or(std::numeric_limits<std::int64_t>::max())),
      engine_(request.timeframes) {}

Result<void> MarketRun::open() {
  if (auto pulled = pull(); !pulled) return pulled;
  return strategy_->start();
}

Result<void> MarketRun::pull() {
  Candle next{};
  const auto more = source_->next(next);
  if (!more) return more.error();
  if (!*more || next.close_time > to_) {
    pending_.reset();
    return {};
  }
  if (engine_.check(next) != trading::CandleFault::kNone) {
    return Error("CANDLES_ORDER", "candles out of order or off the grid", market_);
  }
  pending_ = next;
  return {};
}

std::optional<std::int64_t> MarketRun::next_close() const {
  if (!pending_) return std::nullopt;
  if (!engine_.started()) return pending_->close_time;
  return engine_.next_open() + engine_.timeframes().signal_s * trading::kNanosecondsPerSecond;
}

Result<void> MarketRun::step() {
  evaluated_ = false;
  Result<void> outcome;
  const auto emit = [&](std::int32_t role, const Candle& candle) {
    if (!outcome) return;
    const bool decides = role == EB_ROLE_SIGNAL && candle.open_time >= from_;
    outcome = decides ? decide(candle) : strategy_->learn(role, candle);
    if (role == EB_ROLE_SIGNAL) count(candle);
  };
  if (engine_.started() && pending_->open_time > engine_.next_open()) {
    engine_.fill(emit);
    return outcome;
  }
  hash_.add(*pending_);
  engine_.push(*pending_, emit);
  return outcome ? pull() : outcome;
}

Result<void> MarketRun::decide(const Candle& candle) {
  candle_ = candle;
  evaluated_ = true;
  const Decimal close = from_abi(candle.close).value();
  if (!any_evaluated_) data_.first_close = close;
  any_evaluated_ = true;
  data_.last_close = close;
  if (auto decided = strategy_->decide(candle, position_, {}, decision_); !decided) return decided;
  if (data_.first_with_regime == 0 && decision_.regime != "WARMUP") {
    data_.first_with_regime = candle.open_time;
  }
  return {};
}

void MarketRun::count(const Candle& candle) {
  if ((candle.flags & EB_CANDLE_FILLED) != 0) {
    ++data_.filled;
    return;
  }
  if (data_.rows++ == 0) data_.first_open = candle.open_time;
  data_.last_open = candle.open_time;
}

void MarketRun::keep_plan() {
  if (decision_.plan) position_.plan = decision_.plan;
}

void MarketRun::enter(const Fill& fill) {
  position_.state = EB_POSITION_OPEN;
  position_.quantity = fill.volume;
  position_.average_price = fill.price;
  position_.entry_close = candle_.close_time;
  position_.last_intent = EB_INTENT_ENTRY;
  position_.last_outcome = EB_OUTCOME_FILLED;
  position_.last_signal_close = candle_.close_time;
  position_.plan = decision_.plan;
}

void MarketRun::leave(const Fill& fill, std::int32_t intent) {
  position_.quantity -= fill.volume;
  position_.last_intent = intent;
  position_.last_outcome = EB_OUTCOME_FILLED;
  position_.last_signal_close = candle_.close_time;
  if (position_.quantity.is_positive()) return;
  position_.state = EB_POSITION_FLAT;
  position_.last_exit = intent;
  position_.last_exit_close = candle_.close_time;
}

MarketData MarketRun::take_data() {
  data_.sha256 = hash_.finish();
  return std::move(data_);
}

}  // namespace everbit::backtest
