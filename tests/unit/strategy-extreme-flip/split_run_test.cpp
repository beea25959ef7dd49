#include <gtest/gtest.h>

#include <random>

#include "backtest/candle_csv.h"
#include "unit/strategy-extreme-flip/harness.h"

namespace everbit::extreme_flip::testing {
namespace {

// Short periods, so that a few thousand candles meet every regime and watch.
const Params kQuick{
    {"regime.ema", "10"}, {"regime.slopeCandles", "2"}, {"entry.minTradedValue24h", "0"}};

std::vector<trading::Candle> real_candles(std::size_t limit) {
  const auto shared = backtest::testing::shared_folder();
  if (shared.empty()) return {};
  auto source = backtest::CsvCandleSource::open(
      shared / "data/candles/binance-ETHUSDT-15m-2022h1.csv.gz", {900, Decimal::from_int(1'400)});
  auto candles = backtest::MemoryCandleSource::read_all(**source).value();
  candles.resize(std::min(limit, candles.size()));
  return candles;
}

TEST(SplitRunTest, ARestartFromSavedStateDecidesAsIfNothingHadHappened) {
  const auto candles = real_candles(6'000);
  if (candles.empty()) GTEST_SKIP() << "no shared candles on this machine";
  Harness whole(kQuick);
  whole.strategy().start().value();
  std::vector<plugins::StrategyState> states;
  std::vector<std::size_t> cuts;
  for (std::size_t i = 0; i < candles.size(); ++i) {
    whole.push(candles[i]);
    if (i % 119 == 0) {
      states.push_back(whole.strategy().save().value());
      cuts.push_back(i);
    }
  }
  // The engine of candles is not the strategy's: it runs through to the cut in each split.
  for (std::size_t c = 0; c < cuts.size(); c += 5) {
    Harness rest(kQuick);
    rest.strategy().load(states[c]).value();
    rest.strategy().start().value();
    trading::CandleEngine engine({900, 14'400, 86'400});
    plugins::Decision decision;
    std::size_t at = 0;
    const std::size_t stop = std::min(cuts[c] + 1'000, candles.size());
    for (std::size_t i = 0; i < stop; ++i) {
      engine.push(candles[i], [&](std::int32_t role, const trading::Candle& closed) {
        if (i <= cuts[c]) return;
        if (role != EB_ROLE_SIGNAL) {
          rest.strategy().learn(role, closed).value();
          return;
        }
        rest.strategy().decide(closed, {}, {}, decision).value();
        std::string codes;
        for (const auto number : decision.reasons) {
          codes += (codes.empty() ? "" : "+") + std::string(rest.strategy().reason_code(number));
        }
        const std::string expected = decision.state + "/" + decision.regime + "/" + codes + "/" +
                                     std::to_string(decision.strength) + "/";
        ASSERT_EQ(whole.log()[i].rfind(expected, 0), 0U)
            << whole.log()[i] << " after a cut at " << cuts[c] << ", not " << expected;
        ++at;
      });
    }
    EXPECT_EQ(at, stop - cuts[c] - 1);
  }
}

TEST(SplitRunTest, SavingChangesNothingAndGivesTheSameBytes) {
  const auto candles = real_candles(500);
  if (candles.empty()) GTEST_SKIP() << "no shared candles on this machine";
  Harness harness(kQuick);
  harness.strategy().start().value();
  for (const auto& candle : candles) harness.push(candle);
  EXPECT_EQ(harness.strategy().save().value().blob, harness.strategy().save().value().blob);
}

TEST(SplitRunTest, ADamagedStateIsRefusedWholeAndTheInstanceStaysAsNew) {
  Harness source(kQuick);
  const auto good = source.strategy().save().value();
  std::mt19937 random(3);
  Harness target(kQuick);
  const auto pristine = target.strategy().save().value();
  const auto refused = [&](std::string blob) {
    const auto loaded = target.strategy().load({good.schema, good.version, std::move(blob)});
    return !loaded && target.strategy().save().value().blob == pristine.blob;
  };
  EXPECT_TRUE(refused(""));
  for (std::size_t length = 0; length < good.blob.size(); length += 7) {
    EXPECT_TRUE(refused(good.blob.substr(0, length))) << length;
  }
  EXPECT_TRUE(refused(good.blob + "x"));
  for (int i = 0; i < 300; ++i) {
    std::string bent = good.blob;
    bent[random() % bent.size()] ^= static_cast<char>(1U << (random() % 8));
    EXPECT_TRUE(refused(bent));
  }
  EXPECT_TRUE(refused(std::string(std::size_t{1} << 21, 'E')));
  EXPECT_FALSE(target.strategy().load({good.schema, good.version + 1, good.blob}));
  EXPECT_FALSE(target.strategy().load({"other", good.version, good.blob}));
  EXPECT_TRUE(target.strategy().load(good));
}

TEST(SplitRunTest, AStateOfOtherPeriodsIsRefused) {
  Harness source(kQuick);
  Harness target(Params{{"rsi.period", "15"}});
  EXPECT_FALSE(target.strategy().load(source.strategy().save().value()));
}

}  // namespace
}  // namespace everbit::extreme_flip::testing
