#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "backtest/optimize/optimizer.h"
#include "unit/backtest/support.h"

namespace everbit::backtest {
namespace {

constexpr std::int64_t kDay = 86'400 * trading::kNanosecondsPerSecond;

TEST(SearchSpaceTest, RangesAreExactAndHoldBothEnds) {
  const auto range = parse_dimension("a=0.1:0.3:0.1").value();
  EXPECT_EQ(range.values, (std::vector<std::string>{"0.1", "0.2", "0.3"}));
  const auto list = parse_dimension("b=x,y").value();
  const auto space = SearchSpace::make({range, list}).value();
  EXPECT_EQ(space.size(), 6U);
  EXPECT_EQ(space.at(0), (Point{0, 0}));
  EXPECT_EQ(space.at(5), (Point{2, 1})) << "the last dimension runs fastest";
  for (const char* wrong : {"a", "=1", "a=", "a=1:2", "a=2:1:1", "a=1:2:0", "a=1,1", "a=1,,2",
                            "a=0:1000000:0.1", "a=x:y:z"}) {
    const auto refused = parse_dimension(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().field, "param");
  }
  EXPECT_FALSE(SearchSpace::make({list, list}));
}

TEST(SamplerTest, ATrialDependsOnSeedAndNumberAloneAndTpeOnEarlierBatches) {
  const auto space =
      SearchSpace::make({parse_dimension("a=0:99:1").value(), parse_dimension("b=x,y,z").value()})
          .value();
  const Sampler random(space, Method::kRandom, 7);
  EXPECT_EQ(random.point(5, {}), random.point(5, {}));
  EXPECT_NE(random.point(5, {}), Sampler(space, Method::kRandom, 8).point(5, {}));

  // Good near a = 70 with y: tpe finds it sooner than chance would.
  const auto score = [](const Point& point) {
    return -std::abs(static_cast<double>(point[0]) - 70) - (point[1] == 1 ? 0 : 20);
  };
  const Sampler tpe(space, Method::kTpe, 7);
  std::vector<Scored> finished;
  double late = 0;
  for (std::size_t i = 0; i < 160; ++i) {
    const Point point = tpe.point(i, finished);
    const auto known = std::span(finished).first(i / kTpeBatch * kTpeBatch);
    EXPECT_EQ(tpe.point(i, known), point) << "looked at its own batch";
    finished.push_back({point, score(point)});
    if (i >= 80) late += score(point) / 80;
  }
  double chance = 0;
  for (std::size_t i = 0; i < 80; ++i) chance += score(random.point(i, {})) / 80;
  EXPECT_GT(late, chance / 2);
}

TEST(WindowsTest, TheLastFifthIsHeldOutAndTestsFollowEachOther) {
  const auto plan = plan_windows(0, 1'000 * kDay, 900).value();
  EXPECT_EQ(plan.tail_from, 800 * kDay);
  ASSERT_EQ(plan.windows.size(), 10U) << "180 + 60 + 9 * 60 = 780";
  for (std::size_t i = 0; i < plan.windows.size(); ++i) {
    EXPECT_EQ(plan.windows[i].train_to - plan.windows[i].train_from, 180 * kDay);
    EXPECT_EQ(plan.windows[i].test_to - plan.windows[i].train_to, 60 * kDay);
    EXPECT_LE(plan.windows[i].test_to, plan.tail_from) << "the tail was seen";
    if (i == 0) continue;
    EXPECT_EQ(plan.windows[i].train_to, plan.windows[i - 1].test_to);
  }
  EXPECT_TRUE(plan_windows(0, 300 * kDay, 900));
  EXPECT_EQ(plan_windows(0, 299 * kDay, 900).error().field, "from");
}

// The example of the paper: 100 trials of variance 1/2 a year, the best 2.5 a year in 1,250 days of
// which a year has 250, skewness -3, kurtosis 10: 0.1132 a day by chance, 0.9004.
TEST(DeflatedSharpeTest, AgreesWithTheExampleOfItsAuthors) {
  const double chance = expected_maximum_sharpe(0.5 / 250, 100);
  EXPECT_NEAR(chance, 0.1132, 0.0001);
  EXPECT_NEAR(deflated_probability(2.5 / std::sqrt(250), chance, 1'250, -3, 10), 0.9004, 0.0002);
}

TEST(DeflatedSharpeTest, MomentsAddUpOverWindows) {
  const std::vector<double> first{0.01, -0.02, 0.03}, second{0.005, 0, -0.01, 0.02};
  auto all = first;
  all.insert(all.end(), second.begin(), second.end());
  auto sums = ReturnSums::of(first);
  sums += ReturnSums::of(second);
  const auto whole = ReturnSums::of(all);
  EXPECT_DOUBLE_EQ(*sums.sharpe(), *whole.sharpe());
  EXPECT_NEAR(ReturnSums::of(std::vector<double>{1, 2, 3, 4, 10}).skewness(), 1.138419, 1e-6);
  EXPECT_NEAR(ReturnSums::of(std::vector<double>{1, 2, 3, 4, 10}).kurtosis(), 2.788, 1e-3);
  EXPECT_FALSE(ReturnSums::of(std::vector<double>{0.1, 0.1, 0.1}).sharpe());
}

// A year and a half of hours: a fall and a rise every day.
std::map<std::string, SharedCandles> waves() {
  std::vector<Candle> candles;
  std::int64_t time = 1'640'995'200 * trading::kNanosecondsPerSecond;
  std::uint64_t seed = 3;
  double price = 50'000;
  for (int i = 0; i < 24 * 420; ++i, time += 3'600 * trading::kNanosecondsPerSecond) {
    seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    const double noise = static_cast<double>(seed >> 40) / 16'777'216.0 - 0.5;
    const double open = price;
    price *= 1 + 0.012 * noise + 0.004 * std::sin(i / 9.0);
    const auto number = [](double x) { return Decimal::from_int(static_cast<std::int64_t>(x)); };
    candles.push_back(trading::make_candle(
        time, 3'600, number(open), number(std::max(open, price) * 1.001 + 1),
        number(std::min(open, price) * 0.999), number(price), Decimal::from_int(100'000)));
  }
  return {{"KRW-A", std::make_shared<const std::vector<Candle>>(std::move(candles))}};
}

SearchRequest quick_search() {
  SearchRequest search;
  search.request.markets = {"KRW-A"};
  search.request.timeframes = timeframes_of("60m").value();
  search.request.params = {
      {"regime.ema", "10"},        {"regime.slopeCandles", "2"}, {"entry.minTradedValue24h", "0"},
      {"os.DOWN_TREND.rsi", "45"}, {"os.TRANSITION.rsi", "45"},  {"os.TRANSITION.dev", "-0.5"},
      {"os.UP_TREND.dev", "-0.5"}, {"os.UP_TREND.rsi", "45"}};
  search.dimensions = {parse_dimension("flip.buyRsi=20:40:10").value(),
                       parse_dimension("exit.UP_TREND.stop=1,3").value()};
  search.min_trades = 3;
  return search;
}

TEST(OptimizeTest, TheResultDoesNotDependOnTheNumberOfThreads) {
  const auto candles = waves();
  for (const Method method : {Method::kGrid, Method::kTpe}) {
    SearchRequest search = quick_search();
    search.method = method;
    search.trials = method == Method::kTpe ? 20 : 0;
    std::string first;
    for (const std::size_t threads : {1U, 3U}) {
      search.threads = threads;
      const auto result = optimize(search, testing::extreme_flip(), candles);
      ASSERT_TRUE(result) << to_string(result.error());
      ASSERT_TRUE(result->winner) << "the search found nothing to choose from";
      const std::string json = to_json(*result);
      if (first.empty()) first = json;
      EXPECT_EQ(json, first);
    }
  }
}

TEST(OptimizeTest, ASearchThatWasInterruptedGoesOnAndEndsTheSame) {
  const auto candles = waves();
  SearchRequest search = quick_search();
  const auto plain = to_json(optimize(search, testing::extreme_flip(), candles).value());
  const auto file = testing::scratch_file("kept.trials", "");
  std::filesystem::remove(file);
  search.file = file.string();
  EXPECT_EQ(to_json(optimize(search, testing::extreme_flip(), candles).value()), plain);

  // As a stop in the middle of the fourth line would leave it.
  std::ifstream in(file);
  std::string kept, line;
  for (int i = 0; i < 4 && std::getline(in, line); ++i) kept += line + "\n";
  std::ofstream(file, std::ios::trunc) << kept.substr(0, kept.size() - 5);
  EXPECT_EQ(to_json(optimize(search, testing::extreme_flip(), candles).value()), plain);

  search.seed = 2;
  const auto other = optimize(search, testing::extreme_flip(), candles);
  ASSERT_FALSE(other) << "trials of another search were taken over";
  EXPECT_EQ(other.error().code, "TRIALS_FILE");
}

TEST(OptimizeTest, TheHeldOutTailChangesNothingButItsOwnFigures) {
  const auto candles = waves();
  auto bent = *candles.at("KRW-A");
  const auto plan = plan_windows(bent.front().open_time, bent.back().close_time, 3'600).value();
  for (Candle& candle : bent) {
    if (candle.open_time >= plan.tail_from) {
      candle = trading::make_candle(candle.open_time, 3'600, Decimal::from_int(50'000),
                                    Decimal::from_int(50'000), Decimal::from_int(50'000),
                                    Decimal::from_int(50'000), Decimal::from_int(1));
    }
  }
  const std::map<std::string, SharedCandles> others{
      {"KRW-A", std::make_shared<const std::vector<Candle>>(std::move(bent))}};
  const auto a = optimize(quick_search(), testing::extreme_flip(), candles).value();
  const auto b = optimize(quick_search(), testing::extreme_flip(), others).value();
  EXPECT_EQ(a.winner, b.winner);
  EXPECT_EQ(a.test_return, b.test_return);
  EXPECT_NE(a.tail->total_return, b.tail->total_return);
}

TEST(OptimizeTest, WhatIsWrongIsNamed) {
  const auto candles = waves();
  SearchRequest search = quick_search();
  search.dimensions.push_back(parse_dimension("no.such=1,2").value());
  const auto unknown = optimize(search, testing::extreme_flip(), candles);
  ASSERT_FALSE(unknown);
  EXPECT_NE(to_string(unknown.error()).find("no.such"), std::string::npos);

  search = quick_search();
  search.min_trades = 1'000'000;
  const auto none = optimize(search, testing::extreme_flip(), candles).value();
  EXPECT_FALSE(none.winner || none.tail);

  search = quick_search();
  search.request.to = candles.at("KRW-A")->front().open_time + 100 * kDay;
  EXPECT_EQ(optimize(search, testing::extreme_flip(), candles).error().code, "BACKTEST_REQUEST");
}

}  // namespace
}  // namespace everbit::backtest
