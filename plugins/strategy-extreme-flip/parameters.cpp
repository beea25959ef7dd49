#include "parameters.h"

#include <string>

namespace everbit::extreme_flip {
namespace {

Extreme read_extreme(const eb::ParamValues& values, const std::string& prefix) {
  return {values.real(prefix + ".pctB"), values.real(prefix + ".rsi"),
          values.real(prefix + ".dev")};
}

ExitRule read_exit(const eb::DecimalMath& math, const eb::ParamValues& values,
                   const std::string& prefix) {
  return {values.real(prefix + ".stop"), values.real(prefix + ".target"),
          values.real(prefix + ".trail"), math.parse(values.text(prefix + ".part"))};
}

void refuse_unless(bool condition, const char* text) {
  if (!condition) throw eb::Failure(EB_ERR_RANGE, text);
}

void check_together(const Parameters& p) {
  refuse_unless(p.amount.min_order <= p.amount.max_order,
                "amount.maxOrder must not be below amount.minOrder");
  refuse_unless(p.amount.strength_low < p.amount.strength_high,
                "amount.strengthHigh must be above amount.strengthLow");
  refuse_unless(p.max_sell_krw == 0 || p.max_sell_krw >= p.min_sell_krw,
                "exit.maxSellKrw must be 0 or not below exit.minSellKrw");
  refuse_unless(p.downtrend.divergence_candles >= 2 * p.downtrend.pivot_wing,
                "downtrend.divergenceCandles must be at least twice downtrend.pivotWing");
}

}  // namespace

Parameters read_parameters(const eb::DecimalMath& math, std::span<const eb_field> given) {
  const eb::ParamValues v(parameter_table(), given);
  Parameters p{};
  p.ema_fast = v.count("ema.fast");
  p.rsi_period = v.count("rsi.period");
  p.atr_period = v.count("atr.period");
  p.bb_period = v.count("bb.period");
  p.bb_k = v.real("bb.k");
  p.volume_period = v.count("vol.period");
  p.rolling_high_period = v.count("rollingHigh.period");
  p.regime_ema = v.count("regime.ema");
  p.slope_candles = v.count("regime.slopeCandles");
  for (std::size_t i = 0; i < kTradedRegimes; ++i) {
    const std::string regime(name_of(static_cast<Regime>(i)));
    p.oversold[i] = read_extreme(v, "os." + regime);
    p.overbought[i] = read_extreme(v, "ob." + regime);
    p.exits[i] = read_exit(math, v, "exit." + regime);
  }
  p.strength = {v.real("strength.dev"),        v.real("strength.pctB"),
                v.real("strength.pctBMid"),    v.real("strength.rsi"),
                v.real("strength.rsiBase"),    v.real("strength.macro"),
                v.real("strength.divergence"), v.real("strength.capitulation")};
  p.downtrend = {
      v.real("downtrend.macroRsiM"),          v.real("downtrend.macroDevM"),
      v.real("downtrend.macroRsiL"),          v.real("downtrend.macroAtrL"),
      v.count("downtrend.pivotWing"),         v.count("downtrend.divergenceCandles"),
      v.real("downtrend.divergenceLow"),      v.real("downtrend.divergenceRsi"),
      v.real("downtrend.capitulationVolume"), v.boolean("downtrend.requireCapitulation")};
  p.flip = {v.count("flip.buyCount"), v.real("flip.buyRsi"), v.real("flip.buyDevRise"),
            v.count("flip.sellCount"), v.real("flip.sellRsi")};
  p.watch_candles = v.count("watch.candles");
  p.chase = v.real("entry.chase");
  p.min_traded_value_24h = v.real("entry.minTradedValue24h");
  p.amount = {v.integer("amount.minOrder"), v.integer("amount.maxOrder"),
              v.real("amount.strengthLow"), v.real("amount.strengthHigh"),
              v.real("amount.transitionFactor")};
  p.max_open_markets = v.count("maxOpenMarkets");
  p.time_candles = v.count("exit.timeCandles");
  p.sell_watch_candles = v.count("exit.sellWatchCandles");
  p.min_sell_krw = v.integer("exit.minSellKrw");
  p.max_sell_krw = v.integer("exit.maxSellKrw");
  p.cooldown_downtrend_m = v.count("cooldown.downtrendM");
  p.cooldown_stop_s = v.count("cooldown.stopS");
  check_together(p);
  return p;
}

}  // namespace everbit::extreme_flip
