#include "report.h"

#include <array>
#include <cmath>

#include "everbit/ext/strategy.h"

namespace everbit::extreme_flip {
namespace {

constexpr eb_ts kNanoseconds = 1'000'000'000;

using Figures = std::array<eb_number, 13>;

// Unix time in whole seconds; NAN where there is none.
double seconds_of(const std::optional<eb_ts>& time) {
  if (!time) return NAN;
  const eb_ts seconds = *time / kNanoseconds;
  return static_cast<double>(seconds);
}

std::span<const eb_number> figures_of(const Market& market, const Answer& answer,
                                      Figures& figures) {
  const Snapshot& now = market.signal.now();
  const bool bands_known = market.signal.ready();
  const eb::Bollinger::Bands bands =
      bands_known ? market.signal.bands() : eb::Bollinger::Bands{NAN, NAN, NAN};
  const std::array<std::pair<std::string_view, double>, 13> all{{
      {"atr", now.atr},
      {"rsi", now.rsi},
      {"ema", now.ema},
      {"dev", now.dev},
      {"pctB", bands_known ? bands.percent_b(now.close) : NAN},
      {"bbMiddle", bands.middle},
      {"macroRsi", market.macro.rsi()},
      {"macroDev", market.macro.deviation()},
      {"longRsi", market.long_term.rsi()},
      {"longDev", market.long_term.deviation()},
      {"volumeMean", bands_known ? market.signal.mean_volume() : NAN},
      {"rollingHigh", bands_known ? market.signal.rolling_high() : NAN},
      {EB_VALUE_COOLDOWN_UNTIL, seconds_of(answer.cooldown_end)},
  }};
  std::size_t n = 0;
  for (const auto& [key, value] : all) {
    if (!std::isnan(value)) figures[n++] = {eb::str(key), value};
  }
  return {figures.data(), n};
}

}  // namespace

void report(const Market& market, const Answer& answer, eb::Decisions& decisions) {
  const auto reasons = answer.reasons.all();
  const auto if_refused = answer.if_refused.all();
  // Each field by name: clearing the whole first would take longer than the rest of this.
  eb_decision decision = {
      .size = sizeof(eb_decision),
      .flags = answer.flags | (answer.plan ? EB_DECISION_PLAN : 0U),
      .action = answer.action,
      .intent = answer.intent,
      .n_reasons = static_cast<std::uint32_t>(reasons.size()),
      .n_refused_reasons = static_cast<std::uint32_t>(if_refused.size()),
      .reasons = reasons.data(),
      .refused_reasons = if_refused.data(),
      .state = eb::str(answer.state),
      .regime = eb::str(name_of(answer.regime)),
      .entry_regime = answer.entry_regime ? eb::str(name_of(*answer.entry_regime)) : eb_str{},
      .strength = answer.strength,
      .amount = answer.amount,
      .min_amount = {0, 0},
      .volume = answer.volume,
      .max_open_markets = 0,
      .n_values = 0,
      .values = nullptr,
      .origin = answer.origin,
      .plan = nullptr,
      .levels = answer.levels ? &*answer.levels : nullptr,
  };

  eb_plan plan{};
  if (answer.plan) {
    plan = answer.plan->plan;
    plan.own = eb::str(answer.plan->own);
    decision.plan = &plan;
  }

  Figures figures;
  std::span<const eb_number> values;
  if (answer.action != EB_ACTION_NONE || decisions.wants_values()) {
    values = figures_of(market, answer, figures);
  }
  if (answer.action == EB_ACTION_BUY) {
    decision.min_amount = eb_dec_from_int(market.parameters.amount.min_order);
    decision.max_open_markets = market.parameters.max_open_markets;
  }
  if (answer.action != EB_ACTION_NONE) {
    decision.values = values.data();
    decision.n_values = static_cast<std::uint32_t>(values.size());
  }
  decisions.decide(decision);
  if (decisions.wants_values()) decisions.values(values);
}

}  // namespace everbit::extreme_flip
