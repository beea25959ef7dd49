#include "cli/backtest_html.h"

#include "backtest/candle_csv.h"
#include "backtest/report/html_report.h"
#include "base/files.h"

namespace everbit::cli {

namespace {

using Prices = std::map<std::string, std::vector<backtest::report::PricePoint>>;

Result<Prices> read_prices(const BacktestOptions& options, const backtest::RunResult& result) {
  Prices prices;
  for (const auto& [market, file] : options.candles) {
    if (result.equity.empty()) break;
    auto source = backtest::CsvCandleSource::open(
        file, {result.request.timeframes.signal_s, result.request.price_scale});
    if (!source) return source.error();
    auto track =
        backtest::report::price_track(**source, result.first_open, result.equity.back().close_time);
    if (!track) return track.error();
    prices[market] = std::move(*track);
  }
  return prices;
}

}  // namespace

Result<void> write_html(const BacktestOptions& options,
                        const std::vector<backtest::RunReport>& runs) {
  if (options.html.empty()) return {};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto prices = read_prices(options, runs[i].result);
    if (!prices) return prices.error();
    std::filesystem::path file = options.html;
    if (i > 0) {
      file.replace_filename(file.stem().string() + "-" + std::to_string(i + 1) +
                            file.extension().string());
    }
    const auto html = backtest::report::to_html(runs[i].result, runs[i].metrics, *prices);
    if (auto written = write_file_atomic(file, html, 0644); !written) return written;
  }
  return {};
}

}  // namespace everbit::cli
