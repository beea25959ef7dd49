#include "backtest/optimize/windows.h"

#include "trading/market/candle.h"

namespace everbit::backtest {
namespace {

constexpr std::int64_t kDay = 86'400 * trading::kNanosecondsPerSecond;
constexpr std::int64_t kTraining = 180 * kDay;
constexpr std::int64_t kTest = 60 * kDay;

}  // namespace

Result<WindowPlan> plan_windows(std::int64_t from, std::int64_t to, int signal_s) {
  WindowPlan plan;
  plan.tail_from = trading::period_start(from + (to - from) / 5 * 4, signal_s);
  plan.tail_to = to;
  for (std::int64_t begin = from; begin + kTraining + kTest <= plan.tail_from; begin += kTest) {
    plan.windows.push_back({begin, begin + kTraining, begin + kTraining + kTest});
  }
  if (plan.windows.empty()) {
    return Error("BACKTEST_REQUEST",
                 "a search needs 300 days: 180 to train, 60 to test, and the last fifth held out",
                 "from");
  }
  return plan;
}

}  // namespace everbit::backtest
