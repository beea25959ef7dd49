#include "gates.h"

#include <algorithm>
#include <cmath>

#include "position.h"

namespace everbit::extreme_flip {
namespace {

void add_flip(const Market& market, Gates& gates) {
  const Snapshot& now = market.signal.now();
  const auto& flip = market.parameters.flip;
  if (now.has_previous) gates.above("FLIP_PREV_HIGH", now.close, now.previous_high);
  gates.at_least("FLIP_RSI", now.rsi, flip.buy_rsi);
  gates.above("FLIP_EMA", now.close, now.ema);
  gates.at_least("FLIP_DEV_RISE", now.dev - now.previous_dev, flip.buy_dev_rise);
  gates.yes("FLIP", market.signal.buy_flip());
}

void add_downtrend(const Market& market, const Watch& watch, Gates& gates) {
  const auto& limit = market.parameters.downtrend;
  gates.at_most("MACRO_RSI", market.macro.rsi(), limit.macro_rsi_m);
  gates.at_most("MACRO_DEV", market.macro.deviation(), limit.macro_dev_m);
  gates.at_most("LONG_RSI", market.long_term.rsi(), limit.macro_rsi_l);
  gates.at_most("LONG_DEV", market.long_term.deviation(), limit.macro_atr_l);
  gates.yes("DIVERGENCE", market.signal.bullish_divergence());
  gates.yes("CAPITULATION", watch.capitulation);
}

void add_section_8(const Market& market, const Watch& watch, Gates& gates) {
  const Parameters& p = market.parameters;
  if (market.regime == Regime::kUpTrend || market.regime == Regime::kTransition) {
    gates.below("CHASE", market.signal.now().close, p.chase * market.signal.rolling_high());
  }
  if (market.regime == Regime::kDownTrend) add_downtrend(market, watch, gates);
  const double traded = market.candle.value_24h_known != 0 ? market.candle.traded_value_24h_f
                                                           : market.signal.traded_value_24h();
  gates.at_least("LIQUIDITY", traded, p.min_traded_value_24h);
}

}  // namespace

void Gates::add(std::string_view name, double value, double threshold, std::int32_t relation,
                bool passed) {
  if (!std::isfinite(value) || !std::isfinite(threshold) || count_ == gates_.size()) return;
  eb_gate& gate = gates_[count_++];
  gate.name = eb::str(name);
  gate.value = value;
  gate.threshold = threshold;
  gate.relation = relation;
  gate.passed = passed ? 1 : 0;
}

void Gates::at_most(std::string_view name, double value, double threshold) {
  add(name, value, threshold, EB_GATE_AT_MOST, value <= threshold);
}

void Gates::at_least(std::string_view name, double value, double threshold) {
  add(name, value, threshold, EB_GATE_AT_LEAST, value >= threshold);
}

void Gates::above(std::string_view name, double value, double threshold) {
  add(name, value, threshold, EB_GATE_ABOVE, value > threshold);
}

void Gates::below(std::string_view name, double value, double threshold) {
  add(name, value, threshold, EB_GATE_BELOW, value < threshold);
}

void add_entry_gates(const Market& market, const Watch& watch, Gates& gates) {
  if (market.regime == Regime::kWarmup) {
    gates.yes("REGIME_KNOWN", false);
    return;
  }
  const Extreme& row = market.parameters.oversold[row_of(market.regime)];
  const Snapshot& now = market.signal.now();
  gates.at_most("OS_PCT_B", market.signal.bands().percent_b(now.close), row.pct_b);
  gates.at_most("OS_RSI", now.rsi, row.rsi);
  gates.at_most("OS_DEV", now.dev, row.dev);
  if (!watch.active || watch.regime != market.regime) return;
  add_flip(market, gates);
  if (market.signal.buy_flip()) add_section_8(market, watch, gates);
}

// A passed gate is an exit that is asked for; the first of them is the one that is.
void Position::add_gates(SellWatch sell_watch, Gates& gates) const {
  const Snapshot& now = market_.signal.now();
  const Parameters& p = market_.parameters;
  gates.at_most("STOP", now.close, entry_ - rule_->stop * fields_.atr);
  if (fields_.regime == Regime::kDownTrend) {
    gates.above("TIME", static_cast<double>(candles_since(fields_.entry_close)),
                static_cast<double>(p.time_candles));
  }
  if ((flags_ & EB_PLAN_TRAIL_STARTED) != 0) {
    const double top = std::max(math_.to_double(trail_top_), now.close);
    gates.at_most("TRAIL", now.close, top - rule_->trail * fields_.atr);
  } else {
    gates.at_least("TRAIL_START", now.close, entry_ + rule_->target * fields_.atr);
  }
  const Extreme& row = p.overbought[row_of(market_.regime)];
  if (market_.signal.ready()) {
    gates.at_least("OB_PCT_B", market_.signal.bands().percent_b(now.close), row.pct_b);
  }
  gates.at_least("OB_RSI", now.rsi, row.rsi);
  gates.at_least("OB_DEV", now.dev, row.dev);
  if (sell_watch > fields_.entry_close) {
    gates.at_most("SELL_WATCH_AGE", static_cast<double>(candles_since(sell_watch)),
                  static_cast<double>(p.sell_watch_candles));
    gates.yes("SELL_FLIP", market_.signal.sell_flip());
    gates.above("ABOVE_ENTRY", now.close, entry_);
  }
  if ((flags_ & EB_PLAN_TP1_TAKEN) == 0) gates.yes("TARGET", target_reached());
}

}  // namespace everbit::extreme_flip
