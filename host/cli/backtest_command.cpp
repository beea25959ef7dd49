#include "cli/backtest_command.h"

#include <iostream>
#include <memory>

#include "backtest/candle_csv.h"
#include "backtest/engine.h"
#include "backtest/metrics.h"
#include "backtest/result_json.h"
#include "base/files.h"
#include "cli/backtest_html.h"
#include "cli/backtest_options.h"
#include "cli/backtest_summary.h"
#include "cli/command.h"
#include "cli/progress_bar.h"
#include "plugins/loader.h"

namespace everbit::cli {
namespace {

using Sources = std::map<std::string, std::unique_ptr<backtest::CandleSource>>;

Result<Sources> open_sources(const BacktestOptions& options) {
  Sources sources;
  for (const auto& [market, file] : options.candles) {
    const auto& request = options.request;
    auto source =
        backtest::CsvCandleSource::open(file, {request.timeframes.signal_s, request.price_scale});
    if (!source) return source.error();
    if (!options.bulk) {
      sources[market] = std::move(*source);
      continue;
    }
    auto candles = backtest::MemoryCandleSource::read_all(**source);
    if (!candles) return candles.error();
    sources[market] = std::make_unique<backtest::MemoryCandleSource>(std::move(*candles));
  }
  return sources;
}

Result<void> write_json(const BacktestOptions& options, const std::string& json) {
  if (options.json.empty()) return {};
  if (options.json == "-") {
    std::cout << json << '\n' << std::flush;
    return {};
  }
  return write_file_atomic(options.json, json, 0644);
}

// A bar for each run; for a parent process all of them are one.
std::function<void(double)> progress_of(const BacktestOptions& options, std::size_t run,
                                        std::size_t runs) {
  if (options.progress_fd < 0) return progress_bar();
  return [tell = progress_lines(options.progress_fd), run, runs](double done) {
    tell((static_cast<double>(run) + done) / static_cast<double>(runs));
  };
}

Result<void> run(const BacktestOptions& options) {
  if (auto valid = backtest::validate(options.request); !valid) return valid;
  plugins::Loader loader(plugins::LoaderOptions{});
  const auto plugin = loader.load_unlisted_strategy(options.strategy);
  if (!plugin) return plugin.error();
  std::vector<backtest::RunReport> reports;
  const auto runs = backtest::runs_of(options.request);
  for (const backtest::Request& request : runs) {
    auto sources = open_sources(options);
    if (!sources) return sources.error();
    backtest::Engine engine(request, *plugin);
    auto result =
        engine.run(std::move(*sources), progress_of(options, reports.size(), runs.size()));
    if (!result) return result.error();
    const backtest::Metrics metrics = backtest::measure(*result);
    reports.push_back({std::move(*result), metrics});
  }
  if (auto written = write_json(options, backtest::to_json(reports)); !written) return written;
  if (auto written = write_html(options, reports); !written) return written;
  if (options.json == "-") return {};
  for (const auto& report : reports) print_summary(std::cout, report.result, report.metrics);
  return {};
}

}  // namespace

int backtest_run(std::span<const std::string> arguments) {
  const auto options = parse_backtest_options(arguments);
  if (!options) {
    std::cerr << "everbit backtest run: " << to_string(options.error()) << "\n(--help)\n";
    return kUsage;
  }
  if (options->help) {
    std::cout << backtest_help();
    return kOk;
  }
  if (const auto done = run(*options); !done) {
    std::cerr << "everbit backtest run: " << to_string(done.error()) << '\n';
    return done.error().code == "BACKTEST_REQUEST" ? kUsage : kFailed;
  }
  return kOk;
}

}  // namespace everbit::cli
