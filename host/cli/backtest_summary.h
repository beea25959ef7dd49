#pragma once

#include <iosfwd>

#include "backtest/metrics.h"

namespace everbit::cli {

// The result as a table for people, Korean with English beside.
void print_summary(std::ostream& out, const backtest::RunResult& result,
                   const backtest::Metrics& metrics);

}  // namespace everbit::cli
