#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "decimal.hpp"
#include "params.hpp"
#include "regime.h"

namespace everbit::extreme_flip {

struct Extreme {
  double pct_b;
  double rsi;
  double dev;
};

// Of the regime at the entry; stop, target and trail in multiples of the ATR at the entry.
struct ExitRule {
  double stop;
  double target;
  double trail;
  eb_dec part;  // share of the position sold at the first target
};

// Every number of the strategy; constant for the life of an instance. Counts are candles.
struct Parameters {
  int ema_fast, rsi_period, atr_period, bb_period, volume_period, rolling_high_period;
  double bb_k;
  int regime_ema, slope_candles;

  std::array<Extreme, kTradedRegimes> oversold, overbought;

  struct {
    double dev, pct_b, pct_b_mid, rsi, rsi_base, macro, divergence, capitulation;
  } strength;

  struct {
    double macro_rsi_m, macro_dev_m, macro_rsi_l, macro_atr_l;
    int pivot_wing, divergence_candles;
    double divergence_low, divergence_rsi, capitulation_volume;
    bool require_capitulation;
  } downtrend;

  struct {
    int buy_count;
    double buy_rsi, buy_dev_rise;
    int sell_count;
    double sell_rsi;
  } flip;

  int watch_candles;
  double chase, min_traded_value_24h;

  struct {
    std::int64_t min_order, max_order;  // KRW
    double strength_low, strength_high, transition_factor;
  } amount;

  int max_open_markets;

  std::array<ExitRule, kTradedRegimes> exits;
  int time_candles, sell_watch_candles;
  std::int64_t min_sell_krw, max_sell_krw;  // max 0: none

  int cooldown_downtrend_m, cooldown_stop_s;
};

// The table that the host shows to the owner.
std::span<const eb::Param> parameter_table();

// Throws eb::Failure naming the key that is unknown, malformed, out of bounds or at odds with
// another.
Parameters read_parameters(const eb::DecimalMath& math, std::span<const eb_field> given);

}  // namespace everbit::extreme_flip
