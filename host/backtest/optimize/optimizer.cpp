#include "backtest/optimize/optimizer.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <thread>

#include "backtest/candle_hash.h"

namespace everbit::backtest {
namespace {

constexpr double kDaysOfYear = 365;
constexpr double kNanosecondsOfDay = 86'400e9;
constexpr double kLeastProbability = 0.95;

// What all trials of a search look at; nobody writes to it.
struct Ground {
  const SearchRequest& search;
  const plugins::LoadedPlugin& plugin;
  const std::map<std::string, SharedCandles>& candles;
  SearchSpace space;
  WindowPlan plan;
};

Result<Outcome> run_once(const Ground& ground, const Point& point, std::int64_t from,
                         std::int64_t to) {
  Request request = ground.search.request;
  request.from = from;
  request.to = to;
  for (auto& searched : ground.space.params(point)) {
    std::erase_if(request.params, [&](const auto& one) { return one.first == searched.first; });
    request.params.push_back(std::move(searched));
  }
  std::map<std::string, std::unique_ptr<CandleSource>> sources;
  for (const std::string& market : request.markets) {
    sources[market] = std::make_unique<SharedCandleSource>(ground.candles.at(market));
  }
  Engine engine(std::move(request), ground.plugin);
  const auto result = engine.run(std::move(sources));
  if (!result) return result.error();
  const Metrics metrics = measure(*result);
  Outcome outcome;
  outcome.objective = value_of(ground.search.objective, metrics);
  outcome.mdd = metrics.mdd;
  outcome.total_return = metrics.total_return;
  outcome.trades = metrics.all.trades;
  outcome.daily = ReturnSums::of(daily_returns(*result));
  return outcome;
}

Result<Trial> train(const Ground& ground, Point point) {
  Trial trial{std::move(point), {}};
  for (const Window& window : ground.plan.windows) {
    auto outcome = run_once(ground, trial.point, window.train_from, window.train_to);
    if (!outcome) return outcome.error();
    if (outcome->trades < ground.search.min_trades) outcome->objective.reset();
    trial.trainings.push_back(*outcome);
  }
  return trial;
}

// A number that leaves its range would else end the program from a thread of its own.
Result<void> guarded(const std::function<Result<void>(std::size_t)>& task, std::size_t i) {
  try {
    return task(i);
  } catch (const std::exception& error) {
    return Error("BACKTEST_FAILED", error.what(), "trial " + std::to_string(i));
  }
}

// Runs the tasks 0 to n-1 on the threads; the first error ends it.
Result<void> on_all_cores(std::size_t threads, std::size_t n,
                          const std::function<Result<void>(std::size_t)>& task) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::optional<std::pair<std::size_t, Error>> failed;
  const auto work = [&] {
    for (std::size_t i = next++; i < n; i = next++) {
      const auto done = guarded(task, i);
      if (done) continue;
      const std::lock_guard lock(mutex);
      if (!failed || i < failed->first) failed.emplace(i, done.error());
      next = n;
    }
  };
  std::vector<std::thread> pool;
  for (std::size_t t = 1; t < std::min(threads, n); ++t) pool.emplace_back(work);
  work();
  for (std::thread& thread : pool) thread.join();
  if (failed) return failed->second;
  return {};
}

// Larger objective, then smaller drawdown; the first in parameter order wins a tie.
struct Rank {
  std::optional<double> objective;
  double mdd;
  const Point* point;

  bool better_than(const Rank& other) const {
    if (objective != other.objective) {
      return objective && (!other.objective || *objective > *other.objective);
    }
    if (mdd != other.mdd) return mdd > other.mdd;
    return *point < *other.point;
  }
};

template <class RankOf>
std::optional<std::size_t> best_of(const std::vector<Trial>& trials, const RankOf& rank_of) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Rank rank = rank_of(trials[i]);
    if (!rank.objective) continue;
    if (!best || rank.better_than(rank_of(trials[*best]))) best = i;
  }
  return best;
}

// Everything that a trial depends on.
std::string fingerprint_of(const Ground& ground) {
  const SearchRequest& search = ground.search;
  const Request& request = search.request;
  std::string text =
      ground.plugin.sha256 + "|" + request.fill_model + "|" +
      std::string(name_of(request.path_order)) + "|" + std::string(name_of(search.method)) + "|" +
      std::string(name_of(search.objective)) + "|" + std::to_string(search.seed) + "|" +
      std::to_string(search.min_trades) + "|" + request.initial_capital.to_string() + "|" +
      request.fee_rate.to_string() + "|" + request.slippage_bps.to_string() + "|" +
      std::to_string(request.timeframes.signal_s);
  for (const auto& [key, value] : request.params) text += "|" + key + "=" + value;
  for (const auto& [market, priority] : request.priorities) {
    text += "|" + market + ":" + std::to_string(priority);
  }
  for (const Dimension& dimension : search.dimensions) {
    text += "|" + dimension.key + (dimension.is_range ? ":" : "=");
    for (const std::string& value : dimension.values) text += value + ",";
  }
  for (const Window& window : ground.plan.windows) text += "|" + std::to_string(window.train_from);
  text += "|" + std::to_string(ground.plan.tail_from) + "|" + std::to_string(ground.plan.tail_to);
  for (const auto& [market, candles] : ground.candles) {
    CandleHash hash;
    for (const Candle& candle : *candles) hash.add(candle);
    text += "|" + market + "=" + hash.finish();
  }
  return sha256_text(text);
}

double a_year(double growth, double days) {
  return growth <= 0 ? -1.0 : std::pow(growth, kDaysOfYear / days) - 1;
}

void judge(SearchResult& result) {
  double tested = 1, trained = 1, test_days = 0, train_days = 0;
  for (const WindowResult& window : result.windows) {
    test_days +=
        static_cast<double>(window.window.test_to - window.window.train_to) / kNanosecondsOfDay;
    tested *= 1 + window.test.total_return;
    if (!window.choice) continue;
    trained *= 1 + window.training.total_return;
    train_days +=
        static_cast<double>(window.window.train_to - window.window.train_from) / kNanosecondsOfDay;
  }
  result.test_return = tested - 1;
  result.test_return_a_year = a_year(tested, test_days);
  result.training_return_a_year = train_days > 0 ? a_year(trained, train_days) : 0;
  if (!result.winner) return;
  std::vector<ReturnSums> all;
  for (const Trial& trial : result.trials) all.push_back(trial.returns());
  result.deflated = deflated_sharpe(all[*result.winner], all);
  if (!result.deflated || result.deflated->probability < kLeastProbability) {
    result.warnings.emplace_back("DEFLATED_SHARPE");
  }
  if (result.test_return_a_year < result.training_return_a_year / 2) {
    result.warnings.emplace_back("TEST_BELOW_HALF_OF_TRAINING");
  }
  if (!(result.tail->objective.value_or(0) > 0)) result.warnings.emplace_back("TAIL_NOT_ABOVE_0");
}

Result<std::pair<std::int64_t, std::int64_t>> range_of(
    const Request& request, const std::map<std::string, SharedCandles>& candles) {
  std::optional<std::int64_t> first, last;
  for (const auto& [market, list] : candles) {
    if (list->empty()) return Error("CANDLES_MISSING", "no candles", market);
    first = std::min(first.value_or(list->front().open_time), list->front().open_time);
    last = std::max(last.value_or(list->back().close_time), list->back().close_time);
  }
  if (!first) return Error("CANDLES_MISSING", "no candles given", "candles");
  return std::pair(request.from.value_or(*first), std::min(request.to.value_or(*last), *last));
}

Result<void> run_trials(const Ground& ground, std::size_t n, TrialFile& file,
                        const Progress& progress, std::vector<Trial>& trials) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t threads = ground.search.threads != 0 ? ground.search.threads : cores;
  const Sampler sampler(ground.space, ground.search.method, ground.search.seed);
  const std::size_t batch = ground.search.method == Method::kTpe ? kTpeBatch : n;
  std::vector<Scored> finished;
  std::mutex mutex;
  std::size_t done = 0;
  trials.resize(n);
  for (std::size_t begin = 0; begin < n; begin += batch) {
    const std::size_t size = std::min(batch, n - begin);
    auto ran = on_all_cores(threads, size, [&](std::size_t k) -> Result<void> {
      const std::size_t number = begin + k;
      const Point point = sampler.point(number, finished);
      if (const Trial* kept = file.find(number); kept != nullptr && kept->point == point) {
        trials[number] = *kept;
      } else {
        auto trial = train(ground, point);
        if (!trial) return trial.error();
        trials[number] = std::move(*trial);
        const std::lock_guard lock(mutex);
        if (auto added = file.add(number, trials[number]); !added) return added;
      }
      const std::lock_guard lock(mutex);
      ++done;
      if (progress) progress(static_cast<double>(done) / static_cast<double>(n));
      return {};
    });
    if (!ran) return ran;
    for (std::size_t k = 0; k < size; ++k) {
      finished.push_back({trials[begin + k].point, trials[begin + k].median()});
    }
  }
  return {};
}

}  // namespace

Result<SearchResult> optimize(const SearchRequest& search, const plugins::LoadedPlugin& plugin,
                              const std::map<std::string, SharedCandles>& candles,
                              const Progress& progress) {
  if (auto valid = validate(search.request); !valid) return valid.error();
  auto space = SearchSpace::make(search.dimensions);
  if (!space) return space.error();
  const auto range = range_of(search.request, candles);
  if (!range) return range.error();
  auto plan = plan_windows(range->first, range->second, search.request.timeframes.signal_s);
  if (!plan) return plan.error();
  const bool grid = search.method == Method::kGrid;
  const std::size_t n = grid && search.trials == 0 ? space->size() : search.trials;
  if (n == 0) return Error("USAGE", "how many sets are to be tried?", "trials");
  if (grid && n > space->size()) return Error("USAGE", "the grid has fewer sets", "trials");

  const Ground ground{search, plugin, candles, std::move(*space), *plan};
  auto file = TrialFile::open(search.file, search.file.empty() ? "" : fingerprint_of(ground));
  if (!file) return file.error();
  SearchResult result;
  result.search = search;
  result.search.request.from = range->first;
  result.search.request.to = range->second;
  result.search.trials = n;
  result.plan = *plan;
  if (auto ran = run_trials(ground, n, *file, progress, result.trials); !ran) return ran.error();

  for (std::size_t w = 0; w < plan->windows.size(); ++w) {
    WindowResult window{plan->windows[w], {}, {}, {}};
    window.choice = best_of(result.trials, [&](const Trial& trial) {
      return Rank{trial.trainings[w].objective, trial.trainings[w].mdd, &trial.point};
    });
    if (window.choice) {
      const Trial& chosen = result.trials[*window.choice];
      window.training = chosen.trainings[w];
      auto test = run_once(ground, chosen.point, window.window.train_to, window.window.test_to);
      if (!test) return test.error();
      window.test = *test;
    }
    result.windows.push_back(window);
  }
  result.winner = best_of(result.trials, [&](const Trial& trial) {
    return Rank{trial.median(), trial.worst_drawdown(), &trial.point};
  });
  if (result.winner) {
    auto tail =
        run_once(ground, result.trials[*result.winner].point, plan->tail_from, plan->tail_to);
    if (!tail) return tail.error();
    result.tail = *tail;
  }
  judge(result);
  return result;
}

}  // namespace everbit::backtest
