#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace everbit::extreme_flip {

// The first four are traded in and index the tables of the parameters.
enum class Regime { kUpTrend, kRange, kTransition, kDownTrend, kWarmup };

inline constexpr std::size_t kTradedRegimes = 4;

// The row of a table; in warm-up that of TRANSITION, which only exits ever ask for.
constexpr std::size_t row_of(Regime regime) {
  return static_cast<std::size_t>(regime == Regime::kWarmup ? Regime::kTransition : regime);
}

std::string_view name_of(Regime regime);
std::optional<Regime> regime_named(std::string_view name);

enum class Trend { kUp, kDown, kFlat };

// The long-term trend alone settles a downtrend; both must agree on the rest.
constexpr Regime regime_of(std::optional<Trend> long_term, std::optional<Trend> macro) {
  if (!long_term || !macro) return Regime::kWarmup;
  if (*long_term == Trend::kDown) return Regime::kDownTrend;
  if (*long_term == Trend::kUp && *macro == Trend::kUp) return Regime::kUpTrend;
  if (*long_term == Trend::kFlat && *macro == Trend::kFlat) return Regime::kRange;
  return Regime::kTransition;
}

}  // namespace everbit::extreme_flip
