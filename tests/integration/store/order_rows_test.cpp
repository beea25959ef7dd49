// What the database itself refuses of orders, whatever code writes the row.

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "rows_fixture.h"
#include "store/errors.h"
#include "store/transaction.h"

namespace everbit::store {
namespace {

using test::TradingRows;

Deadline soon() { return Deadline::after(std::chrono::seconds(20)); }

// Page 10: the one conditional update before a call.
constexpr Sql kMarkSent{R"(
  UPDATE order_attempt SET status = 'SENT', sent_token = $2, sent_at = now()
  WHERE id = $1 AND status = 'PREPARED')"};
constexpr Sql kReadStatus{"SELECT status FROM order_attempt WHERE id = $1"};

TEST(OrderRows, OfTwoExecutorsThatBothReadPreparedOneChangesNoRow) {
  TradingRows rows;
  const std::int64_t id = rows.attempt(rows.intent());
  auto pool = rows.database().make_pool(2);
  auto first = Transaction::begin(*pool, soon());
  auto second = Transaction::begin(*pool, soon());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->exec(kReadStatus, id)->front().text(0), "PREPARED");
  EXPECT_EQ(second->exec(kReadStatus, id)->front().text(0), "PREPARED");
  const auto sent = first->exec(kMarkSent, id, "a:1");
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->affected(), 1);
  std::int64_t changed_by_second = -1;
  std::jthread blocked([&] {
    const auto late = second->exec(kMarkSent, id, "b:1");
    ASSERT_TRUE(late) << to_string(late.error());
    changed_by_second = late->affected();
  });
  ASSERT_TRUE(first->commit().committed());
  blocked.join();
  EXPECT_EQ(changed_by_second, 0);
  EXPECT_EQ(rows.database().value("SELECT sent_token FROM order_attempt"), "a:1");
}

TEST(OrderRows, SentTokenIsWrittenOnceAndByTheStepToSentAlone) {
  TradingRows rows;
  const auto& database = rows.database();
  const std::string sent = std::to_string(rows.attempt_in("SENT"));
  const auto change = [&](const std::string& set, const std::string& id) {
    return database.error_of("UPDATE order_attempt SET " + set + " WHERE id = " + id).code;
  };
  EXPECT_EQ(change("sent_token = 'other'", sent), kRefused);
  EXPECT_EQ(change("sent_token = sent_token", sent), kRefused);
  EXPECT_EQ(change("sent_token = NULL, sent_at = NULL", sent), kRefused);
  EXPECT_EQ(change("sent_at = now()", sent), kRefused);
  EXPECT_EQ(change("status = 'UNKNOWN', sent_token = 'other'", sent), kRefused);
  const std::string prepared = std::to_string(rows.attempt_in("PREPARED"));
  EXPECT_EQ(change("sent_token = 'early', sent_at = now()", prepared), kRefused);
  EXPECT_EQ(change("status = 'SUSPENDED', sent_token = 'x', sent_at = now()", prepared), kRefused);
  EXPECT_EQ(change("status = 'SENT'", prepared), kConstraint);
  EXPECT_EQ(change("status = 'SENT', sent_token = 'x'", prepared), kConstraint);
  EXPECT_EQ(change("status = 'SENT', sent_token = 'x', sent_at = now()", prepared), "NONE");
}

struct Step {
  std::string from;
  std::string to;
  std::string reason = "NOT_SENT";
};

// All pairs of states, and REJECTED with each of its kinds of reason.
TEST(OrderRows, AttemptsTakeTheListedStepsAndNoOther) {
  const std::vector<std::string> states = {"PREPARED",  "SENT",    "ACKED",    "REJECTED",
                                           "THROTTLED", "UNKNOWN", "SUSPENDED"};
  const std::set<std::pair<std::string, std::string>> allowed = {
      {"PREPARED", "SENT"},  {"PREPARED", "SUSPENDED"}, {"SENT", "ACKED"},
      {"SENT", "REJECTED"},  {"SENT", "THROTTLED"},     {"SENT", "UNKNOWN"},
      {"SENT", "SUSPENDED"}, {"UNKNOWN", "ACKED"},      {"UNKNOWN", "REJECTED"}};
  std::vector<Step> steps;
  for (const auto& from : states) {
    for (const auto& to : states) steps.push_back({from, to});
  }
  for (const char* reason : {"ABSENT", "NOT_FOUND_CONFIRMED"}) {
    for (const auto& to : states) steps.push_back({"REJECTED", to, reason});
  }
  TradingRows rows;
  for (const Step& step : steps) {
    SCOPED_TRACE(step.from + " (" + step.reason + ") to " + step.to);
    const std::int64_t id = rows.attempt_in(step.from, step.reason);
    // A step to SENT from beyond PREPARED brings no token of its own here: the transition is
    // tested.
    const std::string with =
        step.to == "SENT" && step.from != "PREPARED" ? "" : TradingRows::with(step.to, step.reason);
    const auto error = rows.database().error_of("UPDATE order_attempt SET status = '" + step.to +
                                                "'" + with + " WHERE id = " + std::to_string(id));
    const bool absence = step.from == "REJECTED" && step.to == "ACKED" && step.reason != "NOT_SENT";
    EXPECT_EQ(error.code, allowed.contains({step.from, step.to}) || absence ? "NONE" : kRefused)
        << error.message;
  }
}

TEST(OrderRows, AnAttemptBeginsPrepared) {
  TradingRows rows;
  std::string sql = rows.attempt_sql(rows.intent(), 1);
  sql.replace(sql.find("request_json)"), 13, "request_json, status)");
  sql.replace(sql.find("') RETURNING"), 2, "', 'SUSPENDED')");
  EXPECT_EQ(rows.database().error_of(sql).code, kRefused);
}

TEST(OrderRows, TheReasonOfARejectionCannotBeTurnedIntoAnAbsence) {
  TradingRows rows;
  const std::string id = std::to_string(rows.attempt_in("REJECTED", "insufficient_funds_bid"));
  EXPECT_EQ(rows.database()
                .error_of("UPDATE order_attempt SET error_code = 'ABSENT' WHERE id = " + id)
                .code,
            kRefused);
}

TEST(OrderRows, WhatAnAttemptAskedForIsFrozen) {
  TradingRows rows;
  const std::string id = std::to_string(rows.attempt_in("ACKED"));
  for (const std::string set :
       {"request_json = '{}'", "identifier = 'other'", "attempt_no = 9", "mode = 'PAPER'",
        "upbit_uuid = gen_random_uuid()", "upbit_uuid = NULL"}) {
    EXPECT_EQ(
        rows.database().error_of("UPDATE order_attempt SET " + set + " WHERE id = " + id).code,
        kRefused)
        << set;
  }
  EXPECT_EQ(rows.database().error_of("UPDATE order_attempt SET error_message = 'x'").code, "NONE");
}

TEST(OrderRows, TwoOpenIntentsInOneMarketAreRefused) {
  TradingRows rows;
  const auto& database = rows.database();
  database.sql(rows.intent_sql(rows.signal()));
  const auto second = database.error_of(rows.intent_sql(rows.signal()));
  EXPECT_EQ(second.code, kUniqueViolation);
  EXPECT_EQ(second.field, "one_open_intent");
  EXPECT_EQ(database.error_of(rows.intent_sql(rows.signal("KRW-ETH"), "KRW-ETH")).code, "NONE");
  const auto paper = rows.signal("KRW-BTC", "BUY", "PAPER");
  EXPECT_EQ(database.error_of(rows.intent_sql(paper, "KRW-BTC", "ENTRY", "PAPER")).code, "NONE");
  database.sql("UPDATE order_intent SET status = 'COMPLETED' WHERE market = 'KRW-BTC'");
  EXPECT_EQ(database.error_of(rows.intent_sql(rows.signal())).code, "NONE");
}

TEST(OrderRows, ModesAndMarketsOfParentAndChildNeverDiffer) {
  TradingRows rows;
  const auto real = rows.signal("KRW-BTC", "BUY", "REAL");
  const auto& database = rows.database();
  EXPECT_EQ(database.error_of(rows.intent_sql(real, "KRW-BTC", "ENTRY", "PAPER")).code,
            kConstraint);
  EXPECT_EQ(database.error_of(rows.intent_sql(real, "KRW-ETH")).code, kConstraint);
  const auto intent = rows.intent();
  EXPECT_EQ(database.error_of(rows.attempt_sql(intent, 1, "KRW-ETH")).code, kConstraint);
}

TEST(OrderRows, AnIntentBuysByKrwAndSellsByVolume) {
  TradingRows rows;
  const auto& database = rows.database();
  const auto change = [&](const std::string& set) {
    return database.error_of("UPDATE order_intent SET " + set).code;
  };
  database.sql(rows.intent_sql(rows.signal()));
  EXPECT_EQ(change("requested_krw = 0"), kConstraint);
  EXPECT_EQ(change("requested_krw = NULL"), kConstraint);
  EXPECT_EQ(change("requested_volume = 1"), kConstraint);
  EXPECT_EQ(change("side = 'SELL'"), kConstraint);
  EXPECT_EQ(change("intent_type = 'EXIT_TP'"), kConstraint);
  EXPECT_EQ(change("status = 'OPEN'"), kConstraint);
  EXPECT_EQ(change("requested_krw = 100000000000000000000"), kConstraint);
}

TEST(OrderRows, OneIntentOfATypeAndOneAttemptOfANumber) {
  TradingRows rows;
  const auto& database = rows.database();
  const auto signal = rows.signal();
  const auto id = std::stoll(database.value(rows.intent_sql(signal)));
  database.sql("UPDATE order_intent SET status = 'CANCELED'");
  EXPECT_EQ(database.error_of(rows.intent_sql(signal)).code, kUniqueViolation);
  database.sql(rows.attempt_sql(id, 1));
  EXPECT_EQ(database.error_of(rows.attempt_sql(id, 1)).code, kUniqueViolation);
  EXPECT_EQ(database.error_of(rows.attempt_sql(id, 2)).code, "NONE");
}

TEST(OrderRows, ARequestHoldsStringsOnly) {
  TradingRows rows;
  const auto id = rows.intent();
  for (const std::string body : {"{\"price\": 10000}", "[\"a\"]", "{\"a\": null}", "{\"a\": {}}"}) {
    std::string sql = rows.attempt_sql(id, 1);
    const auto from = sql.find("'{\"market");
    sql.replace(from, sql.find("')", from) - from + 1, "'" + body + "'");
    EXPECT_EQ(rows.database().error_of(sql).code, kConstraint) << body;
  }
}

TEST(OrderRows, AnIdentifierIsUniqueAndAtMost64Characters) {
  TradingRows rows;
  const auto id = rows.intent();
  const auto insert = [&](int number, const std::string& identifier) {
    std::string sql = rows.attempt_sql(id, number);
    const std::string generated = "'eb-abc123-' || gen_random_uuid()";
    sql.replace(sql.find(generated), generated.size(), "'" + identifier + "'");
    return rows.database().error_of(sql).code;
  };
  EXPECT_EQ(insert(1, std::string(64, 'x')), "NONE");
  EXPECT_EQ(insert(2, std::string(64, 'x')), kUniqueViolation);
  EXPECT_EQ(insert(2, std::string(65, 'x')), kConstraint);
  EXPECT_EQ(insert(2, ""), kConstraint);
}

class Fills : public testing::Test {
 protected:
  std::string order(const std::string& origin, const std::string& attempt) {
    return "INSERT INTO upbit_order (owner_id, mode, market, upbit_uuid, origin, order_attempt_id, "
           "side, ord_type, state) VALUES (" +
           rows_.owner_text() + ", 'REAL', 'KRW-BTC', gen_random_uuid(), '" + origin + "', " +
           attempt + ", 'bid', 'best', 'wait') RETURNING id";
  }
  std::string fill(const std::string& order, const std::string& trade, const std::string& price,
                   const std::string& volume, const std::string& mode = "REAL") {
    return "INSERT INTO fill (owner_id, mode, market, upbit_order_id, trade_uuid, trade_time, "
           "price, "
           "volume, source) VALUES (" +
           rows_.owner_text() + ", '" + mode + "', 'KRW-BTC', " + order + ", '" + trade +
           "', now(), " + price + ", " + volume + ", 'WS')";
  }
  const test::TestDatabase& database() const { return rows_.database(); }
  TradingRows rows_;
};

TEST_F(Fills, AFillIsStoredOnceAndKeepsItsNumbers) {
  const std::string id = database().value(order("FOREIGN", "NULL"));
  const std::string trade = Uuid::make_v4().to_string();
  database().sql(fill(id, trade, "100", "1"));
  EXPECT_EQ(database().error_of(fill(id, trade, "100", "1")).code, kUniqueViolation);
  EXPECT_EQ(database().error_of("UPDATE fill SET price = 101").code, kRefused);
  EXPECT_EQ(database().error_of("UPDATE fill SET fee = 0.05").code, "NONE");
  EXPECT_EQ(database()
                .error_of("INSERT INTO fill_conflict (owner_id, mode, market, upbit_order_id, "
                          "trade_uuid, price, volume, source) SELECT owner_id, mode, market, "
                          "upbit_order_id, trade_uuid, 101, 1, 'REST' FROM fill")
                .code,
            "NONE");
}

TEST_F(Fills, AFillHasAPriceAndAVolumeAndTheModeOfItsOrder) {
  const std::string id = database().value(order("FOREIGN", "NULL"));
  const std::string trade = Uuid::make_v4().to_string();
  EXPECT_EQ(database().error_of(fill(id, trade, "0", "1")).code, kConstraint);
  EXPECT_EQ(database().error_of(fill(id, trade, "1", "0")).code, kConstraint);
  EXPECT_EQ(database().error_of(fill(id, trade, "1", "1", "PAPER")).code, kConstraint);
}

TEST_F(Fills, AnOrderOfOursHasItsAttemptAndAnAttemptHasOneOrder) {
  const std::string attempt = std::to_string(rows_.attempt_in("ACKED"));
  EXPECT_EQ(database().error_of(order("OURS", "NULL")).code, kConstraint);
  EXPECT_EQ(database().error_of(order("FOREIGN", attempt)).code, kConstraint);
  EXPECT_EQ(database().error_of(order("OURS", attempt)).code, "NONE");
  EXPECT_EQ(database().error_of(order("OURS", attempt)).code, kUniqueViolation);
  EXPECT_EQ(database().error_of(order("ORPHAN", "NULL")).code, "NONE");
}

}  // namespace
}  // namespace everbit::store
