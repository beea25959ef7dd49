#include "trading/pipeline/profit_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "integration/trading/exchange_side.h"
#include "integration/trading/order_rows.h"

namespace everbit::trading {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(KoreanDayTest, ADayBeginsAtMidnightInSeoul) {
  const auto at = [](const char* text) { return Timestamp::parse(text).value(); };
  EXPECT_EQ(start_of_korean_day(at("2026-03-01T14:59:59Z")), at("2026-02-28T15:00:00Z"));
  EXPECT_EQ(start_of_korean_day(at("2026-03-01T15:00:00Z")), at("2026-03-01T15:00:00Z"));
}

class ProfitWatchTest : public testing::Test {
 protected:
  // An entry of 10,000 at a price of 100 with a fee of 5, held.
  void hold(const std::string& market = "KRW-BTC") {
    const auto entry = rows_.entry("10000", 1, market);
    rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
    rows_.sql(
        "INSERT INTO position (owner_id, market, mode, status, quantity, avg_price, strategy_key, "
        "entry_intent_id, opened_at) VALUES (" +
        owner() + ", '" + market + "', 'REAL', 'OPEN', 100, 100, 'EXTREME_FLIP', " +
        std::to_string(entry.intent.value()) + ", now())");
    rows_.sql(
        "UPDATE order_attempt SET status = 'SENT', sent_token = 'token', sent_at = now() "
        "WHERE status = 'PREPARED'");
    rows_.sql(
        "UPDATE order_attempt SET status = 'ACKED', upbit_uuid = gen_random_uuid() "
        "WHERE status = 'SENT'");
    rows_.sql(
        "INSERT INTO upbit_order (owner_id, mode, market, upbit_uuid, origin, order_attempt_id, "
        "side, ord_type, state, executed_volume, paid_fee) "
        "SELECT owner_id, mode, market, upbit_uuid, 'OURS', id, 'bid', 'best', 'done', 100, 5 "
        "FROM order_attempt WHERE id = " +
        std::to_string(entry.attempt.value()));
    rows_.sql(
        "INSERT INTO fill (owner_id, mode, market, upbit_order_id, trade_uuid, trade_time, price, "
        "volume, funds, fee, source) "
        "SELECT owner_id, mode, market, id, gen_random_uuid(), now(), 100, 100, 10000, 5, 'REST' "
        "FROM upbit_order WHERE order_attempt_id = " +
        std::to_string(entry.attempt.value()));
    entries_[market] = std::to_string(entry.intent.value());
    prices_[market] = Decimal::from_int(100);
  }
  void snapshot(Timestamp at, const std::string& unrealized) {
    rows_.sql(
        "INSERT INTO pnl_snapshot (owner_id, mode, captured_at, equity, cash, realized, "
        "unrealized) VALUES (" +
        owner() + ", 'REAL', '" + at.to_iso() + "', 0, 0, 0, " + unrealized + ")");
  }
  std::string owner() const { return std::to_string(rows_.owner().value()); }
  std::string row() const { return rows_.value("SELECT account_position FROM kill_switch"); }
  void look() {
    clock_.advance(seconds(6));
    watch_.look();
  }

  ManualClock clock_{SystemClock().now()};
  test::ScratchFolder folder_;
  test::OrderRows rows_;
  TradingSwitch switch_{clock_};
  KillSwitch kill_switch_{
      {rows_.pool(), rows_.owner(), switch_, StateFolder(folder_ / "."), clock_, "EXTREME_FLIP"}};
  std::map<std::string, Decimal> prices_;
  std::map<std::string, std::string> entries_;
  ProfitWatch watch_{{rows_.pool(), kill_switch_, clock_, rows_.owner(), Mode::kReal,
                      Decimal::from_int(1000),
                      [this](const std::string& market) -> std::optional<Decimal> {
                        const auto price = prices_.find(market);
                        if (price == prices_.end()) return std::nullopt;
                        return price->second;
                      }}};
};

TEST_F(ProfitWatchTest, BeyondTheLimitEntriesEndAndNeverComeBackByThemselves) {
  hold();
  prices_["KRW-BTC"] = Decimal::of("90.05");
  look();
  EXPECT_FALSE(watch_.is_loss_reached()) << "1,000 is the limit, not beyond it";
  EXPECT_EQ(row(), "ON");
  prices_["KRW-BTC"] = Decimal::of("90.04");
  look();
  EXPECT_TRUE(watch_.is_loss_reached());
  EXPECT_EQ(row(), "EXITS_ONLY");
  EXPECT_EQ(rows_.value("SELECT reason_code FROM kill_switch"), "DAILY_LOSS");
  prices_["KRW-BTC"] = Decimal::from_int(110);
  look();
  EXPECT_FALSE(watch_.is_loss_reached());
  EXPECT_EQ(row(), "EXITS_ONLY");
}

TEST_F(ProfitWatchTest, WhatWasLostBeforeMidnightDoesNotCount) {
  hold();
  prices_["KRW-BTC"] = Decimal::from_int(80);
  snapshot(start_of_korean_day(clock_.now()) - seconds(30), "-1500");
  look();
  EXPECT_EQ(row(), "ON") << "500 of the 2,000 were lost today";
}

// Coins that the owner took out at a bad price are a loss like any other, fees are one too, and
// what an adjustment brought in is held at its own price.
TEST_F(ProfitWatchTest, AdjustmentsAndFeesCountLikeEverythingElse) {
  hold();
  const std::string adjustment =
      "INSERT INTO position_adjustment (owner_id, market, mode, quantity_before, quantity_after, "
      "avg_price_before, avg_price_after, price, reason, actor, entry_intent_id, dust_before, "
      "realized_pnl) VALUES (" +
      owner() + ", 'KRW-BTC', 'REAL', ";
  rows_.sql(adjustment + "100, 110, 100, 100, 50, 'found', 'cli', " + entries_["KRW-BTC"] +
            ", 0, NULL)");
  rows_.sql("UPDATE position SET quantity = 110");
  prices_["KRW-BTC"] = Decimal::from_int(91);
  look();
  // 110 x 91 - 10,005 - 500
  EXPECT_EQ(rows_.value("SELECT trim_scale(unrealized) FROM pnl_snapshot"), "-495");
  EXPECT_EQ(row(), "ON");
  rows_.sql(adjustment + "110, 100, 100, 100, 50, 'lost', 'cli', " + entries_["KRW-BTC"] +
            ", 0, -600)");
  look();
  EXPECT_TRUE(watch_.is_loss_reached());
  EXPECT_EQ(row(), "EXITS_ONLY");
}

TEST_F(ProfitWatchTest, WithoutAPriceNothingIsJudgedAndNothingKept) {
  hold();
  hold("KRW-ETH");
  prices_["KRW-BTC"] = Decimal::from_int(1);
  prices_.erase("KRW-ETH");
  look();
  EXPECT_EQ(row(), "ON");
  EXPECT_EQ(rows_.count("pnl_snapshot"), 0);
}

TEST_F(ProfitWatchTest, KeepsOneSnapshotAMinute) {
  hold();
  rows_.sql(
      "INSERT INTO account_balance (owner_id, currency, mode, balance, locked, reading_at) "
      "VALUES (" +
      owner() + ", 'KRW', 'REAL', 4000, 1000, now())");
  prices_["KRW-BTC"] = Decimal::from_int(101);
  clock_.set(clock_.now().floor_to(std::chrono::minutes(1)));
  for (int i = 0; i < 5; ++i) look();
  EXPECT_EQ(rows_.value("SELECT string_agg(concat_ws(' ', trim_scale(equity), trim_scale(cash), "
                        "trim_scale(realized), trim_scale(unrealized)), ',') FROM pnl_snapshot"),
            "15100 5000 0 95");
}

}  // namespace
}  // namespace everbit::trading
