#include "parity/replay.h"

#include <algorithm>

#include "backtest/engine.h"

namespace everbit::parity {
namespace {

// What the strategies saw, and before the recording what the cache has. A period whose decision is
// missing counts as the cache tells it: live never saw it.
std::vector<Candle> recorded_candles(const MarketRecording& market) {
  const std::int64_t begin = market.track.states.begin()->first;
  std::map<std::int64_t, Candle> candles;  // by open time
  for (const Candle& candle : market.cached) {
    const bool recorded = candle.close_time > begin && market.decisions.contains(candle.close_time);
    if (!recorded) candles.emplace(candle.open_time, candle);
  }
  for (const auto& [close, decision] : market.decisions) {
    if (close > begin && !decision.is_filled()) {
      candles.emplace(decision.candle.open_time, decision.candle);
    }
  }
  std::vector<Candle> in_order;
  in_order.reserve(candles.size());
  for (const auto& [open, candle] : candles) in_order.push_back(candle);
  return in_order;
}

std::vector<std::string> codes_of(const plugins::StrategyInstance& strategy,
                                  const std::vector<std::int32_t>& reasons) {
  std::vector<std::string> codes;
  codes.reserve(reasons.size());
  for (const std::int32_t reason : reasons) codes.emplace_back(strategy.reason_code(reason));
  return codes;
}

Outcome outcome_of(const backtest::Judged& judged) {
  const plugins::Decision& decision = judged.decision;
  Outcome outcome;
  outcome.state = decision.state;
  outcome.codes = codes_of(judged.strategy, decision.reasons);
  if (judged.refusals != nullptr) outcome.refusals = *judged.refusals;
  if (decision.action == EB_ACTION_BUY) outcome.side = "BUY";
  if (decision.action == EB_ACTION_SELL) outcome.side = "SELL";
  outcome.all = decision.wants_exit() && decision.all;
  outcome.wants_entry = decision.wants_entry();
  outcome.position = judged.position;
  return outcome;
}

backtest::LiveReplay replay_of(const Recording& recording, bool real_fills) {
  backtest::LiveReplay live;
  for (const auto& [market, recorded] : recording.markets) live.markets[market] = recorded.track;
  live.real_fills = real_fills;
  live.end = recording.end;
  live.min_order = recording.min_order;
  live.max_order = recording.max_order;
  live.max_open_markets = recording.max_open_markets;
  return live;
}

}  // namespace

Result<Outcomes> replay(const Recording& recording, ReplayCandles which, bool real_fills) {
  Outcomes outcomes;
  if (recording.markets.empty()) return Error("RECORDING", "nothing was recorded");
  const backtest::LiveReplay live = replay_of(recording, real_fills);
  backtest::Request request = recording.request;
  request.markets.clear();
  request.to = recording.end;
  std::map<std::string, std::unique_ptr<backtest::CandleSource>> sources;
  for (const auto& [code, market] : recording.markets) {
    request.markets.push_back(code);
    const auto first = market.track.states.begin()->first;
    if (!request.from || first < *request.from) request.from = first;
    sources[code] = std::make_unique<backtest::MemoryCandleSource>(
        which == ReplayCandles::kCached ? market.cached : recorded_candles(market));
  }
  backtest::RunProbe probe;
  probe.replay = &live;
  probe.observe = [&](const backtest::Judged& judged) {
    Outcome outcome = outcome_of(judged);
    const plugins::Decision& decision = judged.decision;
    if (real_fills && decision.wants_entry()) outcome.amount = decision.amount;
    if (real_fills && decision.wants_exit()) {
      outcome.amount = decision.all ? outcome.position.quantity : decision.volume;
    }
    outcomes[judged.market][judged.close_time] = std::move(outcome);
  };
  backtest::Engine engine(std::move(request), *recording.plugins.front(), std::move(probe));
  const auto result = engine.run(std::move(sources));
  if (!result) return result.error();
  for (const backtest::Signal& signal : result->signals) {
    if (!real_fills) outcomes[signal.market][signal.close_time].amount = signal.requested;
  }
  return outcomes;
}

}  // namespace everbit::parity
