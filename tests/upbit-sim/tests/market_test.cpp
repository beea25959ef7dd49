#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "upbit-sim/control/faults.h"
#include "upbit-sim/market/market_place.h"
#include "upbit-sim/market/replay.h"
#include "upbit-sim/market/scenario.h"
#include "upbit-sim/net/gzip.h"
#include "upbit-sim/ws/request.h"

namespace everbit::upbit_sim {
namespace {

constexpr Millis kNow = 1795388015000;  // 2026-11-22T22:53:35Z

PublicTrade trade_at(Millis time, E8 price, E8 volume = 100) {
  return {time, price, volume, true, 0};
}

TEST(Candles, ExistOnlyWhereSomethingWasTraded) {
  CandleBook book;
  book.add_trade(trade_at(kNow, 500));
  book.add_trade(trade_at(kNow + 3 * kMinute, 700));
  const auto minutes = book.newest(Unit::k1m, kNow + kDay, 10);
  ASSERT_EQ(minutes.size(), 2U);
  EXPECT_EQ(minutes[0].start - minutes[1].start, 3 * kMinute);
  EXPECT_EQ(minutes[1].close, 500);
}

TEST(Candles, EveryUnitIsTheSumOfTheSameTrades) {
  CandleBook book;
  for (int i = 0; i < 500; ++i) book.add_trade(trade_at(kNow + i * 7000, 1000 + i % 37, 10 + i));
  for (Unit unit : {Unit::k1s, Unit::k1m, Unit::k15m, Unit::k240m, Unit::k1d, Unit::kWeek}) {
    E8 volume = 0;
    Int128 value = 0;
    for (const Candle& candle : book.all(unit)) {
      volume += candle.volume;
      value += candle.value;
    }
    EXPECT_EQ(volume, book.latest(Unit::kYear)->volume);
    EXPECT_TRUE(value == book.latest(Unit::kYear)->value);
  }
}

TEST(Candles, ADaysTradedValueOfABigMarketDoesNotOverflow) {
  Int128 value = Int128{150'000'000} * 100'000'000;  // 150,000,000 KRW …
  value *= Int128{100'000} * 100'000'000;            // … times 100,000 coins
  EXPECT_EQ(from_e16(value + 1).to_string(), "15000000000000.0000000000000001");
}

TEST(Candles, TheEndOfAPageIsExclusive) {
  CandleBook book;
  const Millis start = start_of(Unit::k1m, kNow);
  for (int i = 0; i < 5; ++i) book.add_trade(trade_at(start + i * kMinute, 100 + i));
  const auto page = book.newest(Unit::k1m, start + 3 * kMinute, 2);
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].start, start + 2 * kMinute);
}

TEST(Paths, TradesMakeExactlyTheCandleTheyCameFrom) {
  Random random(3);
  for (int round = 0; round < 500; ++round) {
    PathCandle path;
    path.candle.start = start_of(Unit::k1m, kNow);
    path.candle.low = 1'000'000 + random.between(0, 50) * 100;
    path.candle.high = path.candle.low + random.between(0, 50) * 100;
    path.candle.open = random.between(path.candle.low, path.candle.high);
    path.candle.close = random.between(path.candle.low, path.candle.high);
    path.candle.volume = random.between(4, 1'000'000'000);
    const auto trades = trades_of(path, 100, 30, random);
    CandleBook book;
    Millis previous = path.candle.start;
    for (const PublicTrade& trade : trades) {
      EXPECT_GE(trade.time, previous);
      EXPECT_GT(trade.volume, 0);
      previous = trade.time;
      book.add_trade(trade);
    }
    ASSERT_EQ(book.all(Unit::k1m).size(), 1U);
    const Candle& made = *book.latest(Unit::k1m);
    EXPECT_EQ(made.open, path.candle.open);
    EXPECT_EQ(made.high, path.candle.high);
    EXPECT_EQ(made.low, path.candle.low);
    EXPECT_EQ(made.close, path.candle.close);
    EXPECT_EQ(made.volume, path.candle.volume);
  }
}

TEST(Scenarios, TheSameSeedGivesTheSameMarket) {
  const auto make = [](std::uint64_t seed) {
    return scenario_markets(*find_scenario("demo"), seed, {"KRW-BTC", "KRW-ETH"}, kNow, 3);
  };
  auto one = make(7);
  auto same = make(7);
  auto other = make(8);
  const auto closes = [](MarketPlan& plan) {
    std::vector<E8> result;
    for (const auto& path : plan.history) result.push_back(path.candle.close);
    for (int i = 0; i < 60; ++i) result.push_back(plan.future->next()->candle.close);
    return result;
  };
  EXPECT_EQ(closes(one[1]), closes(same[1]));
  EXPECT_NE(closes(one[0]), closes(other[0]));
}

TEST(Scenarios, TheDemoHasAThousandCandlesOfEachLengthAndEnoughTurnover) {
  MarketPlace place(scenario_markets(*find_scenario("demo"), 7, {"KRW-BTC"}, kNow, 1100),
                    Decimal(1000), 30, 7, kNow);
  const Market& market = *place.find("KRW-BTC");
  for (Unit unit : {Unit::k1m, Unit::k3m, Unit::k5m, Unit::k10m, Unit::k15m, Unit::k30m, Unit::k60m,
                    Unit::k240m, Unit::k1d}) {
    EXPECT_GE(market.candles().all(unit).size(), 1000U) << static_cast<int>(unit);
  }
  EXPECT_GT(from_e16(market.ticker(kNow).value_24h), Decimal(10'000'000'000));
}

TEST(Scenarios, TheDemoSellsOffSharplyAndComesBack) {
  auto plans = scenario_markets(*find_scenario("demo"), 7, {"KRW-BTC"}, kNow, 2);
  std::vector<double> closes;
  for (int i = 0; i < 60; ++i) {
    closes.push_back(static_cast<double>(plans[0].future->next()->candle.close));
  }
  int sell_offs = 0;
  for (std::size_t i = 6; i + 4 < closes.size(); ++i) {
    if (closes[i] / closes[i - 6] < 0.988 && closes[i + 4] / closes[i] > 1.010) ++sell_offs;
  }
  EXPECT_GE(sell_offs, 2);
}

class Recordings : public ::testing::Test {
 protected:
  Recordings() {
    std::string name = (std::filesystem::temp_directory_path() / "upbit-sim-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Recordings() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& rows, bool zipped = false) {
    const std::string path = folder_ + "/candles" + std::to_string(++files_) + ".csv";
    const std::string text = "candle_time_utc,open,high,low,close,volume\n" + rows;
    std::ofstream(path, std::ios::binary) << (zipped ? gzip(text) : text);
    return path;
  }
  static std::string complaint(const std::string& path) {
    try {
      read_candle_file(path);
    } catch (const std::runtime_error& problem) {
      return problem.what();
    }
    return "accepted";
  }

  std::string folder_;
  int files_ = 0;
};

constexpr const char* kTwoMinutes =
    "2025-09-01T00:00:00Z,100,110,90,105,1.5\n2025-09-01T00:01:00Z,105,106,104,105,2\n";

TEST_F(Recordings, AreReadPlainAndZipped) {
  for (bool zipped : {false, true}) {
    const auto candles = read_candle_file(file(kTwoMinutes, zipped));
    ASSERT_EQ(candles.size(), 2U);
    EXPECT_EQ(candles[0].unit, Unit::k1m);
    EXPECT_EQ(candles[0].candle.volume, 150'000'000);
  }
}

TEST_F(Recordings, AMistakeIsNamedByLineAndField) {
  const auto expect_in = [this](const std::string& rows, const std::string& wanted) {
    const std::string told = complaint(file(rows));
    EXPECT_NE(told.find(wanted), std::string::npos) << told;
  };
  const std::string good = kTwoMinutes;
  expect_in(good + "2025-09-01T00:02:00Z,1,1,1,x,1\n", ".csv:4: close 'x'");
  expect_in(good + "2025-09-01T00:02:00Z,1,1,1,1\n", ":4: 5 fields instead of 6");
  expect_in(good + "2025-09-01T00:01:00Z,1,1,1,1,1\n", ":4: candle_time_utc is not after");
  expect_in(good + "yesterday,1,1,1,1,1\n", ":4: candle_time_utc 'yesterday'");
  expect_in(good + "2025-09-01T00:02:00Z,1,0.5,1,1,1\n", ":4: high below");
  expect_in(good + "2025-09-01T00:02:00Z,1,1,1,1,-1\n", ":4: volume '-1'");
  expect_in("", "fewer than two");
  EXPECT_NE(complaint(folder_ + "/none").find("cannot read"), std::string::npos);
  const std::string cut = file(kTwoMinutes, true);
  std::filesystem::resize_file(cut, std::filesystem::file_size(cut) - 9);
  EXPECT_NE(complaint(cut).find("damaged"), std::string::npos) << complaint(cut);
}

TEST_F(Recordings, AreMovedByWholeDaysAndCutAtNow) {
  std::string rows;
  for (int minute = 0; minute < 3 * 1440; ++minute) {
    const Millis time = *parse_iso("2025-09-01T00:00:00Z") + minute * kMinute;
    rows += format_utc(time) + "Z,100,100,100,100,1\n";
  }
  auto plans = replay_markets({"KRW-X=" + file(rows)}, "2025-09-02T12:00:00Z", kNow);
  const Candle& last = plans[0].history.back().candle;
  const Candle next = plans[0].future->next()->candle;
  EXPECT_EQ(next.start, start_of(Unit::k1m, kNow));
  EXPECT_EQ(last.start, next.start - kMinute);
  EXPECT_EQ((next.start - *parse_iso("2025-09-01T00:00:00Z")) % kMinute, 0);
}

TEST_F(Recordings, ACoarserFileGivesTheHistoryBeforeAFinerOne) {
  std::string hours;
  for (int hour = 0; hour < 48; ++hour) {
    hours += format_utc(*parse_iso("2025-08-30T00:00:00Z") + hour * kHour) + "Z,50,50,50,50,1\n";
  }
  std::string minutes;
  for (int minute = 0; minute < 2880; ++minute) {
    minutes +=
        format_utc(*parse_iso("2025-08-31T12:00:00Z") + minute * kMinute) + "Z,60,60,60,60,1\n";
  }
  auto plans = replay_markets({"KRW-X=" + file(minutes), "KRW-X=" + file(hours)}, "", kNow);
  EXPECT_EQ(plans[0].history.front().unit, Unit::k60m);
  EXPECT_EQ(plans[0].history[36].unit, Unit::k1m);  // 12 hours before the overlap are dropped
}

TEST(Streams, RequestsAreCheckedAsDocumented) {
  const auto name = [](const char* text, bool is_private) -> std::string {
    const auto parsed = parse_stream_message(text, is_private);
    const auto* error = std::get_if<StreamError>(&parsed);
    return error == nullptr ? "ok" : error->name;
  };
  EXPECT_EQ(name(R"([{"ticket":"t"},{"type":"ticker","codes":["KRW-BTC"]}])", false), "ok");
  EXPECT_EQ(name(R"([{"type":"ticker","codes":["KRW-BTC"]}])", false), "NO_TICKET");
  EXPECT_EQ(name(R"([{"ticket":"t"}])", false), "NO_TYPE");
  EXPECT_EQ(name(R"([{"ticket":"t"},{"codes":["KRW-BTC"]}])", false), "NO_TYPE");
  EXPECT_EQ(name(R"([{"ticket":"t"},{"type":"ticker"}])", false), "NO_CODES");
  EXPECT_EQ(name(R"([{"ticket":"t"},{"type":"candle.7m","codes":["KRW-BTC"]}])", false),
            "INVALID_PARAM");
  EXPECT_EQ(name(R"([{"ticket":"t"},{"type":"myOrder"}])", false), "INVALID_AUTH");
  EXPECT_EQ(name(R"([{"ticket":"t"},{"type":"myOrder"}])", true), "ok");
  EXPECT_EQ(name(R"([{"ticket":"t"},{"type":"myAsset","codes":[]}])", true), "WRONG_FORMAT");
  EXPECT_EQ(name("{}", false), "WRONG_FORMAT");
  EXPECT_EQ(name("not json", false), "WRONG_FORMAT");
}

TEST(Faults, HitTheMatchesAskedForAndNoMore) {
  Faults faults;
  const auto added = faults.add(*Json::parse(
      R"({"method":"POST","path":"/v1/orders","skip":1,"count":2,"action":"cut_after"})"));
  ASSERT_TRUE(std::holds_alternative<std::int64_t>(added));
  const RestEvent create{"POST", "/v1/orders", "order"};
  EXPECT_FALSE(faults.match(RestEvent{"GET", "/v1/orders", "order"}));
  EXPECT_FALSE(faults.match(create));
  EXPECT_TRUE(faults.match(create));
  EXPECT_TRUE(faults.match(create));
  EXPECT_FALSE(faults.match(create));
}

TEST(Faults, AMistypedRuleIsRefused) {
  Faults faults;
  for (const char* rule : {R"({"acton":"cut_after"})", R"({"action":"drop"})",
                           R"({"on":"ws","action":"cut_after"})", R"({"status":99})", "[]"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(faults.add(*Json::parse(rule)))) << rule;
  }
}

}  // namespace
}  // namespace everbit::upbit_sim
