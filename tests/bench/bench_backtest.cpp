#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "backtest/candle_csv.h"
#include "unit/backtest/support.h"

// Candles a CPU-second through the whole path: CSV text, engine of candles, the real strategy file
// through the ABI, gate, ledger. Beside it the same candles without the strategy.
namespace everbit::backtest {
namespace {

constexpr int kCandles = 100'000;

// A wave with noise, always the same: it meets every regime.
std::filesystem::path candles() {
  static const std::filesystem::path path = [] {
    std::string text = "candle_time_utc,open,high,low,close,volume\n";
    std::int64_t time = 1'577'836'800;
    std::uint64_t seed = 1;
    double price = 50'000'000;
    for (int i = 0; i < kCandles; ++i, time += 900) {
      seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
      const double noise = static_cast<double>(seed >> 40) / 16'777'216.0 - 0.5;
      const double open = price;
      price *= 1 + 0.004 * noise + 0.0006 * std::sin(i / 3'000.0);
      char row[160];
      std::snprintf(row, sizeof row, "%s,%.0f,%.0f,%.0f,%.0f,%.8f\n",
                    Timestamp::from_seconds(time).to_iso().c_str(), open,
                    std::max(open, price) * 1.001, std::min(open, price) * 0.999, price,
                    100 + 50 * noise);
      text += row;
    }
    return testing::scratch_file("bench.csv", text);
  }();
  return path;
}

void count(benchmark::State& state) {
  state.counters["candles"] = benchmark::Counter(static_cast<double>(kCandles),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

void ReadCsv(benchmark::State& state) {
  const auto file = candles();
  for (auto _ : state) {
    auto source = CsvCandleSource::open(file, {900, Decimal::from_int(1)}).value();
    Candle candle{};
    while (*source->next(candle)) benchmark::DoNotOptimize(candle);
  }
  count(state);
}
BENCHMARK(ReadCsv)->Unit(benchmark::kMillisecond);

void CloseCandles(benchmark::State& state) {
  auto source = CsvCandleSource::open(candles(), {900, Decimal::from_int(1)}).value();
  const auto all = MemoryCandleSource::read_all(*source).value();
  for (auto _ : state) {
    trading::CandleEngine engine({900, 14'400, 86'400});
    for (const Candle& candle : all) {
      engine.push(candle, [](int, const Candle& closed) { benchmark::DoNotOptimize(&closed); });
    }
  }
  count(state);
}
BENCHMARK(CloseCandles)->Unit(benchmark::kMillisecond);

void WholeRun(benchmark::State& state) {
  Request request;
  request.markets = {"KRW-BTC"};
  request.timeframes = timeframes_of("15m").value();
  const auto file = candles();
  for (auto _ : state) {
    auto result = testing::run_files(request, {{"KRW-BTC", file}}, state.range(0) != 0);
    benchmark::DoNotOptimize(result.value().equity.size());
  }
  count(state);
}
BENCHMARK(WholeRun)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace everbit::backtest
