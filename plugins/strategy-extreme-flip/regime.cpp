#include "regime.h"

#include <array>

namespace everbit::extreme_flip {
namespace {

constexpr std::array<std::string_view, kTradedRegimes + 1> kNames{"UP_TREND", "RANGE", "TRANSITION",
                                                                  "DOWN_TREND", "WARMUP"};

}  // namespace

std::string_view name_of(Regime regime) { return kNames[static_cast<std::size_t>(regime)]; }

std::optional<Regime> regime_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Regime>(i);
  }
  return std::nullopt;
}

}  // namespace everbit::extreme_flip
