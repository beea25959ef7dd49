// Rules that hold for every table, and those of single tables outside the order path.

#include <gtest/gtest.h>

#include "rows_fixture.h"
#include "store/errors.h"

namespace everbit::store {
namespace {

using test::TestDatabase;
using test::TradingRows;

constexpr const char* kTables =
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ";

TEST(TableRules, EveryTableOfTheDataModelIsThere) {
  const TestDatabase database;
  for (const char* table : {"app_user",
                            "installation",
                            "control_version",
                            "trader_instance",
                            "upbit_key",
                            "kill_switch",
                            "exchange_block",
                            "strategy_config",
                            "strategy_config_history",
                            "strategy_activation",
                            "market_config",
                            "market_state",
                            "strategy_state",
                            "strategy_state_daily",
                            "signal",
                            "shadow_signal",
                            "decision",
                            "decision_input",
                            "order_intent",
                            "order_attempt",
                            "upbit_order",
                            "fill",
                            "fill_conflict",
                            "position",
                            "position_adjustment",
                            "trade",
                            "pnl_snapshot",
                            "account_balance",
                            "outbox_event",
                            "outbox_group",
                            "outbox_queue",
                            "outbox_lane",
                            "outbox_delayed",
                            "outbox_dead",
                            "consumer_inbox",
                            "outbox_event_state",
                            "push_subscription",
                            "push_setting",
                            "notification_log",
                            "notification_delivery",
                            "candle_cache",
                            "candle_correction",
                            "candle_gap",
                            "backtest_job",
                            "backtest_result",
                            "audit_log",
                            "plugin_install",
                            "swap_run"}) {
    EXPECT_EQ(database.value("SELECT to_regclass('" + std::string(table) + "') IS NOT NULL"), "t")
        << table;
  }
}

TEST(TableRules, EveryTableButTheOutboxTellsWhenARowWasMadeAndTouched) {
  const TestDatabase database;
  const std::string outside = std::string(kTables) +
                              "AND c.relname !~ '^outbox_' AND c.relname NOT IN ('consumer_inbox', "
                              "'schema_migration') ";
  EXPECT_EQ(database.value("SELECT coalesce(string_agg(c.relname, ' '), '') " + outside +
                           "AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND "
                           "a.attname IN ('created_at', 'updated_at') AND a.attnotnull) <> 2"),
            "");
  EXPECT_EQ(database.value("SELECT coalesce(string_agg(c.relname, ' '), '') " + outside +
                           "AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND "
                           "t.tgname = 'touch_updated_at')"),
            "");
}

TEST(TableRules, MomentsHaveAZoneAndMoneyIsExact) {
  const TestDatabase database;
  EXPECT_EQ(
      database.value(
          "SELECT coalesce(string_agg(table_name || '.' || column_name, ' '), '') "
          "FROM information_schema.columns WHERE table_schema = 'public' AND "
          "(data_type IN ('timestamp without time zone', 'real', 'double precision', 'money') "
          "OR (data_type = 'numeric' AND NOT (numeric_precision = 38 AND numeric_scale = 18) "
          "AND column_name <> 'strength'))"),
      "");
}

TEST(TableRules, AChangeIsTouched) {
  TradingRows rows;
  rows.database().sql("UPDATE market_config SET updated_at = '2000-01-01Z', priority = 1");
  EXPECT_EQ(rows.database().value("SELECT bool_and(updated_at > '2020-01-01Z') FROM market_config"),
            "t");
}

TEST(TableRules, AnIdShownOutsideIsOfVersion7) {
  const TestDatabase database;
  EXPECT_EQ(database.error_of("INSERT INTO app_user (public_id) VALUES (gen_random_uuid())").code,
            kConstraint);
}

class Rules : public testing::Test {
 protected:
  std::string error(const std::string& sql) { return rows_.database().error_of(sql).code; }
  std::string owner() { return rows_.owner_text(); }
  TradingRows rows_;
};

TEST_F(Rules, ASignalIsStoredOnceForACandleAndASideAndAMode) {
  rows_.signal();
  const auto with = [&](const std::string& mode, const std::string& side) {
    return error(
        "INSERT INTO signal (public_id, owner_id, strategy_key, mode, market, timeframe, "
        "candle_close_time, side, reason_code, signal_json, config_version, generation, sha256) "
        "SELECT " +
        TradingRows::new_id() + ", owner_id, strategy_key, " + mode +
        ", market, timeframe, candle_close_time, " + side +
        ", reason_code, signal_json, config_version, generation + 1, sha256 FROM signal "
        "ORDER BY id LIMIT 1");
  };
  EXPECT_EQ(with("mode", "side"), kUniqueViolation) << "another generation is no other signal";
  EXPECT_EQ(with("'PAPER'", "side"), "NONE");
  EXPECT_EQ(with("mode", "'SELL'"), "NONE");
  EXPECT_EQ(with("'BACKTEST'", "side"), kConstraint);
}

TEST_F(Rules, AFlattenIsExitsOnly) {
  EXPECT_EQ(error("UPDATE kill_switch SET flatten_active = true"), kConstraint);
  EXPECT_EQ(error("UPDATE kill_switch SET flatten_active = true, account_position = 'EXITS_ONLY'"),
            "NONE");
  EXPECT_EQ(error("UPDATE kill_switch SET account_position = 'ON'"), kConstraint);
  EXPECT_EQ(error("UPDATE kill_switch SET account_position = 'MAYBE', flatten_active = false"),
            kConstraint);
}

TEST_F(Rules, ASuspendedMarketHasItsReasonAndItsTime) {
  EXPECT_EQ(error("UPDATE market_state SET trade_status = 'SUSPENDED'"), kConstraint);
  EXPECT_EQ(error("UPDATE market_state SET trade_status = 'SUSPENDED', suspended_at = now(), "
                  "suspend_reason_code = 'UNKNOWN_ORDER'"),
            "NONE");
}

TEST_F(Rules, EachVersionOfTheSettingsIsKeptAndVersionsGrow) {
  rows_.database().sql(
      "INSERT INTO strategy_config (owner_id, strategy_key, config_version, config_json) "
      "VALUES (" +
      owner() +
      ", 'EXTREME_FLIP', 1, '{\"a\": 1}'); "
      "UPDATE strategy_config SET config_version = 2, config_json = '{\"a\": 2}'");
  EXPECT_EQ(
      rows_.database().value("SELECT string_agg(config_json ->> 'a', ',' ORDER BY config_version) "
                             "FROM strategy_config_history"),
      "1,2");
  EXPECT_EQ(error("UPDATE strategy_config SET config_json = '{}'"), kRefused);
}

TEST_F(Rules, APositionIsOpenExactlyIfItHoldsSomething) {
  const std::string insert =
      "INSERT INTO position (owner_id, market, mode, status, quantity) VALUES (" + owner() +
      ", 'KRW-BTC', 'REAL', ";
  EXPECT_EQ(error(insert + "'OPEN', 0)"), kConstraint);
  EXPECT_EQ(error(insert + "'FLAT', 1)"), kConstraint);
  EXPECT_EQ(error(insert + "'FLAT', -1)"), kConstraint);
  EXPECT_EQ(error(insert + "'OPEN', 1)"), "NONE");
  EXPECT_EQ(error(insert + "'OPEN', 1)"), kUniqueViolation);
}

TEST_F(Rules, OneTradeOfAMarketIsOpen) {
  rows_.database().sql("INSERT INTO position (owner_id, market, mode) VALUES (" + owner() +
                       ", 'KRW-BTC', 'REAL')");
  const auto insert = [&] {
    return error(
        "INSERT INTO trade (public_id, owner_id, mode, market, strategy_key, opened_at) VALUES (" +
        TradingRows::new_id() + ", " + owner() + ", 'REAL', 'KRW-BTC', 'EXTREME_FLIP', now())");
  };
  EXPECT_EQ(insert(), "NONE");
  EXPECT_EQ(insert(), kUniqueViolation);
  EXPECT_EQ(error("UPDATE trade SET closed_at = now()"), kConstraint)
      << "a closed trade has its profit";
  EXPECT_EQ(error("UPDATE trade SET closed_at = now(), profit = -5"), "NONE");
  EXPECT_EQ(insert(), "NONE");
}

TEST_F(Rules, TheAuditLogIsWrittenOnce) {
  rows_.database().sql("INSERT INTO audit_log (actor, action) VALUES ('owner', 'KILL')");
  EXPECT_EQ(error("UPDATE audit_log SET actor = 'x'"), kRefused);
  EXPECT_EQ(error("DELETE FROM audit_log"), kRefused);
}

TEST_F(Rules, OneSwapRunsAtATime) {
  const auto insert = [&] {
    return error("INSERT INTO swap_run (public_id, owner_id, strategy_key, to_sha256) VALUES (" +
                 TradingRows::new_id() + ", " + owner() + ", 'EXTREME_FLIP', repeat('b', 64))");
  };
  EXPECT_EQ(insert(), "NONE");
  EXPECT_EQ(insert(), kUniqueViolation);
  EXPECT_EQ(error("UPDATE swap_run SET result = 'DONE', finished_at = now()"), "NONE");
  EXPECT_EQ(insert(), "NONE");
}

TEST_F(Rules, ACandleHasPrices) {
  const auto insert = [&](const std::string& low, const std::string& volume) {
    return error(
        "INSERT INTO candle_cache (market, timeframe, candle_time, open_price, high_price, "
        "low_price, "
        "close_price, volume, source, fetched_at) VALUES ('KRW-BTC', '15m', now(), 1, 1, " +
        low + ", 1, " + volume + ", 'UPBIT', now())");
  };
  EXPECT_EQ(insert("0", "1"), kConstraint);
  EXPECT_EQ(insert("1", "-1"), kConstraint);
  EXPECT_EQ(insert("1", "0"), "NONE");
}

TEST_F(Rules, OldDecisionsAreDeletedAndNewOnesKept) {
  const auto insert = [&](const std::string& at) {
    rows_.database().sql(
        "INSERT INTO decision (owner_id, strategy_key, mode, market, timeframe, candle_close_time, "
        "state, "
        "open_price, high_price, low_price, close_price, volume, decided_at) VALUES (" +
        owner() + ", 'EXTREME_FLIP', 'REAL', 'KRW-BTC', '15m', " + at +
        ", 'IDLE', 1, 1, 1, 1, 0, now())");
  };
  insert("now() - interval '31 days'");
  insert("now() - interval '29 days'");
  rows_.database().sql(
      "INSERT INTO decision_input (owner_id, strategy_key, mode, market, timeframe, "
      "candle_close_time, generation, sha256, config_version, position, free_cash) "
      "SELECT owner_id, strategy_key, mode, market, timeframe, candle_close_time, 1, "
      "repeat('a', 64), 1, '{}', 0 FROM decision");
  EXPECT_EQ(rows_.database().value("SELECT purge_strategy_history(30)"), "2");
}

}  // namespace
}  // namespace everbit::store
