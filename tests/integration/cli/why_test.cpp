#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/store/rows_fixture.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Why : public ::testing::Test {
 protected:
  Why() { decide("2026-11-20T14:15:00Z"); }

  void decide(const std::string& close, const std::string& timeframe = "15m") {
    rows_.database().sql(
        "INSERT INTO decision (owner_id, strategy_key, mode, market, timeframe, candle_close_time, "
        "state, regime, reason_codes, gates, checks, indicator_values, open_price, high_price, "
        "low_price, close_price, volume, decided_at) VALUES (" +
        rows_.owner_text() + ", 'EXTREME_FLIP', 'REAL', 'KRW-BTC', '" + timeframe + "', '" + close +
        "', 'EXTREME_WATCH', 'UP_TREND', '{CHASE_BLOCKED}', '{CHASE_BLOCKED}', "
        "'OS_RSI<=30:41.25- FLIP>=1:1+ CHASE<148111000:148200000-', '{\"rsi\":41.25}', 100, 120, "
        "90, 110, 1.5, '2026-11-20T14:15:01Z')");
  }

  Ended why(const std::string& time, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"why", "KRW-BTC", time, "--config", folder_.file()};
    words.insert(words.end(), more.begin(), more.end());
    return run_everbit(words, {{"DATABASE_URL", rows_.database().dsn()}});
  }

  TradingRows rows_;
  SettingsFolder folder_{"mode = \"REAL\""};
};

TEST_F(Why, TellsInWordsWhyNothingWasBought) {
  const Ended told = why("2026-11-20T14:15");
  ASSERT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("2026-11-20T23:15:00.000+09:00  (2026-11-20T14:15:00Z)"));
  EXPECT_THAT(told.out, HasSubstr("상승장 · uptrend"));
  EXPECT_THAT(told.out,
              HasSubstr("최근 최고가에 너무 가까워 매수하지 않습니다 · too near the recent "
                        "high to buy  (CHASE_BLOCKED)"));
  EXPECT_THAT(told.out, HasSubstr("41.25"));
  EXPECT_THAT(told.out, HasSubstr("<= 30"));
  EXPECT_THAT(told.out, HasSubstr("< 148111000"));
}

TEST_F(Why, TellsProgramsTheSame) {
  const Ended told = why("2026-11-20T23:15:00+09:00", {"--json"});
  ASSERT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out,
              HasSubstr("{\"items\":[{\"market\":\"KRW-BTC\",\"strategyKey\":\"EXTREME_FLIP\","
                        "\"timeframe\":\"15m\",\"mode\":\"REAL\",\"closeTime\":"
                        "\"2026-11-20T14:15:00Z\""));
  EXPECT_THAT(told.out,
              HasSubstr("\"checks\":[{\"name\":\"OS_RSI\",\"value\":41.25,\"relation\":\"<=\","
                        "\"threshold\":30,\"passed\":false},{\"name\":\"FLIP\",\"value\":1,"));
  EXPECT_THAT(told.out, HasSubstr("\"signal\":null"));
  EXPECT_THAT(told.out, HasSubstr("\"absence\":null}"));
}

TEST_F(Why, BetweenTwoClosesItIsTheRunningCandle) {
  EXPECT_THAT(why("2026-11-20T14:07").out, HasSubstr("(2026-11-20T14:15:00Z)"));
  // The candle that closes at 14:30 was not decided on; an older one must not stand in.
  EXPECT_EQ(why("2026-11-20T14:16").code, 1);
  EXPECT_EQ(why("2026-11-20T14:00").code, 1);
}

TEST_F(Why, SaysWhatBecameOfTheOrder) {
  const auto id = rows_.intent();
  rows_.database().sql(
      "INSERT INTO decision (owner_id, strategy_key, mode, market, timeframe, "
      "candle_close_time, state, open_price, high_price, low_price, close_price, "
      "volume, decided_at) SELECT s.owner_id, s.strategy_key, s.mode, s.market, "
      "s.timeframe, s.candle_close_time, 'PENDING', 1, 1, 1, 1, 0, now() FROM "
      "signal s JOIN order_intent i ON i.signal_id = s.id WHERE i.id = " +
      std::to_string(id));
  const auto close = rows_.database().value(
      "SELECT to_char(candle_close_time, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM signal "
      "ORDER BY id DESC LIMIT 1");
  const Ended told = why(close);
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("매수 · buy ENTRY CREATED"));
}

TEST_F(Why, SaysWhyThereIsNoDecision) {
  rows_.database().sql(
      "INSERT INTO candle_gap (market, timeframe, from_time, to_time, cause) VALUES ('KRW-BTC', "
      "'15m', '2026-11-20T15:00:00Z', '2026-11-20T15:15:00Z', 'DISCONNECTED')");
  const Ended told = why("2026-11-20T15:15");
  EXPECT_EQ(told.code, 1);
  EXPECT_THAT(told.out, HasSubstr("판단 기록이 없습니다 · nothing was decided then"));
  EXPECT_THAT(told.out, HasSubstr("everbitd가 실행 중이 아닙니다 · everbitd does not run"));
  EXPECT_THAT(told.out, HasSubstr("DISCONNECTED"));
  EXPECT_THAT(told.out, HasSubstr("(2026-11-20T14:15:00Z)"));
  EXPECT_THAT(why("2199-01-01T00:00").out, HasSubstr("아직 오지 않은 시각"));
}

TEST_F(Why, AWrongTimeIsAWrongCommand) {
  EXPECT_EQ(why("yesterday").code, 2);
  EXPECT_EQ(why("2026-11-20").code, 2);
  EXPECT_THAT(why("2026-11-20T14:15", {"--strategy", "OTHER"}).out, Not(HasSubstr("CHASE")));
}

}  // namespace
}  // namespace everbit::test
