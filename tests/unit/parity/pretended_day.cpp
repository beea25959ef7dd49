#include "unit/parity/pretended_day.h"

#include "base/clock.h"
#include "parity/replay.h"
#include "trading/market/candle_engine.h"
#include "unit/backtest/support.h"

namespace everbit::parity::testing {
namespace {

using backtest::KeptState;
using trading::kNanosecondsPerSecond;

void put_decision(Recording& recording, const std::string& market, std::int64_t close,
                  const Outcome& outcome) {
  LiveDecision decision;
  decision.state = outcome.state;
  decision.codes = outcome.codes;
  decision.refusals = outcome.refusals;
  decision.side = outcome.side;
  decision.amount = outcome.amount;
  decision.decided_at = close + kNanosecondsPerSecond;
  const int period = recording.request.timeframes.signal_s;
  MarketRecording& recorded = recording.markets.at(market);
  const Candle* before = nullptr;
  for (const Candle& candle : recorded.cached) {
    if (candle.close_time <= close) before = &candle;
  }
  decision.candle = *before;
  if (before->close_time != close) {
    decision.candle = trading::fill_candle(close - period * kNanosecondsPerSecond, period,
                                           before->close, before->close_f);
  }
  recorded.track.positions[close] = outcome.position;
  recorded.decisions[close] = std::move(decision);
}

}  // namespace

KeptState state_at(const DayPlan& plan, const std::string& market, std::int64_t as_of) {
  const ManualClock clock;
  plugins::InstanceOptions options;
  options.name = "warm-up";
  options.strategy_key = plan.request.strategy_key;
  options.market = market;
  options.mode = EB_MODE_BACKTEST;
  options.signal_s = plan.request.timeframes.signal_s;
  options.macro_s = plan.request.timeframes.macro_s;
  options.long_s = plan.request.timeframes.long_s;
  options.params = plan.request.params;
  options.clock = &clock;
  options.strand = std::make_shared<plugins::DriverStrand>();
  options.budget.reset();
  auto strategy =
      plugins::StrategyInstance::create(backtest::testing::extreme_flip(), std::move(options))
          .value();
  strategy->start().value();
  trading::CandleEngine engine(plan.request.timeframes);
  const auto learn = [&](std::int32_t role, const Candle& closed) {
    if (closed.close_time <= as_of) strategy->learn(role, closed).value();
  };
  for (const Candle& candle : plan.candles.at(market)) {
    if (candle.close_time <= as_of) engine.push(candle, learn);
  }
  while (engine.started() && engine.next_open() < as_of) engine.fill(learn);
  return {strategy->save().value(), nullptr, plan.request.params};
}

Recording pretend_day(const DayPlan& plan) {
  Recording recording;
  recording.request = plan.request;
  recording.request.slippage_bps = plan.slippage_bps;
  recording.end = plan.to;
  recording.plugins = {
      std::make_shared<const plugins::LoadedPlugin>(backtest::testing::extreme_flip())};
  for (const auto& [market, candles] : plan.candles) {
    MarketRecording& recorded = recording.markets[market];
    recorded.track.states[plan.from] = state_at(plan, market, plan.from);
    recorded.cached = candles;
  }
  const auto lived = replay(recording, ReplayCandles::kCached, false).value();
  for (const auto& [market, outcomes] : lived) {
    for (const auto& [close, outcome] : outcomes) put_decision(recording, market, close, outcome);
  }
  for (const auto& [market, outcomes] : lived) {
    for (const auto& [close, outcome] : outcomes) {
      if (!outcome.wants_entry) continue;
      for (const auto& [other, decided] : lived) {
        const auto found = decided.find(close);
        if (found == decided.end() || !found->second.wants_entry) continue;
        recording.markets.at(market).decisions.at(close).ranked.push_back(other);
      }
    }
  }
  recording.request.slippage_bps = plan.request.slippage_bps;
  return recording;
}

}  // namespace everbit::parity::testing
