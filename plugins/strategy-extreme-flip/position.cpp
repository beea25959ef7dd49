#include "position.h"

#include <algorithm>

namespace everbit::extreme_flip {
namespace {

constexpr int kVolumePlaces = 8;

PlanFields fixed_now(const Market& market, eb_ts entry_close) {
  PlanFields fields;
  fields.atr = market.signal.now().atr;
  fields.regime = market.regime == Regime::kWarmup ? Regime::kTransition : market.regime;
  fields.entry_close = entry_close;
  return fields;
}

void name_target(const Parameters& parameters, const ExitRule& rule, eb_exit_levels& levels) {
  levels.target_part = rule.part;
  levels.target_most = eb_dec_from_int(parameters.max_sell_krw);
  levels.target_least = eb_dec_from_int(parameters.min_sell_krw);
  levels.target_intent = EB_INTENT_EXIT_TP;
  levels.target_reason = kRiskTakeprofitTriggered;
}

bool has_plan(const eb_position_view& view) {
  return view.plan != nullptr && view.plan->own.len > 0;
}

}  // namespace

Position::Position(const Market& market, const eb::DecimalMath& math, const eb_position_view& view,
                   PlanReader& plans)
    : market_(market), math_(math), view_(view), entry_(math.to_double(view.avg_price)) {
  if (has_plan(view)) {
    fields_ = plans.read(eb::view(view.plan->own));
    flags_ = view.plan->flags;
    trail_top_ = view.plan->trail_top;
  } else {
    const eb_ts now = market.candle.candle.close_time;
    fields_ = fixed_now(market, view.entry_close != 0 ? view.entry_close : now);
  }
  rule_ = &market.parameters.exits[row_of(fields_.regime)];
  // Until now the stop was a distance below a price that only the fill could tell.
  changed_ = (flags_ & EB_PLAN_STOP) == 0;
}

void Position::while_pending(Answer& answer) {
  answer.entry_regime = fields_.regime;
  advance_trail();
  if (stop_reached()) {
    sell_all(EB_INTENT_EXIT_STOPLOSS, kRiskStoplossTriggered, answer);
  } else {
    answer.reasons.add(kIntentPending);
  }
  if (changed_) return_plan(answer);
  if (market_.candle.levels_wanted != 0) answer.levels = levels();
}

void Position::look_for_exit(SellWatch& sell_watch, Answer& answer) {
  answer.state = "IN_POSITION";
  answer.entry_regime = fields_.regime;
  if (sell_watch <= fields_.entry_close) sell_watch = 0;
  settle_part();
  advance_trail();
  if (stop_reached()) {
    sell_all(EB_INTENT_EXIT_STOPLOSS, kRiskStoplossTriggered, answer);
  } else if (leftover_of_exit()) {
    sell_all(fields_.exit_intent, static_cast<Reason>(fields_.exit_reason), answer);
  } else if (time_is_up()) {
    sell_all(EB_INTENT_EXIT_TIME, kTimeExitDownTrend, answer);
  } else if (trail_reached()) {
    sell_all(EB_INTENT_EXIT_TRAIL, kRiskTrailingTriggered, answer);
  } else if (bias_flipped(sell_watch)) {
    sell_all(EB_INTENT_EXIT_TP, kFlipConfirmedSellBias, answer);
  } else {
    const auto& row = market_.parameters.overbought[row_of(market_.regime)];
    const bool armed = market_.signal.overbought(row);
    if (armed) sell_watch = market_.candle.candle.close_time;
    if (target_reached()) {
      sell_part(answer);
    } else {
      answer.reasons.add(armed ? kSellWatchArmed : kHold);
    }
  }
  if (changed_) return_plan(answer);
  const bool stays = (answer.flags & EB_DECISION_ALL) == 0;
  if (market_.candle.levels_wanted != 0 && stays) answer.levels = levels();
}

void Position::advance_trail() {
  const double close = market_.signal.now().close;
  if ((flags_ & EB_PLAN_TRAIL_STARTED) == 0) {
    if (close < entry_ + rule_->target * fields_.atr) return;
    flags_ |= EB_PLAN_TRAIL_STARTED;
  } else if (eb_dec_compare(market_.candle.candle.close, trail_top_) <= 0) {
    return;
  }
  trail_top_ = market_.candle.candle.close;
  changed_ = true;
}

// The first target counts as taken only if its sale came about.
void Position::settle_part() {
  if (fields_.part_close == 0) return;
  const bool sold = view_.last_intent == EB_INTENT_EXIT_TP &&
                    view_.last_signal_close == fields_.part_close &&
                    view_.last_outcome == EB_OUTCOME_FILLED;
  if (!sold) flags_ &= ~EB_PLAN_TP1_TAKEN;
  fields_.part_close = 0;
  changed_ = true;
}

bool Position::stop_reached() const {
  return market_.signal.now().close <= entry_ - rule_->stop * fields_.atr;
}

// An exit of the whole that filled and left something: the next candle sells the rest.
bool Position::leftover_of_exit() const {
  return fields_.exit_close != 0 && view_.last_signal_close == fields_.exit_close &&
         view_.last_intent == fields_.exit_intent && view_.last_outcome == EB_OUTCOME_FILLED;
}

bool Position::time_is_up() const {
  return fields_.regime == Regime::kDownTrend &&
         candles_since(fields_.entry_close) > market_.parameters.time_candles;
}

bool Position::trail_reached() const {
  if ((flags_ & EB_PLAN_TRAIL_STARTED) == 0) return false;
  return market_.signal.now().close <= math_.to_double(trail_top_) - rule_->trail * fields_.atr;
}

bool Position::bias_flipped(SellWatch sell_watch) const {
  return sell_watch != 0 && candles_since(sell_watch) <= market_.parameters.sell_watch_candles &&
         market_.signal.now().close > entry_ && market_.signal.sell_flip();
}

bool Position::target_reached() const {
  const Snapshot& now = market_.signal.now();
  if ((flags_ & EB_PLAN_TP1_TAKEN) != 0 || !(now.close > entry_)) return false;
  const bool target = now.close >= entry_ + rule_->target * fields_.atr;
  if (fields_.regime == Regime::kRange) return now.high >= market_.signal.bollinger_middle();
  if (fields_.regime == Regime::kDownTrend) return now.close >= now.ema || target;
  return target;
}

void Position::sell_all(std::int32_t intent, Reason reason, Answer& answer) {
  answer.action = EB_ACTION_SELL;
  answer.intent = intent;
  answer.flags |= EB_DECISION_ALL;
  answer.volume = view_.quantity;
  answer.state = "PENDING";
  answer.reasons.add(reason);
  fields_.exit_close = market_.candle.candle.close_time;
  fields_.exit_intent = intent;
  fields_.exit_reason = reason;
  changed_ = true;
}

bool Position::too_small(eb::Quantity quantity) const {
  const auto value = math_.value(quantity, eb::Price(market_.candle.candle.close));
  return value < eb::Money::from_int(market_.parameters.min_sell_krw);
}

// The share of the regime, cut to the largest sale but never below the least one.
eb::Quantity Position::first_part() const {
  const auto held = eb::Quantity(view_.quantity);
  const auto share = math_.cut(math_.part(held, rule_->part), kVolumePlaces);
  if (market_.parameters.max_sell_krw == 0) return share;
  const auto price = eb::Price(market_.candle.candle.close);
  const auto most = math_.quantity_for(eb::Money::from_int(market_.parameters.max_sell_krw), price);
  auto cut = math_.cut(most, kVolumePlaces);
  if (share <= cut) return share;
  if (too_small(cut)) cut = cut + eb::Quantity(math_.parse("0.00000001"));
  return cut;
}

void Position::sell_part(Answer& answer) {
  const auto held = eb::Quantity(view_.quantity);
  const auto part = first_part();
  if (too_small(part) || too_small(held - part)) {
    sell_all(EB_INTENT_EXIT_TP, kRiskTakeprofitTriggered, answer);
    return;
  }
  answer.action = EB_ACTION_SELL;
  answer.intent = EB_INTENT_EXIT_TP;
  answer.volume = part.raw();
  answer.reasons.add(kRiskTakeprofitTriggered);
  flags_ |= EB_PLAN_TP1_TAKEN;
  fields_.part_close = market_.candle.candle.close_time;
  changed_ = true;
}

void Position::return_plan(Answer& answer) const {
  eb_plan plan{};
  plan.size = sizeof(eb_plan);
  plan.flags = (flags_ & ~EB_PLAN_STOP_DISTANCE) | EB_PLAN_STOP;
  plan.stop = math_.from_double(std::max(entry_ - rule_->stop * fields_.atr, 0.0));
  plan.trail_top = trail_top_;
  answer.plan = PlanUpdate{plan, fields_.to_text()};
}

eb_ts Position::candles_since(eb_ts close) const {
  return (market_.candle.candle.close_time - close) / market_.timeframe_ns;
}

std::optional<double> Position::target_level() const {
  if ((flags_ & EB_PLAN_TP1_TAKEN) != 0) return std::nullopt;
  double level = entry_ + rule_->target * fields_.atr;
  if (fields_.regime == Regime::kRange) level = market_.signal.bollinger_middle();
  if (fields_.regime == Regime::kDownTrend) level = std::min(level, market_.signal.now().ema);
  return level > entry_ ? std::optional(level) : std::nullopt;
}

eb_exit_levels Position::levels() const {
  eb_exit_levels out{};
  out.size = sizeof(eb_exit_levels);
  out.flags = EB_LEVEL_STOP;
  double stop = entry_ - rule_->stop * fields_.atr;
  out.stop_intent = EB_INTENT_EXIT_STOPLOSS;
  out.stop_reason = kRiskStoplossTriggered;
  if ((flags_ & EB_PLAN_TRAIL_STARTED) != 0) {
    const double trail = math_.to_double(trail_top_) - rule_->trail * fields_.atr;
    if (trail > stop) {
      stop = trail;
      out.stop_intent = EB_INTENT_EXIT_TRAIL;
      out.stop_reason = kRiskTrailingTriggered;
    }
  }
  out.stop = math_.from_double(std::max(stop, 0.0));
  if (const auto target = target_level()) {
    out.flags |= EB_LEVEL_TARGET;
    out.target = math_.from_double(*target);
    name_target(market_.parameters, *rule_, out);
  }
  return out;
}

eb_ts cooldown_end(const Parameters& parameters, const eb_position_view& view, PlanReader& plans,
                   eb_ts signal_ns, eb_ts macro_ns) {
  if (view.last_exit == EB_INTENT_NONE) return 0;
  if (has_plan(view) && plans.read(eb::view(view.plan->own)).regime == Regime::kDownTrend) {
    return view.last_exit_close + parameters.cooldown_downtrend_m * macro_ns;
  }
  if (view.last_exit == EB_INTENT_EXIT_STOPLOSS || view.last_exit == EB_INTENT_EXIT_MANUAL) {
    return view.last_exit_close + parameters.cooldown_stop_s * signal_ns;
  }
  return 0;
}

eb_exit_levels levels_of_entry(const Market& market, const eb::DecimalMath& math) {
  const PlanFields fields = fixed_now(market, market.candle.candle.close_time);
  const ExitRule& rule = market.parameters.exits[row_of(fields.regime)];
  eb_exit_levels out{};
  out.size = sizeof(eb_exit_levels);
  out.flags = EB_LEVEL_FROM_FILL;
  out.stop_distance = math.from_double(rule.stop * fields.atr);
  out.stop_intent = EB_INTENT_EXIT_STOPLOSS;
  out.stop_reason = kRiskStoplossTriggered;
  name_target(market.parameters, rule, out);
  if (fields.regime != Regime::kRange)
    out.target_distance = math.from_double(rule.target * fields.atr);
  if (fields.regime == Regime::kRange || fields.regime == Regime::kDownTrend) {
    out.flags |= EB_LEVEL_TARGET;
    out.target = math.from_double(fields.regime == Regime::kRange ? market.signal.bollinger_middle()
                                                                  : market.signal.now().ema);
  }
  return out;
}

PlanUpdate plan_of_entry(const Market& market, const eb::DecimalMath& math) {
  const PlanFields fields = fixed_now(market, market.candle.candle.close_time);
  const ExitRule& rule = market.parameters.exits[row_of(fields.regime)];
  eb_plan plan{};
  plan.size = sizeof(eb_plan);
  plan.flags = EB_PLAN_STOP_DISTANCE;
  plan.stop_distance = math.from_double(rule.stop * fields.atr);
  return {plan, fields.to_text()};
}

}  // namespace everbit::extreme_flip
