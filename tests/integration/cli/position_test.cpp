#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/store/rows_fixture.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string>;

// The database of an owner who holds 0.5 of KRW-BTC, in REAL mode.
class PositionCommands : public ::testing::Test {
 protected:
  PositionCommands() {
    const std::string intent = std::to_string(rows_.intent());
    rows_.database().sql("UPDATE order_intent SET status = 'COMPLETED'");
    rows_.database().sql(
        "INSERT INTO position (owner_id, market, mode, status, quantity, avg_price, strategy_key, "
        "entry_intent_id, opened_at) VALUES (" +
        rows_.owner_text() + ", 'KRW-BTC', 'REAL', 'OPEN', 0.5, 100, 'EXTREME_FLIP', " + intent +
        ", now())");
    rows_.database().sql(
        "INSERT INTO account_balance (owner_id, currency, mode, balance, locked, "
        "reading_at) VALUES (" +
        rows_.owner_text() + ", 'BTC', 'REAL', 0.2, 0.1, now())");
  }

  Ended everbit(Words words) {
    words.insert(words.end(), {"--json", "--config", folder_.file()});
    return run_everbit(words, {{"DATABASE_URL", rows_.database().dsn()}});
  }
  std::string value(const std::string& query) { return rows_.database().value(query); }

  TradingRows rows_;
  SettingsFolder folder_{"mode = \"REAL\"\n"};
};

TEST_F(PositionCommands, ShowPutsThePositionBesideTheAccount) {
  const auto ended = everbit({"position", "show", "KRW-BTC"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"quantity\":\"0.5\""));
  EXPECT_THAT(ended.out, HasSubstr("\"atExchange\":\"0.3\""));
}

TEST_F(PositionCommands, SetCorrectsItWithAnAuditRowAndNoFill) {
  const auto ended =
      everbit({"position", "set", "KRW-BTC", "0", "--price", "120", "--reason", "sold by hand"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"positionStatus\":\"FLAT\""));
  EXPECT_EQ(value("SELECT count(*) FROM fill"), "0");
  EXPECT_EQ(value("SELECT action || ' ' || target || ' ' || (after_json ->> 'reason') "
                  "FROM audit_log"),
            "position_adjustment KRW-BTC sold by hand");
}

TEST_F(PositionCommands, SlipsOfTheHandChangeNothing) {
  for (const Words& words :
       {Words{"position", "set", "KRW-BTC"}, Words{"position", "set", "KRW-BTC", "-1"},
        Words{"position", "set", "KRW-BTC", "1e"}, Words{"position", "set", "BTC", "1"},
        Words{"position", "set", "KRW-BTC", "0", "--price", "0"}}) {
    EXPECT_EQ(everbit(words).code, 2);
  }
  const auto unknown = everbit({"position", "set", "KRW-NONE", "1"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("MARKET_UNKNOWN"));
  EXPECT_EQ(value("SELECT count(*) FROM audit_log"), "0");
}

TEST_F(PositionCommands, AMarketIsReleasedOnlyWhenTheAccountHasWhatThePositionSays) {
  rows_.database().sql(
      "UPDATE market_state SET trade_status = 'SUSPENDED', suspend_reason_code = "
      "'POSITION_MISMATCH', suspended_at = now() WHERE market = 'KRW-BTC'");
  const auto refused = everbit({"markets", "unsuspend", "KRW-BTC"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("POSITION_MISMATCH"));
  ASSERT_EQ(everbit({"position", "set", "KRW-BTC", "0.3", "--price", "120"}).code, 0);
  const auto released = everbit({"markets", "unsuspend", "KRW-BTC", "--reason", "checked"});
  ASSERT_EQ(released.code, 0) << released.err;
  EXPECT_THAT(released.out, HasSubstr("\"tradeStatus\":\"ACTIVE\""));
  EXPECT_THAT(everbit({"markets"}).out, HasSubstr("\"market\":\"KRW-BTC\""));
}

TEST_F(PositionCommands, AReconcileThatNobodyTakesUpSaysSo) {
  const auto ended = everbit({"reconcile", "--wait", "0"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("\"status\":\"WAITING\""));
  EXPECT_THAT(ended.err, HasSubstr("TRADER_UNAVAILABLE"));
  EXPECT_EQ(value("SELECT scope || ' ' || cause FROM reconcile_run"), "full DEMAND");
}

}  // namespace
}  // namespace everbit::test
