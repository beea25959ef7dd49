#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "integration/daemon/child.h"
#include "integration/trading/exchange_side.h"
#include "integration/trading/order_rows.h"
#include "net/send_ledger.h"
#include "net/send_once.h"
#include "store/high_water.h"
#include "store/old_data.h"
#include "trading/portfolio/order_sync.h"
#include "unit/cli/run_everbit.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;
using test::OrderRows;
using test::TestDatabase;
using ::testing::HasSubstr;

class RestoreTest : public testing::Test {
 protected:
  // A prepared entry and the command that waits for it, as a candle's transaction leaves them.
  test::OrderIds prepared() {
    const auto ids = rows_.entry();
    auto tx = store::Transaction::begin(rows_.pool(), Deadline::after(seconds(20))).value();
    const auto added = rows_.outbox().add(
        tx, {kTradeCommands, "CreateOrderAttempt", "order_attempt", ids.attempt.value(), "KRW-BTC",
             "EXTREME_FLIP", "", R"({"attemptPublicId":")" + ids.public_id.to_string() + "\"}",
             std::nullopt});
    EXPECT_TRUE(added && tx.commit().committed());
    return ids;
  }

  void dump(const std::string& format = "c") {
    test::Child tool({"/usr/bin/pg_dump", "-F", format, "-f", file(), rows_.database().dsn()}, {},
                     folder_ / "pg_dump.out");
    ASSERT_EQ(tool.wait(seconds(60)), 0) << tool.output();
  }
  // By hand, without everbit.
  void load_by_hand() {
    test::Child tool({"/usr/bin/pg_restore", "--dbname", restored_.dsn(), file()}, {},
                     folder_ / "pg_restore.out");
    ASSERT_EQ(tool.wait(seconds(60)), 0) << tool.output();
  }

  test::Ended restore() {
    return test::run_everbit({"restore", file(), "--config", settings_.file()},
                             {{"DATABASE_URL", restored_.dsn()}});
  }

  // The order of that attempt goes out, once.
  void send(const test::OrderIds& ids) {
    SystemClock clock;
    auto ledger = net::SendLedger::open(folder_ / "send.ledger", rows_.instance(), clock).value();
    net::SendOnceSettings settings;
    settings.marked = [&](const Uuid& attempt) { high_water_->raise(attempt); };
    net::SendOnce once(exchange_.http(), *ledger, settings);
    auto permit = exchange_.limiter().acquire_blocking("order", net::RatePriority::kEntry,
                                                       Deadline::after(seconds(20)));
    const auto body = entry_fields(ids);
    const auto result = once.send_blocking(
        {ids.public_id, "token", Deadline::after(seconds(20)), std::move(permit.value()),
         sim_.rest(), [] { return true; }, [&] { return exchange_.gateway().sign_create(body); },
         exchange_.gateway().io()});
    ASSERT_EQ(result.response.status, 201) << result.detail << result.response.body;
  }

  std::vector<plugins::Field> entry_fields(const test::OrderIds& ids) {
    std::vector<plugins::Field> fields;
    const auto rows = rows_.database().sql(
        "SELECT key, value FROM order_attempt, jsonb_each_text(request_json) WHERE id = " +
        std::to_string(ids.attempt.value()));
    for (const store::Row row : rows) {
      fields.push_back({std::string(row.text(0)), std::string(row.text(1))});
    }
    return fields;
  }

  void expect_settled(const test::OrderIds& ids) {
    const auto of = [&](const std::string& query) { return restored_.value(query); };
    EXPECT_EQ(of("SELECT account_position || ' ' || reason_code FROM kill_switch"), "OFF RESTORED");
    EXPECT_EQ(
        of("SELECT concat_ws(' ', status, error_code) FROM order_attempt WHERE public_id = '" +
           ids.public_id.to_string() + "'"),
        "SUSPENDED RESTORED");
    EXPECT_EQ(of("SELECT concat_ws(' ', status, reason_code) FROM order_intent"),
              "CANCELED RESTORED");
    EXPECT_EQ(of("SELECT count(*) FROM outbox_queue"), "0");
    EXPECT_EQ(of("SELECT count(*) FROM strategy_state"), "0");
    EXPECT_EQ(of("SELECT count(*) FROM audit_log WHERE after_json ->> 'reasonCode' = 'RESTORED'"),
              "1");
  }

  std::string file() const { return (folder_ / "dump").string(); }

  test::ScratchFolder folder_;
  test::SettingsFolder settings_;
  OrderRows rows_;
  test::UpbitSim sim_;
  test::ExchangeClient exchange_{sim_.rest()};
  TestDatabase restored_{TestDatabase::Schema::kEmpty};
  std::unique_ptr<store::HighWater> high_water_ =
      store::HighWater::open(folder_ / "high-water").value();
};

TEST_F(RestoreTest, DumpBetweenPreparedAndSentSendsNothingAgainAndTheOrderFoundSuspendsItsMarket) {
  const auto ids = prepared();
  rows_.sql("UPDATE kill_switch SET account_position = 'ON'");
  dump();
  send(ids);
  ASSERT_EQ(sim_.creates(), 1);

  const auto ended = restore();
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("OFF"));
  expect_settled(ids);
  EXPECT_EQ(restored_.value("SELECT count(*) FROM order_attempt WHERE status = 'PREPARED'"), "0");

  // What the first reconcile reads at Upbit.
  const auto found = exchange_.gateway().read(
      plugins::ExchangeOp::kOrderGet, {{"identifier", ids.identifier}}, net::RatePriority::kLookup);
  ASSERT_TRUE(found.ok());
  SystemClock clock;
  const auto pool = restored_.make_pool();
  conformance::OpenBus bus(conformance::plugin_path("bus-postgres.so"), restored_.dsn(),
                           Uuid::make_v4().to_string());
  Outbox outbox(*bus, clock, Uuid::make_v7(clock.now()));
  OrderRecorder recorder({outbox, rows_.owner(), Mode::kReal, OrderRows::kTag});
  FillBook fills({outbox, rows_.owner(), Mode::kReal, Decimal::of("5000")});
  OrderSync sync({*pool, recorder, fills, outbox, rows_.owner(), Mode::kReal});
  const auto applied =
      sync.apply(found.decoded.found.orders.at(0), found.decoded.found.fills, FillSource::kRest);
  ASSERT_TRUE(applied) << to_string(applied.error());
  EXPECT_EQ(restored_.value("SELECT origin FROM upbit_order"), "ORPHAN");
  EXPECT_EQ(restored_.value("SELECT trade_status FROM market_state WHERE market = 'KRW-BTC'"),
            "SUSPENDED");
  EXPECT_EQ(restored_.value("SELECT account_position FROM kill_switch"), "OFF");
  EXPECT_EQ(sim_.creates(), 1) << "no new order";
}

TEST_F(RestoreTest, SentBecomesUnknownAndAPlainDumpIsReadToo) {
  const auto ids = rows_.entry();
  rows_.mark_sent(ids);
  dump("p");
  const auto ended = restore();
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(restored_.value("SELECT status || ' ' || error_code FROM order_attempt"),
            "UNKNOWN RESTORED");
  EXPECT_EQ(restored_.value("SELECT status FROM order_intent"), "CREATED")
      << "an unknown fate keeps the market closed";
}

TEST_F(RestoreTest, DatabaseThatHoldsAnythingIsRefused) {
  (void)prepared();
  dump();
  (void)restored_.sql("CREATE TABLE mine (id int)");
  const auto ended = restore();
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("DATABASE_NOT_EMPTY"));
  EXPECT_EQ(restored_.value("SELECT count(*) FROM pg_class WHERE relname = 'order_attempt'"), "0");
}

TEST_F(RestoreTest, HalfADumpLeavesTheDatabaseEmpty) {
  (void)prepared();
  for (const std::string format : {"c", "p"}) {
    dump(format);
    const auto size = std::filesystem::file_size(file());
    std::filesystem::resize_file(file(), size * 2 / 3);
    // A plain dump may end between two statements: only a broken one can be told.
    if (format == "p") std::ofstream(file(), std::ios::app) << "\nnot SQL;\n";
    const auto ended = restore();
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.err, HasSubstr("DUMP_REFUSED"));
    EXPECT_EQ(restored_.value("SELECT count(*) FROM pg_class WHERE relname = 'kill_switch'"), "0");
  }
}

TEST_F(RestoreTest, RunningDaemonIsNotRestoredUnder) {
  (void)prepared();
  dump();
  SystemClock clock;
  const auto ledger =
      net::SendLedger::open(settings_.dir() / "send.ledger", Uuid::make_v4(), clock).value();
  const auto ended = restore();
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("DAEMON_RUNS"));
}

TEST_F(RestoreTest, EncryptedBackupIsNamedForWhatItIs) {
  std::ofstream(file()) << "age-encryption.org/v1\n-> X25519 x\n";
  const auto ended = restore();
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("DUMP_ENCRYPTED"));
}

TEST_F(RestoreTest, OldDataPutThereByHandIsSettledAtTheStartAndOnlyOnce) {
  const auto ids = prepared();
  rows_.sql("UPDATE kill_switch SET account_position = 'ON'");
  dump();
  send(ids);
  load_by_hand();
  const auto pool = restored_.make_pool();
  const auto mark = high_water_->mark();
  ASSERT_EQ(mark, ids.public_id);
  const Deadline deadline = Deadline::after(seconds(30));
  EXPECT_TRUE(store::settle_if_old(*pool, mark, false, deadline).value());
  expect_settled(ids);
  (void)restored_.sql("UPDATE kill_switch SET account_position = 'ON'");
  EXPECT_FALSE(store::settle_if_old(*pool, mark, false, deadline).value());
  EXPECT_EQ(restored_.value("SELECT account_position FROM kill_switch"), "ON");
}

TEST_F(RestoreTest, OrdinaryStartIsNotTakenForOldData) {
  const Deadline deadline = Deadline::after(seconds(30));
  EXPECT_FALSE(store::settle_if_old(rows_.pool(), std::nullopt, false, deadline).value());
  const auto ids = rows_.entry();
  rows_.mark_sent(ids);
  high_water_->raise(ids.public_id);
  EXPECT_FALSE(store::settle_if_old(rows_.pool(), high_water_->mark(), false, deadline).value());
  rows_.sql("UPDATE order_intent SET status = 'COMPLETED'");
  (void)rows_.entry();
  EXPECT_FALSE(store::settle_if_old(rows_.pool(), high_water_->mark(), false, deadline).value());
  EXPECT_EQ(rows_.count("old_data"), 0);
}

TEST_F(RestoreTest, DatabaseWithoutTheMarkedAttemptAndAMarkNobodyCanReadAreOld) {
  const Deadline deadline = Deadline::after(seconds(30));
  (void)rows_.entry();
  EXPECT_TRUE(
      store::settle_if_old(rows_.pool(), Uuid::make_v7(SystemClock().now()), false, deadline)
          .value());
  EXPECT_EQ(rows_.value("SELECT status FROM order_attempt"), "SUSPENDED");
  EXPECT_TRUE(store::settle_if_old(rows_.pool(), std::nullopt, true, deadline).value());
  EXPECT_EQ(rows_.count("old_data WHERE cause = 'HIGH_WATER'"), 2);
}

}  // namespace
}  // namespace everbit::trading
