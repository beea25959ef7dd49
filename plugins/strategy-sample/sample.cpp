#include "sample.h"

#include <array>

namespace everbit::sample {

namespace {

constexpr std::array<eb::Param, 4> kParams{{
    {EB_PARAM_INTEGER, "fastPeriod", "10", "2", "500", "candles", "average", "단기 이동평균",
     "Fast average", EB_PARAM_AFFECTS_HISTORY},
    {EB_PARAM_INTEGER, "slowPeriod", "30", "3", "1000", "candles", "average", "장기 이동평균",
     "Slow average", EB_PARAM_AFFECTS_HISTORY},
    {EB_PARAM_REAL, "stopPercent", "2", "0.1", "50", "%", "exit", "손절 폭", "Stop distance"},
    {EB_PARAM_DECIMAL, "amountKrw", "100000", "5000", "100000000", "KRW", "entry", "주문 금액",
     "Order amount"},
}};

eb_decision decision_of(std::int32_t action, std::int32_t intent, const std::int32_t& reason) {
  eb_decision decision{};
  decision.size = sizeof decision;
  decision.action = action;
  decision.intent = intent;
  decision.n_reasons = 1;
  decision.reasons = &reason;
  decision.state = eb::str(action == EB_ACTION_NONE ? "IDLE" : "CROSSED");
  decision.regime = eb::str("NONE");
  return decision;
}

bool stop_reached(const eb_position_view& position, eb_dec close) {
  return position.plan != nullptr && (position.plan->flags & EB_PLAN_STOP) != 0 &&
         eb_dec_compare(close, position.plan->stop) <= 0;
}

}  // namespace

std::span<const eb::Param> Sample::params() { return kParams; }

Sample::Sample(const eb::Host& host, const eb_create_args& args)
    : math_(host),
      values_(kParams, {args.params, args.n_params}),
      fast_(values_.count("fastPeriod")),
      slow_(values_.count("slowPeriod")) {
  if (values_.count("fastPeriod") >= values_.count("slowPeriod")) {
    throw eb::Failure(EB_ERR_RANGE, "parameter fastPeriod must be smaller than slowPeriod");
  }
}

std::uint32_t Sample::history(std::int32_t role) const {
  return role == EB_ROLE_SIGNAL ? static_cast<std::uint32_t>(values_.count("slowPeriod")) + 1 : 0;
}

void Sample::candle_close(const eb_candle_close& event, eb::Decisions& decisions) {
  if (event.role != EB_ROLE_SIGNAL) return;
  const Cross cross = learn(event.candle.close_f);
  if (event.decide == 0) return;
  const eb_position_view& position = *event.position;
  const bool held = eb_dec_sign(position.quantity) > 0;
  // A stop is acted on even while another intent is open.
  if (held && stop_reached(position, event.candle.close)) {
    leave(position, EB_INTENT_EXIT_STOPLOSS, kStop, decisions);
  } else if (position.state == EB_POSITION_PENDING) {
    wait(kPending, decisions);
  } else if (held && cross == Cross::kDown) {
    leave(position, EB_INTENT_EXIT_TP, kCrossDown, decisions);
  } else if (!held && cross == Cross::kUp) {
    enter(event.candle, decisions);
  } else {
    wait(side_ == 0 ? kWarmup : kNoCross, decisions);
  }
}

Sample::Cross Sample::learn(double close) {
  fast_.push(close);
  slow_.push(close);
  if (!slow_.ready()) return Cross::kNone;
  const std::int32_t before = side_;
  side_ = fast_.value() > slow_.value() ? 1 : -1;
  if (before == 0 || before == side_) return Cross::kNone;
  return side_ > 0 ? Cross::kUp : Cross::kDown;
}

// The price that the order will get is not known yet, so the plan names the stop as a distance; the
// host turns it into a price below the average fill.
void Sample::enter(const eb_candle& candle, eb::Decisions& decisions) const {
  eb_plan plan{};
  plan.size = sizeof plan;
  plan.flags = EB_PLAN_STOP_DISTANCE;
  plan.stop_distance = math_.from_double(candle.close_f * values_.real("stopPercent") / 100.0);
  const std::int32_t reason = kCrossUp;
  eb_decision decision = decision_of(EB_ACTION_BUY, EB_INTENT_ENTRY, reason);
  decision.flags = EB_DECISION_PLAN;
  decision.plan = &plan;
  decision.amount = math_.parse(values_.text("amountKrw"));
  decision.strength = fast_.value() / slow_.value() - 1.0;
  decisions.decide(decision);
}

void Sample::leave(const eb_position_view& position, std::int32_t intent, Reason why,
                   eb::Decisions& decisions) const {
  const std::int32_t reason = why;
  eb_decision decision = decision_of(EB_ACTION_SELL, intent, reason);
  decision.flags = EB_DECISION_ALL;
  decision.volume = position.quantity;
  decision.entry_regime = eb::str("NONE");
  decisions.decide(decision);
}

void Sample::wait(Reason why, eb::Decisions& decisions) {
  const std::int32_t reason = why;
  decisions.decide(decision_of(EB_ACTION_NONE, EB_INTENT_NONE, reason));
}

void Sample::save(eb::StateWriter& out) const {
  fast_.save(out);
  slow_.save(out);
  out.u32(static_cast<std::uint32_t>(side_ + 1));
}

void Sample::load(eb::StateReader& in) {
  fast_.load(in);
  slow_.load(in);
  side_ = static_cast<std::int32_t>(in.u32_at_most(2)) - 1;
}

}  // namespace everbit::sample
