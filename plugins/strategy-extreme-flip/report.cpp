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
  eb_decision decision{};
  decision.size = sizeof(eb_decision);
  decision.flags = answer.flags | (answer.plan ? EB_DECISION_PLAN : 0U);
  decision.action = answer.action;
  decision.intent = answer.intent;
  decision.reasons = answer.reasons.all().data();
  decision.n_reasons = static_cast<std::uint32_t>(answer.reasons.all().size());
  decision.refused_reasons = answer.if_refused.all().data();
  decision.n_refused_reasons = static_cast<std::uint32_t>(answer.if_refused.all().size());
  decision.state = eb::str(answer.state);
  decision.regime = eb::str(name_of(answer.regime));
  if (answer.entry_regime) decision.entry_regime = eb::str(name_of(*answer.entry_regime));
  decision.strength = answer.strength;
  decision.amount = answer.amount;
  decision.volume = answer.volume;
  decision.origin = answer.origin;
  decision.levels = answer.levels ? &*answer.levels : nullptr;

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
