// The fence of a candle, the locks, and the rows of which there is one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "rows_fixture.h"
#include "store/control_version.h"
#include "store/errors.h"
#include "store/installation.h"
#include "store/strategy_state.h"
#include "store/trader_lock.h"
#include "store/trading_transaction.h"

namespace everbit::store {
namespace {

using namespace std::chrono_literals;
using test::TestDatabase;
using test::TradingRows;

Deadline soon() { return Deadline::after(20s); }

const Timestamp kFirst = Timestamp::parse("2026-01-01T23:45:00Z").value();
const Timestamp kSecond = Timestamp::parse("2026-01-02T00:00:00Z").value();
const Timestamp kThird = Timestamp::parse("2026-01-02T00:15:00Z").value();

class CandleFence : public testing::Test {
 protected:
  void SetUp() override {
    pool_ = rows_.database().make_pool(2);
    rows_.database().sql(
        "INSERT INTO strategy_state (owner_id, strategy_key, market, timeframe, mode, generation, "
        "plugin_version, sha256, state_schema, state_version, state, as_of) VALUES (" +
        rows_.owner_text() +
        ", 'EXTREME_FLIP', 'KRW-BTC', '15m', 'REAL', 1, '1.0.0', repeat('a', 64), "
        "'flip', 1, '\\x00', '" +
        kFirst.to_iso() + "')");
  }
  StateStep step(Timestamp from, Timestamp to) const {
    return {
        rows_.instance(), "EXTREME_FLIP", "KRW-BTC", "15m", "REAL", 1, from, to, "flip", 1, kState};
  }
  Result<void> advance(const StateStep& step) {
    auto transaction =
        TradingTransaction::begin(*pool_, rows_.owner(), {.markets = {"KRW-BTC"}}, soon());
    if (!transaction) return transaction.error();
    auto done = advance_strategy_state(*transaction, step);
    if (done && !transaction->commit().committed()) return Error("COMMIT", "failed");
    return done;
  }
  std::string as_of() const {
    return rows_.database().value("SELECT as_of = '" + kFirst.to_iso() + "' FROM strategy_state");
  }

  static inline const std::vector<std::uint8_t> kState = {1, 2, 3};
  TradingRows rows_;
  std::unique_ptr<Pool> pool_;
};

TEST_F(CandleFence, AStateGoesFromCandleToCandleAndNoCandleTwice) {
  ASSERT_TRUE(advance(step(kFirst, kSecond)));
  const auto again = advance(step(kFirst, kSecond));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "FENCED");
  ASSERT_TRUE(advance(step(kSecond, kThird)));
  EXPECT_EQ(rows_.database().value("SELECT encode(state, 'hex') FROM strategy_state"), "010203");
}

TEST_F(CandleFence, AnOldGenerationIsFencedAndChangesNothing) {
  auto old = step(kFirst, kSecond);
  rows_.database().sql("UPDATE strategy_activation SET generation = 2");
  const auto result = advance(old);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "FENCED");
  // A generation that is active but not yet the state's is no better.
  old.generation = 2;
  EXPECT_EQ(advance(old).error().code, "FENCED");
  EXPECT_EQ(as_of(), "t");
}

TEST_F(CandleFence, AnotherTraderIsFencedAndChangesNothing) {
  rows_.database().sql("UPDATE trader_instance SET instance = gen_random_uuid()");
  const auto result = advance(step(kFirst, kSecond));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "FENCED");
  EXPECT_EQ(as_of(), "t");
}

TEST_F(CandleFence, ATakeoverWaitsForACandleThatIsBeingWritten) {
  auto transaction =
      TradingTransaction::begin(*pool_, rows_.owner(), {.markets = {"KRW-BTC"}}, soon());
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(advance_strategy_state(*transaction, step(kFirst, kSecond)));
  const auto takeover = rows_.database().error_of(
      "SET lock_timeout = 100; UPDATE trader_instance SET instance = gen_random_uuid()");
  EXPECT_EQ(takeover.code, kTimeout);
  EXPECT_TRUE(transaction->commit().committed());
}

TEST_F(CandleFence, TheStateAtMidnightIsKept) {
  ASSERT_TRUE(advance(step(kFirst, kSecond)));
  ASSERT_TRUE(advance(step(kSecond, kThird)));
  EXPECT_EQ(rows_.database().value("SELECT count(*) || ' ' || max(as_of AT TIME ZONE 'UTC') "
                                   "FROM strategy_state_daily"),
            "1 2026-01-02 00:00:00");
}

TEST(TradingTransaction, OppositeOrdersOfMarketsNeverDeadlock) {
  TradingRows rows;
  auto pool = rows.database().make_pool(4);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 50; ++n) {
        Locks locks{.account = n % 7 == 0, .markets = {"KRW-ETH", "KRW-BTC"}};
        if (i % 2 == 0) std::swap(locks.markets[0], locks.markets[1]);
        auto transaction = TradingTransaction::begin(*pool, rows.owner(), locks, soon());
        ASSERT_TRUE(transaction) << to_string(transaction.error());
        ASSERT_TRUE(transaction->commit().committed());
      }
    });
  }
}

TEST(TradingTransaction, TheSameOrderTakenByHandTheOtherWayRoundDoesDeadlock) {
  // Shows that the test above could fail: without one order PostgreSQL kills one of the two.
  TradingRows rows;
  constexpr Sql kLock{"SELECT FROM market_state WHERE market = $1 FOR UPDATE"};
  auto pool = rows.database().make_pool(2);
  auto a = Transaction::begin(*pool, soon());
  auto b = Transaction::begin(*pool, soon());
  ASSERT_TRUE(a->exec(kLock, "KRW-BTC") && b->exec(kLock, "KRW-ETH"));
  Result<Rows> other = Error("X", "did not run");
  std::jthread blocked([&] { other = b->exec(kLock, "KRW-BTC"); });
  const auto mine = a->exec(kLock, "KRW-ETH");
  if (!mine) a->rollback();
  blocked.join();
  EXPECT_NE(mine.has_value(), other.has_value());
  EXPECT_EQ((mine ? other : mine).error().code, kConflict);
}

TEST(TradingTransaction, MarketsComeBackInCodeOrderWithoutRepeats) {
  TradingRows rows;
  rows.database().sql(
      "UPDATE market_state SET trade_status = 'SUSPENDED', suspend_reason_code = 'X', "
      "suspended_at = now() WHERE market = 'KRW-ETH'");
  auto pool = rows.database().make_pool(1);
  const Locks locks{.account = true,
                    .markets = {"KRW-ETH", "KRW-BTC", "KRW-ETH"},
                    .kill_switch = RowLock::kShare,
                    .activations = {"EXTREME_FLIP", "OTHER"},
                    .trader = rows.instance()};
  auto transaction = TradingTransaction::begin(*pool, rows.owner(), locks, soon());
  ASSERT_TRUE(transaction) << to_string(transaction.error());
  ASSERT_EQ(transaction->markets().size(), 2u);
  EXPECT_EQ(transaction->markets()[0].market, "KRW-BTC");
  EXPECT_FALSE(transaction->markets()[0].suspended);
  EXPECT_TRUE(transaction->market("KRW-ETH")->suspended);
  EXPECT_EQ(transaction->market("KRW-XRP"), nullptr);
  EXPECT_EQ(transaction->kill_switch().account, AccountPosition::kOn);
  EXPECT_TRUE(transaction->kill_switch().strategy_enabled("EXTREME_FLIP"));
  EXPECT_FALSE(transaction->kill_switch().strategy_enabled("OTHER"));
  ASSERT_NE(transaction->activation("EXTREME_FLIP"), nullptr);
  EXPECT_EQ(transaction->activation("EXTREME_FLIP")->generation, 1);
  EXPECT_EQ(transaction->activation("OTHER"), nullptr);
}

TEST(TradingTransaction, AMarketWithoutARowCannotBeLockedSoItIsRefused) {
  TradingRows rows;
  auto pool = rows.database().make_pool(1);
  const auto result =
      TradingTransaction::begin(*pool, rows.owner(), {.markets = {"KRW-BTC", "KRW-XRP"}}, soon());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "MARKET_UNKNOWN");
  EXPECT_EQ(result.error().field, "KRW-XRP");
}

TEST(TradingTransaction, AFormerTraderIsFenced) {
  TradingRows rows;
  auto pool = rows.database().make_pool(1);
  const auto result =
      TradingTransaction::begin(*pool, rows.owner(), {.trader = Uuid::make_v4()}, soon());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "FENCED");
}

TEST(TraderLock, ASecondTraderIsRefusedAndTheFirstIsNamed) {
  TradingRows rows;
  const auto settings = rows.database().settings();
  const Uuid boot = current_boot_id().value();
  const Uuid first_id = Uuid::make_v4();
  const Uuid second_id = Uuid::make_v4();
  auto first = std::make_unique<TraderLock>(
      TraderLock::take(settings, rows.owner(), first_id, boot, soon()).value());
  const auto second =
      TraderLock::take(settings, rows.owner(), second_id, boot, Deadline::after(300ms));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "TRADER_LOCK_HELD");
  EXPECT_THAT(second.error().message, testing::HasSubstr(first_id.to_string()));
  EXPECT_EQ(rows.database().value("SELECT instance FROM trader_instance"), first_id.to_string());
  EXPECT_TRUE(first->check(soon()));
  first.reset();
  const auto third = TraderLock::take(settings, rows.owner(), second_id, boot, soon());
  ASSERT_TRUE(third) << to_string(third.error());
  EXPECT_EQ(rows.database().value("SELECT instance FROM trader_instance"), second_id.to_string());
}

TEST(TraderLock, ATraderThatLostItsSessionIsToldSo) {
  TradingRows rows;
  auto lock = TraderLock::take(rows.database().settings(), rows.owner(), Uuid::make_v4(),
                               current_boot_id().value(), soon());
  ASSERT_TRUE(lock);
  rows.database().sql(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks JOIN pg_database d ON d.oid = database "
      "WHERE locktype = 'advisory' AND datname = current_database()");
  EXPECT_FALSE(lock->check(soon()));
}

TEST(InstanceLock, AnInstanceLivesAsLongAsItsSession) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  // Many, so that keys of either sign come up.
  for (int i = 0; i < 16; ++i) {
    const Uuid id = Uuid::make_v4();
    EXPECT_FALSE(is_instance_alive(*pool, id, soon()).value());
    {
      const auto lock = InstanceLock::take(database.settings(), id, soon());
      ASSERT_TRUE(lock);
      EXPECT_TRUE(is_instance_alive(*pool, id, soon()).value());
      EXPECT_FALSE(InstanceLock::take(database.settings(), id, soon()));
    }
    const Deadline patience = soon();
    while (is_instance_alive(*pool, id, soon()).value() && !patience.expired()) {
      std::this_thread::sleep_for(5ms);
    }
    EXPECT_FALSE(is_instance_alive(*pool, id, soon()).value());
  }
}

TEST(Installation, TagAndOwnerAreMadeOnceWhoeverAsksAtOnce) {
  const TestDatabase database;
  auto pool = database.make_pool(4);
  std::vector<std::string> tags(4);
  std::vector<OwnerId> owners(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < tags.size(); ++i) {
      threads.emplace_back([&, i] {
        tags[i] = ensure_installation_tag(*pool, soon()).value();
        owners[i] = ensure_owner(*pool, SystemClock(), soon()).value();
      });
    }
  }
  EXPECT_THAT(tags[0], testing::MatchesRegex("[a-z0-9]{6}"));
  EXPECT_THAT(tags, testing::Each(tags[0]));
  EXPECT_THAT(owners, testing::Each(owners[0]));
  EXPECT_EQ(database.value("SELECT count(*) FROM app_user"), "1");
  EXPECT_EQ(database.value("SELECT account_position FROM kill_switch"), "OFF");
}

TEST(Installation, ASecondOwnerAndAnotherTagAreRefused) {
  TradingRows rows;
  const auto& database = rows.database();
  const auto insert = [&](const std::string& columns, const std::string& values) {
    return database.error_of("INSERT INTO app_user (public_id" + columns + ") VALUES (" +
                             TradingRows::new_id() + values + ")");
  };
  EXPECT_EQ(insert("", "").code, kUniqueViolation);
  EXPECT_EQ(insert(", singleton", ", false").code, kConstraint);
  EXPECT_EQ(insert(", singleton", ", NULL").code, kConstraint);
  database.sql("INSERT INTO installation (tag) VALUES ('abc123')");
  EXPECT_EQ(database.error_of("INSERT INTO installation (tag) VALUES ('abc124')").code,
            kUniqueViolation);
  EXPECT_EQ(database.error_of("UPDATE installation SET tag = 'abc124'").code, kRefused);
  EXPECT_EQ(database.error_of("DELETE FROM installation").code, kRefused);
}

TEST(ControlVersions, EachCounterMovesWithItsOwnTablesAndWithTheirTransaction) {
  TradingRows rows;
  auto pool = rows.database().make_pool(1);
  const auto read = [&] { return read_control_versions(*pool, soon()).value(); };
  const auto before = read();
  rows.database().sql("UPDATE kill_switch SET account_position = 'OFF'");
  auto after = read();
  EXPECT_EQ(after.kill_switch, before.kill_switch + 1);
  EXPECT_EQ(after.settings, before.settings);
  EXPECT_EQ(after.activation, before.activation);
  rows.database().sql("UPDATE market_config SET priority = 1");
  rows.database().sql(
      "INSERT INTO strategy_config (owner_id, strategy_key, config_version, config_json) "
      "VALUES (" +
      rows.owner_text() + ", 'EXTREME_FLIP', 1, '{}')");
  rows.database().sql("UPDATE strategy_activation SET generation = 2");
  after = read();
  EXPECT_EQ(after.settings, before.settings + 2);
  EXPECT_EQ(after.activation, before.activation + 1);
  rows.database().sql("BEGIN; UPDATE kill_switch SET account_position = 'ON'; ROLLBACK");
  EXPECT_EQ(read(), after);
}

}  // namespace
}  // namespace everbit::store
