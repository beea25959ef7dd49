#include "backtest/verify/verify.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>

#include "backtest/verify/child.h"
#include "base/files.h"
#include "unit/backtest/support.h"

// Strategies with planted look-ahead, repainting, forgetting and waste are caught by the check that
// is meant for them; honest ones pass all. The candles are made: two waves with noise.
namespace everbit::backtest {
namespace {

constexpr int kCandles = 1'200;
// Less than a certificate takes, so that the test takes seconds.
constexpr VerifyScale kSmall{1'200, 20, 8, 200};

const plugins::LoadedPlugin& planted() {
  static const plugins::LoadedPlugin plugin = testing::load_strategy(EVERBIT_PLANTED);
  return plugin;
}

SharedCandles wave(std::uint64_t seed) {
  std::vector<Candle> candles;
  std::int64_t time = 1'640'995'200 * trading::kNanosecondsPerSecond;
  double price = 50'000;
  const auto number = [](double x) { return Decimal::from_int(static_cast<std::int64_t>(x)); };
  for (int i = 0; i < kCandles; ++i, time += 900 * trading::kNanosecondsPerSecond) {
    seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    const double noise = static_cast<double>(seed >> 40) / 16'777'216.0 - 0.5;
    const double open = price;
    price *= 1 + 0.01 * noise + 0.002 * std::sin(i / 40.0);
    candles.push_back(trading::make_candle(
        time, 900, number(open), number(std::max(open, price) * 1.001 + 1),
        number(std::min(open, price) * 0.999), number(price), number(1'000 + 900 * noise)));
  }
  return std::make_shared<const std::vector<Candle>>(std::move(candles));
}

const CandleSet& candles() {
  static const CandleSet set{{"KRW-A", wave(1)}, {"KRW-B", wave(2)}};
  return set;
}

Request request_of(const std::string& rule) {
  Request request;
  request.markets = {"KRW-A", "KRW-B"};
  request.timeframes = timeframes_of("15m").value();
  if (!rule.empty()) request.params = {{"rule", rule}};
  return request;
}

std::string failures_of(const Certificate& certificate) {
  std::string text;
  for (const Check& check : certificate.checks) {
    if (!check.passed) text += check.name + " (" + check.detail.substr(0, 300) + ") ";
  }
  return text;
}

class HonestTest : public ::testing::TestWithParam<const char*> {};

TEST_P(HonestTest, AnHonestStrategyPasses) {
  const auto certificate = verify(request_of(GetParam()), planted(), candles(), {}, kSmall);
  ASSERT_TRUE(certificate) << to_string(certificate.error());
  EXPECT_TRUE(certificate->passed()) << failures_of(*certificate);
  EXPECT_EQ(certificate->checks.size(), 5U);
}

INSTANTIATE_TEST_SUITE_P(Rules, HonestTest,
                         ::testing::Values("ema", "breakout", "reversion", "bands", "volume",
                                           "momentum", "range", "turns"));

TEST(HonestTest, ExtremeFlipPasses) {
  const auto certificate = verify(request_of(""), testing::extreme_flip(), candles(), {}, kSmall);
  ASSERT_TRUE(certificate) << to_string(certificate.error());
  EXPECT_TRUE(certificate->passed()) << failures_of(*certificate);
}

TEST(HonestTest, ExtremeFlipPassesWhereItTradesOften) {
  Request request = request_of("");
  request.params = {
      {"regime.ema", "10"},      {"regime.slopeCandles", "2"}, {"entry.minTradedValue24h", "0"},
      {"os.UP_TREND.rsi", "45"}, {"os.UP_TREND.dev", "-0.5"},  {"os.UP_TREND.pctB", "0.4"}};
  const auto certificate = verify(request, testing::extreme_flip(), candles(), {}, kSmall);
  ASSERT_TRUE(certificate) << to_string(certificate.error());
  EXPECT_TRUE(certificate->passed()) << failures_of(*certificate);
}

struct Planting {
  const char* rule;
  const char* check;  // the one that has to fail
};

class PlantedTest : public ::testing::TestWithParam<Planting> {};

TEST_P(PlantedTest, WhatIsPlantedIsCaught) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  if (GetParam().rule == std::string_view("hoard")) {
    GTEST_SKIP() << "a sanitizer's child has no limit of its memory";
  }
#endif
  const auto certificate = verify(request_of(GetParam().rule), planted(), candles(), {}, kSmall);
  ASSERT_TRUE(certificate) << to_string(certificate.error());
  EXPECT_FALSE(certificate->passed());
  for (const Check& check : certificate->checks) {
    if (check.name != GetParam().check) continue;
    EXPECT_FALSE(check.passed) << check.detail;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rules, PlantedTest,
    ::testing::Values(Planting{"next_close", "prefix"}, Planting{"future_high", "prefix"},
                      Planting{"future_volume", "prefix"}, Planting{"centred", "prefix"},
                      Planting{"last_candle", "prefix"}, Planting{"global_high", "prefix"},
                      Planting{"global_mean", "prefix"}, Planting{"calls", "prefix"},
                      Planting{"repaint", "prefix"}, Planting{"address", "determinism"},
                      Planting{"peer", "determinism"}, Planting{"unsaved", "restore"},
                      Planting{"forever", "warm-up"}, Planting{"hoard", "cost"},
                      Planting{"crash", "prefix"}),
    [](const auto& tested) { return std::string(tested.param.rule); });

TEST(VerifyTest, TheCertificateNamesWhatWasProved) {
  const auto certificate = verify(request_of("ema"), planted(), candles(), {}, kSmall).value();
  const std::string json = to_json(certificate);
  EXPECT_EQ(certificate.sha256, planted().sha256);
  EXPECT_NE(json.find("\"verifyVersion\":1"), std::string::npos) << json;
  EXPECT_NE(json.find("\"params\":[\"rule=ema\"]"), std::string::npos) << json;
  EXPECT_NE(json.find("\"passed\":true,\"checks\":{\"prefix\":{\"passed\":true"), std::string::npos)
      << json;
}

TEST(VerifyTest, WhatIsWrittenIsWhatRealModeReads) {
  std::string store = (std::filesystem::temp_directory_path() / "everbit-verify-XXXXXX").string();
  ASSERT_NE(::mkdtemp(store.data()), nullptr);
  auto certificate = verify(request_of("ema"), planted(), candles(), {}, kSmall).value();
  const auto judge = [&] {
    const auto path = plugins::certificate_path(store, certificate.sha256);
    EXPECT_TRUE(write_file_atomic(path, to_json(certificate), 0644));
    return plugins::require_certificate(store, certificate.sha256, plugins::Owner::kRootOrSelf);
  };
  EXPECT_TRUE(judge()) << judge().error().message;
  certificate.checks.back().passed = false;
  EXPECT_FALSE(judge());
  std::filesystem::remove_all(store);
}

TEST(VerifyTest, TooFewCandlesOrMarketsProveNothing) {
  Request one = request_of("ema");
  one.markets = {"KRW-A"};
  EXPECT_EQ(verify(one, planted(), {{"KRW-A", wave(1)}}, {}, kSmall).error().field, "candles");
  auto few = *wave(2);
  few.resize(1'199);
  const CandleSet set{{"KRW-A", wave(1)},
                      {"KRW-B", std::make_shared<const std::vector<Candle>>(few)}};
  EXPECT_EQ(verify(request_of("ema"), planted(), set, {}, kSmall).error().field, "candles");
}

TEST(LookaheadTest, ComparesTheRankingOfMarketsTooAndNamesTheFirstDifference) {
  const auto check = [](const char* rule) {
    return run_in_child([&] {
             const auto log = log_run(request_of(rule), planted(), candles());
             std::size_t cuts = 0;
             const auto found =
                 check_prefixes(request_of(rule), planted(), candles(), *log, 20, cuts);
             if (!found) return to_string(found.error());
             return *found ? (*found)->market : "passed " + std::to_string(cuts >= 20);
           })
        .value();
  };
  EXPECT_EQ(check("ema"), "passed 1");
  EXPECT_TRUE(check("next_close").starts_with("KRW-"));
}

TEST(ChildTest, WhatAChildDoesToItselfIsAnErrorOfItsParents) {
  EXPECT_EQ(run_in_child([] { return std::string("fine"); }).value(), "fine");
  EXPECT_EQ(run_in_child([]() -> std::string { std::abort(); }).error().code, "CHILD_CRASHED");
  EXPECT_EQ(run_in_child([]() -> std::string { throw std::runtime_error("no"); }).error().code,
            "CHILD_FAILED");
  ChildLimits hasty;
  hasty.time = std::chrono::seconds(1);
  EXPECT_EQ(run_in_child(
                []() -> std::string {
                  for (;;) ::pause();
                },
                hasty)
                .error()
                .code,
            "CHILD_HUNG");
}

}  // namespace
}  // namespace everbit::backtest
