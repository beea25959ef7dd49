#include "watch.h"

#include <algorithm>
#include <cmath>

namespace everbit::extreme_flip {
namespace {

bool is_oversold(const Market& market) {
  return market.regime != Regime::kWarmup &&
         market.signal.oversold(market.parameters.oversold[row_of(market.regime)]);
}

bool is_capitulation(const Market& market) {
  return market.signal.now().volume >=
         market.parameters.downtrend.capitulation_volume * market.signal.mean_volume();
}

// A comparison with an undefined value fails.
bool is_macro_extreme(const Market& market) {
  const auto& limit = market.parameters.downtrend;
  const TrendSeries& long_term = market.long_term;
  return market.macro.rsi() <= limit.macro_rsi_m && market.macro.deviation() <= limit.macro_dev_m &&
         (long_term.rsi() <= limit.macro_rsi_l ||
          long_term.distance() <= limit.macro_atr_l * long_term.atr());
}

struct DowntrendSigns {
  bool macro_extreme = false;
  bool divergence = false;
  bool capitulation = false;
};

DowntrendSigns read_signs(const Market& market, const Watch& watch) {
  if (market.regime != Regime::kDownTrend) return {};
  return {is_macro_extreme(market), market.signal.bullish_divergence(), watch.capitulation};
}

void refuse_in_downtrend(const Market& market, const DowntrendSigns& signs, Reasons& refusals) {
  const bool capitulation_missing =
      market.parameters.downtrend.require_capitulation && !signs.capitulation;
  if (signs.macro_extreme && signs.divergence && !capitulation_missing) return;
  refusals.add(kRegimeBlockedDownTrend);
  if (!signs.macro_extreme) refusals.add(kMacroExtremeMissing);
  if (!signs.divergence) refusals.add(kDivergenceMissing);
  if (capitulation_missing) refusals.add(kCapitulationMissing);
}

double traded_value_24h(const Market& market) {
  return market.candle.value_24h_known != 0 ? market.candle.traded_value_24h_f
                                            : market.signal.traded_value_24h();
}

Reasons find_refusals(const Market& market, const DowntrendSigns& signs) {
  const Parameters& p = market.parameters;
  Reasons refusals;
  if ((market.regime == Regime::kUpTrend || market.regime == Regime::kTransition) &&
      market.signal.now().close >= p.chase * market.signal.rolling_high()) {
    refusals.add(kChaseBlocked);
  }
  if (market.regime == Regime::kDownTrend) refuse_in_downtrend(market, signs, refusals);
  if (traded_value_24h(market) < p.min_traded_value_24h) refusals.add(kLiquidityBlocked);
  return refusals;
}

// Ranks the market among the others of one close; the amount does not know the bonuses.
double ranking_strength(const Market& market, const Watch& watch, const DowntrendSigns& signs) {
  const auto& bonus = market.parameters.strength;
  double strength = watch.strength;
  if (signs.macro_extreme) strength += bonus.macro;
  if (signs.divergence) strength += bonus.divergence;
  if (signs.capitulation) strength += bonus.capitulation;
  return strength;
}

std::int64_t wanted_krw(const Market& market, double strength) {
  const auto& amount = market.parameters.amount;
  const auto least = static_cast<double>(amount.min_order);
  const auto most = static_cast<double>(amount.max_order);
  const double share = std::clamp(
      (strength - amount.strength_low) / (amount.strength_high - amount.strength_low), 0.0, 1.0);
  double krw = least + (most - least) * share;
  if (market.regime == Regime::kTransition) krw *= amount.transition_factor;
  return std::max(static_cast<std::int64_t>(std::floor(krw)), amount.min_order);
}

void at_flip(const Market& market, Watch& watch, bool oversold, Answer& answer) {
  const DowntrendSigns signs = read_signs(market, watch);
  const Reasons refusals = find_refusals(market, signs);
  answer.action = EB_ACTION_BUY;
  answer.intent = EB_INTENT_ENTRY;
  answer.strength = ranking_strength(market, watch, signs);
  answer.origin = watch.origin_open;
  answer.amount = eb_dec_from_int(wanted_krw(market, watch.strength));
  if (oversold) answer.if_refused.add(kWatchRestarted);
  if (refusals.empty()) {
    answer.state = "PENDING";
    answer.reasons.add(kFlipConfirmedBuy);
    watch.buy_close = market.candle.candle.close_time;
  } else {
    answer.flags |= EB_DECISION_REFUSED;
    answer.reasons = refusals;
  }
}

// Step 3; true if the candle is done with.
bool in_watch(const Market& market, Watch& watch, Answer& answer) {
  answer.state = "EXTREME_WATCH";
  if (market.regime != watch.regime) {
    watch = Watch{};
    answer.state = "IDLE";
    answer.reasons.add(kWatchRegimeChanged);
    return true;
  }
  const eb_ts age = market.candle.candle.close_time - watch.origin_close;
  if (age > market.parameters.watch_candles * market.timeframe_ns) {
    watch = Watch{};
    answer.reasons.add(kWatchExpired);
    return false;
  }
  const bool oversold = is_oversold(market);
  if (market.signal.buy_flip()) {
    at_flip(market, watch, oversold, answer);
  } else {
    answer.reasons.add(kFlipNotConfirmed);
    if (oversold) answer.reasons.add(kWatchRestarted);
  }
  if (oversold) watch.restart(market);
  return true;
}

}  // namespace

void Watch::start(const Market& market) {
  *this = Watch{};
  active = true;
  regime = market.regime;
  strength = -std::numeric_limits<double>::max();
  restart(market);
}

void Watch::restart(const Market& market) {
  origin_open = market.candle.candle.open_time;
  origin_close = market.candle.candle.close_time;
  strength = std::max(strength, market.signal.strength());
  capitulation = is_capitulation(market);
}

void settle_watch(Watch& watch, const eb_position_view& position) {
  if (!watch.active || watch.buy_close == 0 || position.state == EB_POSITION_PENDING) return;
  const bool entered =
      position.state == EB_POSITION_OPEN || position.entry_close >= watch.buy_close;
  const bool failed = position.last_intent == EB_INTENT_ENTRY &&
                      position.last_signal_close == watch.buy_close &&
                      (position.last_outcome == EB_OUTCOME_REJECTED ||
                       position.last_outcome == EB_OUTCOME_CANCELLED_UNFILLED);
  if (entered || failed) {
    watch = Watch{};
  } else {
    watch.buy_close = 0;
  }
}

void look_for_entry(const Market& market, Watch& watch, Answer& answer) {
  if (watch.active && in_watch(market, watch, answer)) return;
  answer.state = "IDLE";
  if (market.regime == Regime::kWarmup) {
    answer.reasons.add(kRegimeWarmup);
  } else if (is_oversold(market)) {
    watch.start(market);
    answer.state = "EXTREME_WATCH";
    answer.origin = watch.origin_open;
    answer.reasons.add(kExtremeDetectedOs);
  } else {
    answer.reasons.add(kNoExtreme);
  }
}

void Watch::save(eb::StateWriter& out) const {
  out.flag(active);
  out.u32(static_cast<std::uint32_t>(regime));
  out.i64(origin_open);
  out.i64(origin_close);
  out.real(strength);
  out.flag(capitulation);
  out.i64(buy_close);
}

void Watch::load(eb::StateReader& in) {
  active = in.flag();
  regime = static_cast<Regime>(in.u32_at_most(static_cast<std::uint32_t>(Regime::kWarmup)));
  origin_open = in.i64();
  origin_close = in.i64();
  strength = in.real();
  capitulation = in.flag();
  buy_close = in.i64();
}

}  // namespace everbit::extreme_flip
