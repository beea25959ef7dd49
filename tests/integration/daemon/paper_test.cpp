#include <gmock/gmock.h>

#include <csignal>
#include <regex>

#include "integration/daemon/daemon.h"
#include "store/transaction.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kPaper = "kr.everbit.exchange-paper";
constexpr std::string_view kFollower = "kr.everbit.follower";
constexpr std::int64_t kMinuteMs = 60'000;

class PaperInstallation : public DaemonTest {
 protected:
  PaperInstallation() {
    install(kPaper, "exchange", "plugins/exchange-paper.so");
    install(kFollower, "strategy", "tests/faults/strategy-follower.so");
    mode_ = "PAPER";
  }

  void write(std::string_view more = {}) {
    write_settings(
        "strategy.plugin = \"kr.everbit.follower\"\nstrategy.key = \"FOLLOWER\"\n"
        "candles.graceMs = 100\nreconcile.intervalSeconds = 10\n" +
        std::string(more));
  }
};

// What is refused, whichever of the two is put in the other's place.
class WrongExchange : public PaperInstallation {
 protected:
  void expect_refused(const std::string& complaint) {
    const Refusal refusal = start_refused();
    EXPECT_EQ(refusal.status, 1);
    EXPECT_THAT(refusal.output, HasSubstr("EXCHANGE_MODE"));
    EXPECT_THAT(refusal.output, HasSubstr(complaint));
    EXPECT_EQ(rows_of_a_start(), 0);
  }
};

TEST_F(WrongExchange, RealOrdersNeverGoToAnExchangeThatOnlySimulates) {
  mode_ = "REAL";
  write("exchange.plugin = \"kr.everbit.exchange-paper\"\n");
  expect_refused("no real order may go there");
}

TEST_F(WrongExchange, PaperOrdersNeverGoToTheRealExchange) {
  write("paper.plugin = \"kr.everbit.exchange-upbit\"\n");
  expect_refused("a PAPER order would be a real one");
}

// The real daemon in mode PAPER, with a strategy that buys when a candle closed up and sells when
// one closed down. The simulated Upbit has an account of its own, which nobody may touch.
class PaperTrading : public PaperInstallation {
 protected:
  void SetUp() override {
    start_simulator();
    write();
  }

  std::unique_ptr<Daemon> start_trading() {
    auto daemon = start();
    EXPECT_TRUE(daemon->wait_ready()) << daemon->output();
    everbit({"kill", "on"});
    everbit({"kill", "on", "--strategy", "FOLLOWER", "on"});
    return daemon;
  }
  void everbit(std::vector<std::string> words) {
    words.insert(words.end(), {"--config", settings_file_.string()});
    const Ended ended = run_everbit(words, environment_);
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  }

  // Trades of others at the current price carry the exchange's time to the daemon.
  void trade() { simulate("/price/KRW-BTC", R"({"price":")" + std::to_string(price_) + R"("})"); }
  std::int64_t left_of_the_minute() {
    const std::string health = ask_simulator("/health");
    std::smatch found;
    if (!std::regex_search(health, found, std::regex("\"now\":\"?([0-9]+)"))) {
      throw std::runtime_error("the simulator's clock: " + health);
    }
    return kMinuteMs - std::stoll(found[1]) % kMinuteMs;
  }
  void advance(std::int64_t ms) {
    simulate("/clock", R"({"advance_ms":)" + std::to_string(ms) + "}");
  }
  // A candle closes that the strategy buys or sells on, at once.
  void signal(bool up) {
    if (const auto left = left_of_the_minute(); left < 2000) advance(left + 10);
    trade();
    price_ += up ? 2000 : -2000;
    trade();
    advance(left_of_the_minute() + 10);
    trade();
  }
  // Until the rows say so; meanwhile others trade.
  bool becomes(const std::string& query, const std::string& wanted) {
    return eventually([&] {
      trade();
      return database_.value(query) == wanted;
    });
  }
  std::string told(const std::string& query) { return database_.value(query); }

  // By the fills alone, in PostgreSQL's exact numbers.
  void expect_books_exact() {
    EXPECT_EQ(told("SELECT count(*) FROM fill f JOIN upbit_order o ON o.id = f.upbit_order_id "
                   "WHERE f.fee <> f.price * f.volume * 0.0005 OR f.mode <> 'PAPER' "
                   "OR o.mode <> 'PAPER'"),
              "0");
    EXPECT_EQ(told("SELECT count(*) FROM (SELECT o.id FROM upbit_order o LEFT JOIN fill f ON "
                   "f.upbit_order_id = o.id GROUP BY o.id HAVING coalesce(sum(f.volume), 0) <> "
                   "o.executed_volume OR coalesce(sum(f.fee), 0) <> o.paid_fee) wrong"),
              "0");
    EXPECT_TRUE(
        becomes("SELECT (SELECT sum(balance + locked) FROM account_balance WHERE currency "
                "= 'KRW' AND mode = 'PAPER') = 10000000 + (SELECT sum(CASE o.side WHEN "
                "'ask' THEN f.price * f.volume ELSE -f.price * f.volume END - f.fee) FROM "
                "fill f JOIN upbit_order o ON o.id = f.upbit_order_id)",
                "t"))
        << told(
               "SELECT string_agg(concat_ws(' ', currency, balance, locked), ', ') "
               "FROM account_balance");
    EXPECT_EQ(told("SELECT coalesce(sum(CASE o.side WHEN 'bid' THEN f.volume ELSE -f.volume END), "
                   "0) = (SELECT quantity + dust_quantity FROM position WHERE mode = 'PAPER') FROM "
                   "fill f JOIN upbit_order o ON o.id = f.upbit_order_id"),
              "t");
  }
  void expect_nothing_reached_the_exchange(Daemon& daemon) {
    const std::string ledger = ask_simulator("/ledger");
    EXPECT_THAT(ledger, HasSubstr("\"creates\":[]"));
    EXPECT_THAT(ledger, HasSubstr("\"orders\":[]"));
    const std::string metrics = http_get(daemon.ops_port(), "/metrics").body;
    EXPECT_THAT(metrics, HasSubstr("endpoint=\"/v1/candles"));
    for (const char* path : {"/v1/accounts", "/v1/order", "/v1/api_keys", "/v1/withdraws"}) {
      EXPECT_THAT(metrics, Not(HasSubstr(std::string("endpoint=\"") + path)));
    }
    for (const char* table : {"signal", "decision", "order_intent", "order_attempt", "upbit_order",
                              "fill", "position", "account_balance"}) {
      EXPECT_EQ(told("SELECT count(*) FROM " + std::string(table) + " WHERE mode <> 'PAPER'"), "0")
          << table;
    }
  }

  std::int64_t price_ = 150'000'000;
};

TEST_F(PaperTrading, AnEntryAndItsExitAreFilledHereAndTheRealExchangeHearsOfNeither) {
  const auto daemon = start_trading();
  signal(true);
  ASSERT_TRUE(
      becomes("SELECT count(*) FROM position WHERE status = 'OPEN' AND mode = 'PAPER'", "1"))
      << daemon->output();
  EXPECT_TRUE(
      becomes("SELECT concat_ws(' ', i.intent_type, i.status, a.status, o.side, "
              "o.executed_volume > 0, o.closed_at IS NOT NULL) FROM order_intent i JOIN "
              "order_attempt a ON a.order_intent_id = i.id JOIN upbit_order o ON "
              "o.order_attempt_id = a.id",
              "ENTRY COMPLETED ACKED bid t t"));
  // 100,000 KRW at one price, the volume cut to eight decimals.
  EXPECT_EQ(told("SELECT count(*) = 1 AND bool_and(volume = trunc(100000 / price, 8)) FROM fill"),
            "t");
  expect_books_exact();
  signal(false);
  EXPECT_TRUE(becomes("SELECT status FROM position", "FLAT")) << daemon->output();
  EXPECT_TRUE(
      becomes("SELECT string_agg(intent_type || ' ' || status, ', ' ORDER BY id) "
              "FROM order_intent",
              "ENTRY COMPLETED, EXIT_TP COMPLETED"));
  expect_books_exact();
  expect_nothing_reached_the_exchange(*daemon);
  EXPECT_EQ(told("SELECT count(*) FROM outbox_event WHERE event_type = 'OrderAccepted'"), "2");
}

// The order is filled in the simulated account and accepted in the database; its fill is not
// booked.
TEST_F(PaperTrading, KilledBetweenAFillAndItsBookingItIsBookedOnceAfterTheRestart) {
  auto daemon = start_trading();
  const auto pool = database_.make_pool(1);
  auto blocking = store::Transaction::begin(*pool, Deadline::after(seconds(120)));
  ASSERT_TRUE(blocking && blocking->exec(store::Sql{"LOCK TABLE fill IN EXCLUSIVE MODE"}));
  signal(true);
  ASSERT_TRUE(becomes("SELECT string_agg(status, ',') FROM order_attempt", "ACKED"))
      << daemon->output();
  EXPECT_EQ(told("SELECT count(*) FROM paper_exchange"), "1");
  daemon->send(SIGKILL);
  (void)daemon->wait(seconds(30));
  blocking->rollback();
  EXPECT_EQ(told("SELECT count(*) FROM fill"), "0");
  const std::string kept = told("SELECT md5(state) FROM paper_exchange");

  daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  EXPECT_TRUE(becomes("SELECT count(*) FROM position WHERE status = 'OPEN'", "1"))
      << daemon->output();
  EXPECT_EQ(told("SELECT count(*) FROM fill"), "1");
  EXPECT_EQ(told("SELECT count(*) FROM upbit_order"), "1");
  EXPECT_EQ(told("SELECT md5(state) FROM paper_exchange"), kept);
  expect_books_exact();
  expect_nothing_reached_the_exchange(*daemon);
}

// The plugin has filled the order in memory; the account's row is not stored, nobody was told.
TEST_F(PaperTrading, KilledBeforeItsFillIsStoredTheOrderNeverWas) {
  auto daemon = start_trading();
  const auto pool = database_.make_pool(1);
  auto blocking = store::Transaction::begin(*pool, Deadline::after(seconds(120)));
  ASSERT_TRUE(blocking &&
              blocking->exec(store::Sql{"LOCK TABLE paper_exchange IN EXCLUSIVE MODE"}));
  signal(true);
  ASSERT_TRUE(
      becomes("SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE "
              "c.relname = 'paper_exchange' AND NOT l.granted AND l.database = (SELECT oid "
              "FROM pg_database WHERE datname = current_database())",
              "1"))
      << daemon->output();
  daemon->send(SIGKILL);
  (void)daemon->wait(seconds(30));
  blocking->rollback();
  EXPECT_EQ(told("SELECT count(*) FROM paper_exchange"), "0");

  daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  // Asked for by its name, and not there: as with the real exchange this proves nothing at once.
  EXPECT_TRUE(
      becomes("SELECT status || ' ' || (lookups_not_found > 0) FROM order_attempt", "UNKNOWN true"))
      << daemon->output();
  EXPECT_EQ(told("SELECT count(*) FROM upbit_order"), "0");
  EXPECT_EQ(told("SELECT count(*) FROM position WHERE quantity > 0"), "0");
  EXPECT_TRUE(becomes("SELECT balance FROM account_balance WHERE currency = 'KRW'",
                      "10000000.000000000000000000"));
  expect_nothing_reached_the_exchange(*daemon);
}

// The owner switches to REAL while an order of PAPER waits in the queue.
TEST_F(PaperTrading, WhatPaperLeftInTheQueueIsNotSentInReal) {
  environment_["EVERBIT_CRASH_AT"] = "sent_marked";
  auto daemon = start_trading();
  signal(true);
  ASSERT_TRUE(eventually([&] {
    if (daemon->is_running()) trade();
    return !daemon->is_running();
  })) << "this build has no crash points";
  EXPECT_EQ(told("SELECT mode || ' ' || status FROM order_attempt"), "PAPER PREPARED");

  environment_.erase("EVERBIT_CRASH_AT");
  mode_ = "REAL";
  write();
  daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  EXPECT_TRUE(
      becomes("SELECT status || ' ' || error_code FROM order_attempt", "SUSPENDED OTHER_MODE"))
      << daemon->output();
  const std::string ledger = ask_simulator("/ledger");
  EXPECT_THAT(ledger, HasSubstr("\"creates\":[]"));
  EXPECT_THAT(ledger, HasSubstr("\"orders\":[]"));
}

}  // namespace
}  // namespace everbit::test
