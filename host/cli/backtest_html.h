#pragma once

#include <vector>

#include "backtest/result_json.h"
#include "cli/backtest_options.h"

namespace everbit::cli {

// Writes the report of each run to the file of --html, if one was asked for; a second run's is
// NAME-2.html. Reads the candle files once more for the prices. Codes: CANDLES_CSV, FILE_WRITE.
Result<void> write_html(const BacktestOptions& options,
                        const std::vector<backtest::RunReport>& runs);

}  // namespace everbit::cli
