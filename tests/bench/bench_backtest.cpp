#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

#include "backtest/candle_csv.h"
#include "backtest/metrics.h"
#include "backtest/result_json.h"
#include "unit/backtest/support.h"

// Candles a CPU-second through the whole path: CSV text, engine of candles, the real strategy file
// through the ABI, gate, ledger. Beside it the same candles without the strategy.
namespace everbit::backtest {
namespace {

constexpr int kCandles = 100'000;

// A wave with noise, always the same for a seed: it meets every regime.
std::string wave(int candles, int timeframe_s, std::uint64_t seed) {
  std::string text = "candle_time_utc,open,high,low,close,volume\n";
  std::int64_t time = 1'577'836'800;
  double price = 50'000'000;
  for (int i = 0; i < candles; ++i, time += timeframe_s) {
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
  return text;
}

std::filesystem::path candles() {
  static const auto path = testing::scratch_file("bench.csv", wave(kCandles, 900, 1));
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

// The whole path but for the CSV: candles that are in memory already, as a search has them.
void RunFromMemory(benchmark::State& state) {
  Request request;
  request.markets = {"KRW-BTC"};
  request.timeframes = timeframes_of("15m").value();
  auto source = CsvCandleSource::open(candles(), {900, Decimal::from_int(1)}).value();
  const auto all =
      std::make_shared<const std::vector<Candle>>(MemoryCandleSource::read_all(*source).value());
  for (auto _ : state) {
    std::map<std::string, std::unique_ptr<CandleSource>> sources;
    sources["KRW-BTC"] = std::make_unique<SharedCandleSource>(all);
    auto result = Engine(request, testing::extreme_flip()).run(std::move(sources));
    benchmark::DoNotOptimize(result.value().equity.size());
  }
  count(state);
}
BENCHMARK(RunFromMemory)->Unit(benchmark::kMillisecond);

// 10 markets, 3 timeframes, 365 days from gzip CSV on two threads, results included: wall time, and
// the most memory that the process ever had.
void TenMarketsAYear(benchmark::State& state) {
  constexpr std::pair<const char*, int> kFrames[] = {
      {"15m", 900}, {"60m", 3'600}, {"240m", 14'400}};
  std::map<int, std::map<std::string, std::filesystem::path>> files;
  for (const auto& [name, seconds] : kFrames) {
    for (int m = 0; m < 10; ++m) {
      const std::string market = std::string("KRW-M") + static_cast<char>('0' + m);
      const auto rows = wave(365 * 86'400 / seconds, seconds, static_cast<std::uint64_t>(m) + 7);
      files[seconds][market] =
          testing::scratch_file(market + name + ".csv.gz", testing::gzip(rows));
    }
  }
  testing::extreme_flip();
  const auto run = [&](const char* name, int seconds) {
    Request request;
    request.timeframes = timeframes_of(name).value();
    for (const auto& [market, file] : files[seconds]) request.markets.push_back(market);
    const auto result = testing::run_files(request, files[seconds]).value();
    benchmark::DoNotOptimize(to_json(result, measure(result)).size());
  };
  for (auto _ : state) {
    std::thread other([&] {
      run(kFrames[1].first, kFrames[1].second);
      run(kFrames[2].first, kFrames[2].second);
    });
    run(kFrames[0].first, kFrames[0].second);
    other.join();
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  state.counters["MiB"] = static_cast<double>(used.ru_maxrss) / 1'024;
}
BENCHMARK(TenMarketsAYear)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace everbit::backtest
