#include <ctime>
#include <iostream>

#include "backtest/candle_csv.h"
#include "backtest/metrics.h"
#include "base/json_writer.h"
#include "unit/backtest/support.h"

// bench_crossing FILE.csv FAST SLOW REPEATS: the crossing rule of peers_backtest.py in Everbit's
// whole path, and the same JSON line: trades and CPU seconds with the file's reading (`all`) and
// with the candles in memory (`run`). The timeframe is that of the file, 60m.
namespace everbit::backtest {
namespace {

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

int run(const std::string& file, const std::string& fast, const std::string& slow, int repeats) {
  Request request;
  request.markets = {"KRW-X"};
  request.timeframes = timeframes_of("60m").value();
  request.params = {{"fast", fast}, {"slow", slow}};
  request.fee_rate = Decimal();
  request.strategy_key = "CROSSING";
  const auto plugin = testing::load_strategy(EVERBIT_CROSSING);
  JsonWriter all, alone;
  all.begin_array();
  alone.begin_array();
  RunResult last;
  for (int i = 0; i < repeats; ++i) {
    const double began = cpu_seconds();
    auto source = CsvCandleSource::open(file, {3'600, Decimal::from_int(1)}).value();
    auto candles = MemoryCandleSource::read_all(*source).value();
    const double loaded = cpu_seconds();
    std::map<std::string, std::unique_ptr<CandleSource>> sources;
    sources["KRW-X"] = std::make_unique<MemoryCandleSource>(std::move(candles));
    last = Engine(request, plugin).run(std::move(sources)).value();
    measure(last);
    const double ended = cpu_seconds();
    all.value(ended - began);
    alone.value(ended - loaded);
  }
  all.end_array();
  alone.end_array();
  JsonWriter json;
  json.begin_object().field("name", "everbit").field("version", "");
  json.key("all").raw(all.take()).key("run").raw(alone.take()).key("trades").begin_array();
  for (const Trade& trade : last.trades) {
    if (trade.end_of_run) continue;
    json.begin_array();
    json.value(Timestamp::from_ns(trade.open_time).to_iso());
    json.value(Timestamp::from_ns(trade.exits.back().open_time).to_iso());
    json.value(trade.entry.price.to_double()).value(trade.exits.back().fill.price.to_double());
    json.end_array();
  }
  json.end_array().end_object();
  std::cout << json.take() << '\n';
  return 0;
}

}  // namespace
}  // namespace everbit::backtest

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: bench_crossing FILE.csv FAST SLOW REPEATS\n";
    return 2;
  }
  return everbit::backtest::run(argv[1], argv[2], argv[3], std::stoi(argv[4]));
}
