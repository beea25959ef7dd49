#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"

namespace everbit::backtest {

// Nanoseconds UTC; a test follows its training at once.
struct Window {
  std::int64_t train_from = 0;
  std::int64_t train_to = 0;
  std::int64_t test_to = 0;
};

// How a range is cut for a search: the last fifth is held out; the rest is walked through by
// windows of 180 days of training and 60 of test, each 60 days after the one before.
struct WindowPlan {
  std::vector<Window> windows;
  std::int64_t tail_from = 0;
  std::int64_t tail_to = 0;
};

// Code BACKTEST_REQUEST, field from: not even one window fits (300 days are needed).
Result<WindowPlan> plan_windows(std::int64_t from, std::int64_t to, int signal_s);

// Every third window: their trainings follow each other without overlapping.
constexpr std::size_t kTiling = 3;

}  // namespace everbit::backtest
