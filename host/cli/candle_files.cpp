#include "cli/candle_files.h"

#include "backtest/candle_csv.h"

namespace everbit::cli {

Result<backtest::CandleSet> read_candles(const BacktestOptions& options) {
  backtest::CandleSet all;
  for (const auto& [market, file] : options.candles) {
    auto source = backtest::CsvCandleSource::open(
        file, {options.request.timeframes.signal_s, options.request.price_scale});
    if (!source) return source.error();
    auto candles = backtest::MemoryCandleSource::read_all(**source);
    if (!candles) return candles.error();
    all[market] = std::make_shared<const std::vector<backtest::Candle>>(std::move(*candles));
  }
  return all;
}

}  // namespace everbit::cli
