#include "backtest/market_run.h"

#include <algorithm>

namespace everbit::backtest {

MarketRun::MarketRun(std::string market, std::unique_ptr<CandleSource> source,
                     std::unique_ptr<plugins::StrategyInstance> strategy, const Request& request,
                     std::size_t history, const LiveReplay* replay)
    : market_(std::move(market)),
      source_(std::move(source)),
      strategy_(std::move(strategy)),
      from_(request.from.value_or(std::numeric_limits<std::int64_t>::min())),
      to_(request.to.value_or(std::numeric_limits<std::int64_t>::max())),
      most_history_(history),
      replay_(replay),
      engine_(request.timeframes) {
  if (replay_ == nullptr) return;
  track_ = &replay_->markets.at(market_);
  from_ = track_->states.begin()->first;
  adopts_ = true;
}

Result<void> MarketRun::open() {
  if (auto pulled = pull(); !pulled) return pulled;
  return strategy_->start();
}

// The candle before stays where it is: it is the one that is decided on.
Result<void> MarketRun::pull() {
  pending_ ^= 1U;
  Candle& next = read_[pending_];
  const auto more = source_->next(next);
  if (!more) return more.error();
  ended_ = !*more || next.close_time > to_;
  if (!ended_ && engine_.check(next) != trading::CandleFault::kNone) {
    return Error("CANDLES_ORDER", "candles out of order or off the grid", market_);
  }
  find_next_close();
  return {};
}

// A back-test ends with a market's last candle; a replay with the recording.
bool MarketRun::has_period() const {
  if (!ended_) return true;
  const std::int64_t period = engine_.timeframes().signal_s * trading::kNanosecondsPerSecond;
  return replay_ != nullptr && engine_.started() && engine_.next_open() + period <= replay_->end;
}

void MarketRun::find_next_close() {
  if (!has_period()) {
    next_close_ = kNoClose;
  } else if (!engine_.started()) {
    next_close_ = read_[pending_].close_time;
  } else {
    next_close_ =
        engine_.next_open() + engine_.timeframes().signal_s * trading::kNanosecondsPerSecond;
  }
}

Result<void> MarketRun::step() {
  in_range_ = false;
  std::optional<Error> failed;
  const auto emit = [&](std::int32_t role, const Candle& candle) {
    if (failed) return;
    if (role == EB_ROLE_SIGNAL) count(candle);
    const bool traded = role == EB_ROLE_SIGNAL && candle.open_time >= from_;
    if (auto done = traded ? take(candle) : learn(role, candle); !done) failed = done.error();
  };
  const Candle& pending = read_[pending_];
  if (engine_.started() && (ended_ || pending.open_time > engine_.next_open())) {
    engine_.fill(emit);
    find_next_close();
    return failed ? Result<void>(*failed) : Result<void>();
  }
  hash_.add(pending);
  engine_.push(pending, emit);
  return failed ? Result<void>(*failed) : pull();
}

Result<void> MarketRun::learn(std::int32_t role, const Candle& candle) {
  // The state that the instance goes on from has seen it.
  if (track_ != nullptr && candle.close_time <= from_) return {};
  if (most_history_ == 0 || any_in_range_) return strategy_->learn(role, candle);
  history_.emplace_back(role, candle);
  std::size_t& count = history_of_role_[static_cast<std::size_t>(role)];
  if (++count <= most_history_) return {};
  --count;
  history_.erase(std::ranges::find(history_, role, &std::pair<std::int32_t, Candle>::first));
  return {};
}

Result<void> MarketRun::show_history() {
  for (const auto& [role, candle] : history_) {
    if (auto learned = strategy_->learn(role, candle); !learned) return learned;
  }
  history_.clear();
  return {};
}

Result<void> MarketRun::take(const Candle& candle) {
  if (!history_.empty()) {
    if (auto shown = show_history(); !shown) return shown;
  }
  if ((candle.flags & EB_CANDLE_FILLED) != 0) {
    filled_ = candle;
    candle_ = &filled_;
  } else {
    candle_ = &candle;
  }
  in_range_ = true;
  const Decimal close = from_abi(candle.close).value();
  if (!any_in_range_) data_.first_close = close;
  any_in_range_ = true;
  data_.last_close = close;
  return {};
}

bool MarketRun::adopt_position() {
  if (!adopts_) return false;
  const auto known = track_->positions.find(candle_->close_time);
  if (known == track_->positions.end()) return false;
  position_ = known->second;
  if (replay_->real_fills || position_.state == EB_POSITION_PENDING) return false;
  adopts_ = false;
  return holds();
}

Result<void> MarketRun::decide(bool levels_wanted) {
  plugins::CandleContext context{{}, levels_wanted};
  if (track_ != nullptr) {
    const auto traded = track_->traded_values.find(candle_->close_time);
    if (traded != track_->traded_values.end()) context.traded_value_24h = traded->second;
  }
  if (auto decided = strategy_->decide(*candle_, position_, context, decision_); !decided) {
    return decided;
  }
  if (data_.first_with_regime == 0 && decision_.regime != "WARMUP") {
    data_.first_with_regime = candle_->open_time;
  }
  return {};
}

Result<void> MarketRun::pass(std::int32_t intent) {
  if (!holds()) return strategy_->learn(EB_ROLE_SIGNAL, *candle_);
  plugins::PositionView view = position_;
  view.state = EB_POSITION_PENDING;
  view.pending_intent = intent;
  if (auto told = strategy_->decide(*candle_, view, {{}, true}, decision_); !told) return told;
  keep_plan();
  return {};
}

std::optional<Decimal> MarketRun::next_open() const {
  if (ended_) return std::nullopt;
  const Candle& pending = read_[pending_];
  const bool filled = pending.open_time > engine_.next_open();
  return filled ? data_.last_close : from_abi(pending.open).value();
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
  position_.entry_close = candle_->close_time;
  position_.last_intent = EB_INTENT_ENTRY;
  position_.last_outcome = EB_OUTCOME_FILLED;
  position_.last_signal_close = candle_->close_time;
  position_.plan = decision_.plan;
}

void MarketRun::leave(const Fill& fill, std::int32_t intent) {
  position_.quantity -= fill.volume;
  position_.last_intent = intent;
  position_.last_outcome = EB_OUTCOME_FILLED;
  position_.last_signal_close = candle_->close_time;
  if (position_.quantity.is_positive()) return;
  position_.state = EB_POSITION_FLAT;
  position_.last_exit = intent;
  position_.last_exit_close = candle_->close_time;
}

void MarketRun::take_target() {
  if (position_.plan) position_.plan->flags |= EB_PLAN_TP1_TAKEN;
}

void MarketRun::lapse() {
  position_.last_intent = EB_INTENT_ENTRY;
  position_.last_outcome = EB_OUTCOME_CANCELLED_UNFILLED;
  position_.last_signal_close = candle_->close_time;
}

MarketData MarketRun::take_data() {
  data_.sha256 = hash_.finish();
  return std::move(data_);
}

}  // namespace everbit::backtest
