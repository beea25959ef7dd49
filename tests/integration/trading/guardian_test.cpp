#include "trading/pipeline/guardian.h"

#include <gtest/gtest.h>

#include "integration/trading/exchange_side.h"
#include "integration/trading/order_rows.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;

const std::string kMarket = "KRW-BTC";
constexpr seconds kPeriod{900};

// A position and the real simulator's candles, whose market stands still.
class GuardianTest : public testing::Test {
 protected:
  void hold(const std::string& stop, int entry_age_s = 7200) {
    const auto entry = rows_.entry("10000", entry_age_s);
    rows_.sql("UPDATE order_attempt SET status = 'SUSPENDED'");
    rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
    rows_.sql(
        "INSERT INTO position (owner_id, market, mode, status, quantity, avg_price, strategy_key, "
        "entry_intent_id, opened_at, plan_json) VALUES (" +
        std::to_string(rows_.owner().value()) + ", 'KRW-BTC', 'REAL', 'OPEN', 0.5, 100, " +
        "'EXTREME_FLIP', " + std::to_string(entry.intent.value()) + ", now(), '{" +
        (stop.empty() ? "" : "\"stop\": \"" + stop + "\", ") + "\"tp1Taken\": false}')");
  }
  Decimal price() const {
    return from_abi(reader_.read(kMarket, 900, Timestamp(), clock_.now(), 1).value().back().close)
        .value();
  }
  // Of any candle: the one that a later turn looks at may have closed elsewhere than today's last.
  std::string above() const { return (price() + price()).to_string(); }
  std::string below() const { return "1"; }
  void turn(bool runs = false) {
    now_ = now_ + seconds(2);
    guardian_.turn(now_, [runs](const std::string&, const std::string& key) {
      return runs && key == "EXTREME_FLIP";
    });
  }
  int exits() const { return rows_.count("order_intent WHERE intent_type = 'EXIT_STOPLOSS'"); }

  SystemClock clock_;
  test::OrderRows rows_;
  test::UpbitSim sim_;
  test::ExchangeClient exchange_{sim_.rest()};
  CandleReader reader_{exchange_.gateway()};
  TradingSwitch switch_{clock_};
  std::atomic<bool> key_usable_{true};
  HostExits exits_{{rows_.pool(), rows_.outbox(), clock_, rows_.owner(), Mode::kReal,
                    rows_.instance(), test::OrderRows::kTag, switch_, true, true, key_usable_,
                    Decimal::of("5000"), [](const std::string&) { return std::nullopt; }}};
  Guardian guardian_{
      {rows_.pool(), reader_, exits_, rows_.outbox(), rows_.owner(), Mode::kReal, "15m", kPeriod}};
  Timestamp now_ = clock_.now();
};

TEST_F(GuardianTest, SellsBeyondTheStopOnceAndTellsWhichPositionHasNoStrategy) {
  hold(above());
  turn();
  EXPECT_EQ(exits(), 1);
  EXPECT_EQ(guardian_.guarded(), std::vector<std::string>{kMarket});
  EXPECT_EQ(rows_.value("SELECT payload_json::json -> 'payload' ->> 'positions' FROM outbox_event "
                        "WHERE event_type = 'StrategyDown'"),
            "[{\"market\":\"KRW-BTC\",\"strategyKey\":\"EXTREME_FLIP\"}]");
  for (int i = 0; i < 3; ++i) turn();
  EXPECT_EQ(exits(), 1);
  EXPECT_EQ(rows_.events("StrategyDown"), 1) << "told once";
}

TEST_F(GuardianTest, LeavesAPositionToAStrategyThatRuns) {
  hold(above());
  turn(true);
  EXPECT_EQ(exits(), 0);
  EXPECT_EQ(rows_.events("StrategyDown"), 0);
  turn(false);
  EXPECT_EQ(exits(), 1) << "the newest close counts at once";
}

TEST_F(GuardianTest, HoldsAboveTheStopAndLooksAgainAtTheNextClose) {
  hold(below());
  turn();
  EXPECT_EQ(exits(), 0);
  rows_.sql("UPDATE position SET plan_json = jsonb_set(plan_json, '{stop}', '\"" + above() +
            "\"')");
  now_ = now_ + kPeriod;
  turn();
  EXPECT_EQ(exits(), 1);
}

TEST_F(GuardianTest, TheCandleOfTheEntryDoesNotCount) {
  hold(above(), 1);
  now_ = (now_ - seconds(1)).floor_to(kPeriod);
  turn();
  EXPECT_EQ(exits(), 0);
}

TEST_F(GuardianTest, WithoutAStopOrACandleNothingIsSold) {
  hold("");
  turn();
  EXPECT_EQ(exits(), 0);
  EXPECT_EQ(rows_.events("StrategyDown"), 1);
}

TEST_F(GuardianTest, AnExchangeThatIsSilentIsAskedAgain) {
  hold(above());
  sim_.stop();
  turn();
  EXPECT_EQ(exits(), 0);
  EXPECT_EQ(rows_.events("StrategyDown"), 1) << "told at once all the same";
}

}  // namespace
}  // namespace everbit::trading
