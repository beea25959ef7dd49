#include <gmock/gmock.h>

#include <csignal>

#include "integration/daemon/daemon.h"
#include "integration/trading/order_rows.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr const char* kEntry = "SELECT concat_ws(' ', status, error_code) FROM order_attempt";

// A trader's database, dumped with an entry that is prepared and not sent; then the real daemon
// sends it; then the dump takes the place of what happened since.
class RestoreUnderTheDaemon : public DaemonTest {
 protected:
  RestoreUnderTheDaemon() : DaemonTest(TestDatabase::Schema::kEmpty) {}

  void SetUp() override {
    start_simulator();
    rows_.sql("INSERT INTO installation (tag) VALUES ('" + std::string(OrderRows::kTag) + "')");
    // As if decided on a candle yet to close: however slow the machine, it is fresh.
    const auto entry = rows_.entry("10000", -3600);
    auto tx = store::Transaction::begin(rows_.pool(), Deadline::after(seconds(20))).value();
    const auto added = rows_.outbox().add(
        tx, {trading::kTradeCommands, "CreateOrderAttempt", "order_attempt", entry.attempt.value(),
             "KRW-BTC", "EXTREME_FLIP", "",
             R"({"attemptPublicId":")" + entry.public_id.to_string() + "\"}", std::nullopt});
    ASSERT_TRUE(added && tx.commit().committed());
    dump();
    use(rows_.database());
    const auto daemon = start();
    ASSERT_TRUE(eventually([&] { return rows_.attempt(entry) == "ACKED"; }))
        << rows_.attempt(entry) << daemon->output();
    const auto counted = [&](const std::string& line) {
      return eventually([&] {
        return http_get(daemon->ops_port(), "/metrics").body.find(line) != std::string::npos;
      });
    };
    EXPECT_TRUE(counted("everbit_order_attempt_total{status=\"ACKED\"} 1"));
    EXPECT_TRUE(counted("everbit_order_attempt_total{status=\"SENT\"} 1"));
    EXPECT_TRUE(counted("everbit_order_attempt_total{status=\"PREPARED\"} 0"))
        << "it was there before";
    EXPECT_TRUE(
        counted("everbit_upbit_http_requests_total{endpoint=\"/v1/"
                "orders\",method=\"POST\",status=\"201\"} 1"));
    daemon->send(SIGTERM);
    ASSERT_EQ(daemon->wait(seconds(60)), 0);
  }

  void use(const TestDatabase& database) {
    environment_["DATABASE_URL"] =
        "postgresql://everbit@127.0.0.1:" + std::to_string(database.port()) + "/" + database.name();
  }
  std::string dump_file() const { return (folder_ / "dump").string(); }
  void dump() const {
    Child tool({"/usr/bin/pg_dump", "-F", "c", "-f", dump_file(), rows_.database().dsn()}, {},
               folder_ / "pg_dump.out");
    ASSERT_EQ(tool.wait(seconds(60)), 0) << tool.output();
  }

  // The daemon on the older data: it finds the order at the exchange, and leaves it at that.
  void expect_nothing_is_sent_again() {
    const auto daemon = start();
    EXPECT_TRUE(eventually([&] {
      return database_.value("SELECT count(*) FROM reconcile_run WHERE result = 'DONE'") != "0";
    })) << daemon->output();
    EXPECT_EQ(database_.value("SELECT string_agg(origin, ' ') FROM upbit_order"), "ORPHAN")
        << "the one that was sent, and no other";
    EXPECT_EQ(database_.value(kEntry), "SUSPENDED RESTORED");
    EXPECT_EQ(database_.value("SELECT trade_status || ' ' || suspend_reason_code FROM market_state "
                              "WHERE market = 'KRW-BTC'"),
              "SUSPENDED ORPHAN_ORDER");
    EXPECT_TRUE(eventually([&] {
      const std::string line = "everbit_market_state{market=\"KRW-BTC\",state=\"SUSPENDED\"} 1";
      return http_get(daemon->ops_port(), "/metrics").body.find(line) != std::string::npos;
    }));
    EXPECT_EQ(database_.value("SELECT account_position || ' ' || reason_code FROM kill_switch"),
              "OFF RESTORED");
    // The owner's word, and the market's too: still nothing is left to be sent.
    const auto on = run_everbit({"kill", "on", "--config", settings_file_.string()}, environment_);
    EXPECT_EQ(on.code, 0) << on.err;
    const auto released = run_everbit(
        {"markets", "unsuspend", "KRW-BTC", "--config", settings_file_.string()}, environment_);
    EXPECT_EQ(released.code, 0) << released.err;
    const auto compared =
        run_everbit({"reconcile", "--config", settings_file_.string()}, environment_);
    EXPECT_EQ(compared.code, 0) << compared.err;
    EXPECT_EQ(database_.value("SELECT count(*) FROM upbit_order"), "1");
    EXPECT_EQ(database_.value("SELECT count(*) FROM order_attempt WHERE sent_at IS NOT NULL"), "0");
  }

  OrderRows rows_;
};

TEST_F(RestoreUnderTheDaemon, ADumpOfAPreparedOrderThatWasSentMeanwhileSendsNothing) {
  use(database_);
  const auto restored =
      run_everbit({"restore", dump_file(), "--config", settings_file_.string()}, environment_);
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("OFF"));
  expect_nothing_is_sent_again();
}

TEST_F(RestoreUnderTheDaemon, OlderDataThatSomebodyPutThereByHandSendsNothingEither) {
  Child tool({"/usr/bin/pg_restore", "--dbname", database_.dsn(), dump_file()}, {},
             folder_ / "pg_restore.out");
  ASSERT_EQ(tool.wait(seconds(60)), 0) << tool.output();
  use(database_);
  expect_nothing_is_sent_again();
}

}  // namespace
}  // namespace everbit::test
