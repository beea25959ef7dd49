#include "signal_series.h"

#include <cmath>

namespace everbit::extreme_flip {
namespace {

constexpr int kSecondsOfDay = 86'400;
constexpr double kUndefined = Snapshot::kUndefined;

}  // namespace

SignalSeries::SignalSeries(const Parameters& p, int timeframe_s)
    : parameters_(&p),
      ema_(p.ema_fast),
      rsi_(p.rsi_period),
      atr_(p.atr_period),
      bollinger_(p.bb_period, p.bb_k),
      volume_(p.volume_period),
      rolling_high_(p.rolling_high_period),
      pivots_(p.downtrend.pivot_wing, p.downtrend.divergence_candles),
      rsi_history_(p.downtrend.divergence_candles + 1),
      traded_values_(timeframe_s < kSecondsOfDay ? kSecondsOfDay / timeframe_s : 1) {}

void SignalSeries::push(const eb_candle& candle) {
  ema_.push(candle.close_f);
  rsi_.push(candle.close_f);
  atr_.push(candle.high_f, candle.low_f, candle.close_f);
  bollinger_.push(candle.close_f);
  volume_.push(candle.volume_f);
  rolling_high_.push(candle.high_f);
  pivots_.push(candle.low_f);
  traded_values_.push((candle.flags & EB_CANDLE_VALUE_KNOWN) != 0
                          ? candle.value_f
                          : candle.close_f * candle.volume_f);

  now_.has_previous = now_.known;
  now_.known = true;
  now_.previous_high = now_.high;
  now_.previous_low = now_.low;
  now_.previous_dev = now_.dev;
  now_.high = candle.high_f;
  now_.low = candle.low_f;
  now_.close = candle.close_f;
  now_.volume = candle.volume_f;
  now_.rsi = rsi_.ready() ? rsi_.value() : kUndefined;
  now_.ema = ema_.ready() ? ema_.value() : kUndefined;
  now_.atr = atr_.ready() ? atr_.value() : kUndefined;
  now_.dev = deviation();
  rsi_history_.push(now_.rsi);
}

double SignalSeries::deviation() const {
  if (!ema_.ready() || !atr_.ready()) return kUndefined;
  return now_.atr == 0 ? 0.0 : (now_.close - now_.ema) / now_.atr;
}

bool SignalSeries::ready() const {
  return ema_.ready() && rsi_.ready() && atr_.ready() && bollinger_.ready() && volume_.ready() &&
         rolling_high_.ready();
}

double SignalSeries::traded_value_24h() const {
  double sum = 0;
  traded_values_.each([&](double value) { sum += value; });
  return sum;
}

// The cheap two of the three conditions first: the bands cost two passes over their window.
bool SignalSeries::oversold(const Extreme& row) const {
  return now_.rsi <= row.rsi && now_.dev <= row.dev && bollinger_.ready() &&
         bands().percent_b(now_.close) <= row.pct_b;
}

bool SignalSeries::overbought(const Extreme& row) const {
  return now_.rsi >= row.rsi && now_.dev >= row.dev && bollinger_.ready() &&
         bands().percent_b(now_.close) >= row.pct_b;
}

bool SignalSeries::buy_flip() const {
  const auto& flip = parameters_->flip;
  int met = 0;
  met += now_.has_previous && now_.close > now_.previous_high ? 1 : 0;
  met += now_.rsi >= flip.buy_rsi ? 1 : 0;
  met += now_.close > now_.ema ? 1 : 0;
  met += now_.dev - now_.previous_dev >= flip.buy_dev_rise ? 1 : 0;
  return met >= flip.buy_count;
}

bool SignalSeries::sell_flip() const {
  const auto& flip = parameters_->flip;
  int met = 0;
  met += now_.has_previous && now_.close < now_.previous_low ? 1 : 0;
  met += now_.rsi <= flip.sell_rsi ? 1 : 0;
  met += now_.close < now_.ema ? 1 : 0;
  return met >= flip.sell_count;
}

double SignalSeries::strength() const {
  const auto& weight = parameters_->strength;
  return weight.dev * std::abs(now_.dev) +
         weight.pct_b * (weight.pct_b_mid - bands().percent_b(now_.close)) +
         weight.rsi * (weight.rsi_base - now_.rsi);
}

// The later of the two latest pivot lows is lower, its RSI higher.
bool SignalSeries::bullish_divergence() const {
  const auto pivots = pivots_.latest_two();
  if (!pivots) return false;
  const auto [older, newer] = *pivots;
  const auto& limit = parameters_->downtrend;
  return pivots_.low(newer) < pivots_.low(older) * (1 - limit.divergence_low) &&
         rsi_history_.back(newer) > rsi_history_.back(older) + limit.divergence_rsi;
}

void SignalSeries::save(eb::StateWriter& out) const {
  ema_.save(out);
  rsi_.save(out);
  atr_.save(out);
  bollinger_.save(out);
  volume_.save(out);
  rolling_high_.save(out);
  pivots_.save(out);
  rsi_history_.save(out);
  traded_values_.save(out);
  out.flag(now_.known);
  out.flag(now_.has_previous);
  for (const double value :
       {now_.high, now_.low, now_.close, now_.volume, now_.previous_high, now_.previous_low,
        now_.rsi, now_.ema, now_.atr, now_.dev, now_.previous_dev}) {
    out.real(value);
  }
}

void SignalSeries::load(eb::StateReader& in) {
  ema_.load(in);
  rsi_.load(in);
  atr_.load(in);
  bollinger_.load(in);
  volume_.load(in);
  rolling_high_.load(in);
  pivots_.load(in);
  rsi_history_.load(in);
  traded_values_.load(in);
  now_.known = in.flag();
  now_.has_previous = in.flag();
  for (double* value :
       {&now_.high, &now_.low, &now_.close, &now_.volume, &now_.previous_high, &now_.previous_low,
        &now_.rsi, &now_.ema, &now_.atr, &now_.dev, &now_.previous_dev}) {
    *value = in.real_or_nan();
  }
}

}  // namespace everbit::extreme_flip
