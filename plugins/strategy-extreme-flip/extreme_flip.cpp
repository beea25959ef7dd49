#include "extreme_flip.h"

#include "report.h"

namespace everbit::extreme_flip {
namespace {

constexpr eb_ts kSecond = 1'000'000'000;
constexpr std::uint32_t kHistoryCandles = 1'000;

std::shared_ptr<const Parameters> parameters_of(const eb::DecimalMath& math,
                                                const eb_create_args& args) {
  return std::make_shared<const Parameters>(
      read_parameters(math, std::span(args.params, args.n_params)));
}

void check_timeframes(const eb_create_args& args) {
  const bool rising =
      0 < args.signal_s && args.signal_s < args.macro_s && args.macro_s < args.long_s;
  if (!rising || args.macro_s % args.signal_s != 0 || args.long_s % args.macro_s != 0) {
    throw eb::Failure(EB_ERR_ARGUMENT, "each timeframe must be a part of the next longer one");
  }
}

}  // namespace

ExtremeFlip::ExtremeFlip(const eb::Host& host, const eb_create_args& args)
    : math_(host),
      parameters_((check_timeframes(args), parameters_of(math_, args))),
      signal_ns_(args.signal_s * kSecond),
      macro_ns_(args.macro_s * kSecond),
      signal_(*parameters_, args.signal_s),
      macro_(*parameters_),
      long_(*parameters_) {}

std::uint32_t ExtremeFlip::history(std::int32_t) const { return kHistoryCandles; }

void ExtremeFlip::candle_close(const eb_candle_close& event, eb::Decisions& decisions) {
  const eb_candle& candle = event.candle;
  switch (event.role) {
    case EB_ROLE_LONG:
      long_.push(candle.high_f, candle.low_f, candle.close_f);
      return;
    case EB_ROLE_MACRO:
      macro_.push(candle.high_f, candle.low_f, candle.close_f);
      return;
    case EB_ROLE_SIGNAL:
      signal_.push(candle);
      if (event.decide != 0) decide(event, decisions);
      return;
    default:
      throw eb::Failure(EB_ERR_ARGUMENT, "a candle of an unknown role");
  }
}

void ExtremeFlip::decide(const eb_candle_close& event, eb::Decisions& decisions) {
  if (event.position == nullptr) {
    throw eb::Failure(EB_ERR_ARGUMENT, "a decision is wanted without a view of the position");
  }
  const Market market{*parameters_, signal_, macro_, long_, regime(), event, signal_ns_};
  if (decisions.wants_gates()) decisions.gates(gates_of(market, *event.position).all());
  const Answer answer = evaluate(market, *event.position);
  report(market, answer, decisions);
}

Gates ExtremeFlip::gates_of(const Market& market, const eb_position_view& position) {
  Gates gates;
  if (eb_dec_sign(position.quantity) > 0) {
    Position(market, math_, position, plans_).add_gates(sell_watch_, gates);
    return gates;
  }
  if (position.state == EB_POSITION_PENDING) return gates;
  const eb_ts end = cooldown_end(*parameters_, position, plans_, signal_ns_, macro_ns_);
  if (market.candle.candle.close_time < end) {
    gates.yes("COOLDOWN_OVER", false);
  } else {
    add_entry_gates(market, watch_, gates);
  }
  return gates;
}

Regime ExtremeFlip::regime() const {
  return signal_.ready() ? regime_of(long_.trend(), macro_.trend()) : Regime::kWarmup;
}

Answer ExtremeFlip::evaluate(const Market& market, const eb_position_view& position) {
  Answer answer;
  answer.regime = market.regime;
  const bool held = eb_dec_sign(position.quantity) > 0;
  if (position.state == EB_POSITION_PENDING) {
    answer.state = "PENDING";
    if (held) {
      Position(market, math_, position, plans_).while_pending(answer);
    } else {
      answer.reasons.add(kIntentPending);
    }
  } else if (position.state == EB_POSITION_OPEN && held) {
    watch_ = Watch{};
    Position(market, math_, position, plans_).look_for_exit(sell_watch_, answer);
  } else {
    evaluate_flat(market, position, answer);
  }
  return answer;
}

void ExtremeFlip::evaluate_flat(const Market& market, const eb_position_view& position,
                                Answer& answer) {
  sell_watch_ = 0;
  settle_watch(watch_, position);
  const eb_ts end = cooldown_end(*parameters_, position, plans_, signal_ns_, macro_ns_);
  if (market.candle.candle.close_time < end) {
    watch_ = Watch{};
    answer.state = "COOLDOWN";
    answer.cooldown_end = end;
    answer.reasons.add(kCooldownBlocked);
    return;
  }
  look_for_entry(market, watch_, answer);
  if (answer.action == EB_ACTION_BUY && (answer.flags & EB_DECISION_REFUSED) == 0) {
    answer.plan = plan_of_entry(market, math_);
    if (market.candle.levels_wanted != 0) answer.levels = levels_of_entry(market, math_);
  }
}

void ExtremeFlip::save(eb::StateWriter& out) const {
  signal_.save(out);
  macro_.save(out);
  long_.save(out);
  watch_.save(out);
  out.i64(sell_watch_);
}

void ExtremeFlip::load(eb::StateReader& in) {
  signal_.load(in);
  macro_.load(in);
  long_.load(in);
  watch_.load(in);
  sell_watch_ = in.i64();
}

}  // namespace everbit::extreme_flip
