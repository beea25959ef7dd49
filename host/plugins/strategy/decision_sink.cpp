#include "plugins/strategy/decision_sink.h"

#include <algorithm>
#include <cmath>

#include "base/abi_decimal.h"
#include "plugins/abi_struct.h"
#include "plugins/buffers.h"

namespace everbit::plugins {
namespace {

constexpr std::uint32_t kMaxReasons = 32;
constexpr std::uint32_t kMaxNumbers = 64;
constexpr std::uint32_t kMaxGates = 32;
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxGateName = 32;
constexpr std::size_t kMaxOwn = 1'024;

// Most decisions name no amount.
bool copy(eb_dec from, Decimal& to) {
  if (from.lo == 0 && from.hi == 0) {
    to = Decimal();
    return true;
  }
  const auto value = everbit::from_abi(from);
  if (value) to = *value;
  return value.has_value();
}

bool copy(eb_str from, std::string& to, std::size_t limit) {
  const std::string_view text = from_abi(from);
  if (text.size() > limit || (from.ptr == nullptr && from.len != 0)) return false;
  if (to != text) to.assign(text);  // it is the same from candle to candle
  return true;
}

bool copy(const eb_number* from, std::uint32_t n, std::vector<std::pair<std::string, double>>& to) {
  if (n > kMaxNumbers || (from == nullptr && n != 0)) return false;
  to.resize(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    if (!copy(from[i].key, to[i].first, kMaxName) || !std::isfinite(from[i].value)) return false;
    to[i].second = from[i].value;
  }
  return true;
}

bool copy(const eb_gate& from, Gate& to) {
  to.value = from.value;
  to.threshold = from.threshold;
  to.relation = from.relation;
  to.passed = from.passed != 0;
  return copy(from.name, to.name, kMaxGateName) && std::isfinite(from.value) &&
         std::isfinite(from.threshold) && from.relation >= EB_GATE_AT_MOST &&
         from.relation <= EB_GATE_ABOVE;
}

bool is_exit(std::int32_t intent) {
  return intent >= EB_INTENT_EXIT_STOPLOSS && intent <= EB_INTENT_EXIT_TIME;
}

}  // namespace

DecisionSink::DecisionSink(const Manifest& manifest, bool wants_values)
    : sink_{sizeof(eb_decision_sink),
            0,
            this,
            &DecisionSink::decide,
            wants_values ? &DecisionSink::values : nullptr,
            wants_values ? &DecisionSink::gates : nullptr} {
  for (const auto& reason : manifest.reasons) reasons_.push_back(reason.number);
  std::ranges::sort(reasons_);
}

bool DecisionSink::names(std::int32_t reason) const {
  return std::ranges::binary_search(reasons_, reason);
}

void DecisionSink::listen(Decision& out) {
  out_ = &out;
  out.values.clear();
  out.gates.clear();
  decisions_ = 0;
  if (!fault_.empty()) fault_.clear();
}

eb_status DecisionSink::decide(void* ctx, const eb_decision* decision) {
  auto& self = *static_cast<DecisionSink*>(ctx);
  ++self.decisions_;
  const eb_decision* const own =
      adopt(decision, EVERBIT_BASELINE(eb_decision, levels), self.older_);
  if (own == nullptr) {
    self.refuse("the decision is null or smaller than generation 1's");
    return EB_ERR_ARGUMENT;
  }
  return self.take(*own) ? EB_OK : EB_ERR_ARGUMENT;
}

eb_status DecisionSink::values(void* ctx, const eb_number* numbers, std::uint32_t n) {
  auto& self = *static_cast<DecisionSink*>(ctx);
  if (copy(numbers, n, self.out_->values)) return EB_OK;
  self.refuse("values that are too many, unnamed or not finite");
  return EB_ERR_ARGUMENT;
}

eb_status DecisionSink::gates(void* ctx, const eb_gate* gates, std::uint32_t n) {
  auto& self = *static_cast<DecisionSink*>(ctx);
  bool sound = n <= kMaxGates && (gates != nullptr || n == 0);
  self.out_->gates.resize(sound ? n : 0);
  for (std::uint32_t i = 0; sound && i < n; ++i) sound = copy(gates[i], self.out_->gates[i]);
  if (sound) return EB_OK;
  self.refuse("gates that are too many, unnamed or not finite");
  return EB_ERR_ARGUMENT;
}

bool DecisionSink::refuse(const char* why) {
  if (fault_.empty()) fault_ = why;
  return false;
}

bool DecisionSink::take(const eb_decision& from) {
  Decision& to = *out_;
  to.action = from.action;
  to.intent = from.intent;
  to.refused = (from.flags & EB_DECISION_REFUSED) != 0;
  to.all = (from.flags & EB_DECISION_ALL) != 0;
  to.strength = from.strength;
  to.max_open_markets = from.max_open_markets;
  to.origin = from.origin;
  if (!std::isfinite(from.strength)) return refuse("a strength that is not finite");
  if (from.n_reasons == 0) return refuse("a decision without a reason");
  if (!take_reasons(from.reasons, from.n_reasons, to.reasons) ||
      !take_reasons(from.refused_reasons, from.n_refused_reasons, to.refused_reasons)) {
    return false;
  }
  if (!copy(from.state, to.state, kMaxName) || !copy(from.regime, to.regime, kMaxName) ||
      !copy(from.entry_regime, to.entry_regime, kMaxName)) {
    return refuse("a state or regime that is too long");
  }
  if (!copy(from.values, from.n_values, to.figures)) {
    return refuse("figures that are too many, unnamed or not finite");
  }
  to.plan.reset();
  if ((from.flags & EB_DECISION_PLAN) != 0) {
    const auto plan = adopt(from.plan, EVERBIT_BASELINE(eb_plan, own));
    if (!plan) return refuse("a plan that is null or too small");
    if (!take_plan(*plan)) return false;
  }
  to.levels.reset();
  if (from.levels != nullptr) {
    const auto levels = adopt(from.levels, EVERBIT_BASELINE(eb_exit_levels, target_reason));
    if (!levels) return refuse("exit levels that are too small");
    if (!take_levels(*levels)) return false;
  }
  return take_order(from);
}

bool DecisionSink::take_reasons(const std::int32_t* numbers, std::uint32_t n,
                                std::vector<std::int32_t>& out) {
  if (n > kMaxReasons || (numbers == nullptr && n != 0)) return refuse("too many reasons");
  out.assign(numbers, numbers + n);
  const bool known = std::ranges::all_of(out, [&](std::int32_t number) { return names(number); });
  return known || refuse("a reason that the manifest does not name");
}

bool DecisionSink::take_plan(const eb_plan& from) {
  Plan plan;
  plan.flags = from.flags;
  if (!copy(from.stop, plan.stop) || !copy(from.stop_distance, plan.stop_distance) ||
      !copy(from.trail_top, plan.trail_top) || plan.stop.is_negative() ||
      plan.stop_distance.is_negative() || plan.trail_top.is_negative()) {
    return refuse("a plan with a price that is out of range");
  }
  if (!copy(from.own, plan.own, kMaxOwn)) return refuse("a plan with more than 1,024 bytes");
  out_->plan = std::move(plan);
  return true;
}

bool DecisionSink::take_levels(const eb_exit_levels& from) {
  ExitLevels levels;
  Decimal stop, target, stop_distance, target_distance;
  const std::pair<const eb_dec&, Decimal&> numbers[] = {{from.stop, stop},
                                                        {from.target, target},
                                                        {from.stop_distance, stop_distance},
                                                        {from.target_distance, target_distance},
                                                        {from.target_volume, levels.target_volume},
                                                        {from.target_part, levels.target_part},
                                                        {from.target_most, levels.target_most},
                                                        {from.target_least, levels.target_least}};
  for (const auto& [number, own] : numbers) {
    if (!copy(number, own) || own.is_negative()) return refuse("exit levels that are out of range");
  }
  if (levels.target_part > Decimal::from_int(1)) return refuse("a target part above 1");
  if ((from.flags & EB_LEVEL_STOP) != 0) levels.stop = stop;
  if ((from.flags & EB_LEVEL_TARGET) != 0) levels.target = target;
  if ((from.flags & EB_LEVEL_FROM_FILL) != 0) {
    levels.stop_distance = stop_distance;
    if (target_distance.is_positive()) levels.target_distance = target_distance;
  }
  const bool stops = levels.stop || levels.stop_distance;
  const bool targets = levels.target || levels.target_distance;
  if ((stops && (!is_exit(from.stop_intent) || !names(from.stop_reason))) ||
      (targets && (!is_exit(from.target_intent) || !names(from.target_reason)))) {
    return refuse("exit levels without an exit's intent and reason");
  }
  levels.stop_intent = from.stop_intent;
  levels.target_intent = from.target_intent;
  levels.stop_reason = from.stop_reason;
  levels.target_reason = from.target_reason;
  out_->levels = levels;
  return true;
}

bool DecisionSink::take_order(const eb_decision& from) {
  Decision& to = *out_;
  if (!copy(from.amount, to.amount) || !copy(from.min_amount, to.min_amount) ||
      !copy(from.volume, to.volume)) {
    return refuse("an amount or a volume that is out of range");
  }
  switch (to.action) {
    case EB_ACTION_NONE:
      return to.intent == EB_INTENT_NONE || refuse("an intent without an action");
    case EB_ACTION_BUY:
      if (to.intent != EB_INTENT_ENTRY) return refuse("a buy that is no entry");
      return to.amount.is_positive() || refuse("a buy without an amount");
    case EB_ACTION_SELL:
      if (!is_exit(to.intent)) return refuse("a sale that is no exit");
      return to.volume.is_positive() || refuse("a sale without a volume");
    default:
      return refuse("an unknown action");
  }
}

}  // namespace everbit::plugins
