#include "mock/decision.h"

namespace everbit::mock {

namespace {

std::string to_string(eb_str text) {
  return text.ptr == nullptr ? std::string() : std::string(text.ptr, text.len);
}

std::vector<std::int32_t> to_vector(const std::int32_t* numbers, std::uint32_t n) {
  return numbers == nullptr ? std::vector<std::int32_t>()
                            : std::vector<std::int32_t>(numbers, numbers + n);
}

}  // namespace

Plan copy_plan(const eb_plan& plan) {
  return {plan.flags, plan.stop, plan.stop_distance, plan.trail_top, to_string(plan.own)};
}

Decision copy_decision(const eb_decision& from) {
  Decision to;
  to.flags = from.flags;
  to.action = from.action;
  to.intent = from.intent;
  to.reasons = to_vector(from.reasons, from.n_reasons);
  to.refused_reasons = to_vector(from.refused_reasons, from.n_refused_reasons);
  to.state = to_string(from.state);
  to.regime = to_string(from.regime);
  to.entry_regime = to_string(from.entry_regime);
  to.strength = from.strength;
  to.amount = from.amount;
  to.min_amount = from.min_amount;
  to.volume = from.volume;
  to.max_open_markets = from.max_open_markets;
  for (std::uint32_t n = 0; n < from.n_values; ++n) {
    to.values[to_string(from.values[n].key)] = from.values[n].value;
  }
  to.origin = from.origin;
  if (from.plan != nullptr) to.plan = copy_plan(*from.plan);
  if (from.levels != nullptr) to.levels = *from.levels;
  return to;
}

}  // namespace everbit::mock
