#include "backtest/result.h"

namespace everbit::backtest {

WideDecimal Trade::fees() const {
  WideDecimal sum = entry.fee;
  for (const Exit& exit : exits) sum += exit.fill.fee;
  return sum;
}

WideDecimal Trade::pnl() const {
  WideDecimal sum = -entry.value - fees();
  for (const Exit& exit : exits) sum += exit.fill.value;
  return sum;
}

std::int64_t Trade::holding_seconds() const {
  return (exits.back().fill_time - fill_time) / trading::kNanosecondsPerSecond;
}

}  // namespace everbit::backtest
