#include <gtest/gtest.h>

#include "integration/trading/reconcile_fixture.h"

namespace everbit::trading {
namespace {

using std::chrono::seconds;

// The private WebSocket of the real simulator, which tells its messages late, twice, or not at all.
class PrivateFeedTest : public ReconcileFixture {
 protected:
  void ws_fault(const std::string& fields) {
    sim_.post("/faults", R"({"on":"ws","type":"myOrder",)" + fields + "}");
  }
  test::OrderIds sent_entry() {
    const auto ids = rows_.entry("10000");
    rows_.mark_sent(ids);
    return ids;
  }
  bool completed(const test::OrderIds& ids) {
    return eventually([&] { return rows_.intent(ids) == "COMPLETED"; });
  }
  int private_sockets() {
    const std::string state = sim_.state();
    const std::string key = "\"private_sockets\":";
    return std::stoi(state.substr(state.find(key) + key.size()));
  }
  // A message of an order of 0.0001 at 100,000,000, as the exchange would write it.
  void tell(const std::string& state, const std::string& uuid, const std::string& trade_uuid,
            const std::string& price, const std::string& identifier) {
    const auto text_or_null = [&](const std::string& text) {
      return text.empty() ? std::string("null") : "\\\"" + text + "\\\"";
    };
    sim_.post(
        "/ws/send",
        R"({"which":"private","text":"{\"type\":\"myOrder\",\"code\":\"KRW-BTC\",\"uuid\":\")" +
            uuid + R"(\",\"ask_bid\":\"BID\",\"order_type\":\"price\",\"state\":\")" + state +
            R"(\",\"trade_uuid\":)" + text_or_null(trade_uuid) + R"(,\"price\":)" + price +
            R"(,\"avg_price\":0,\"volume\":0.0001,\"remaining_volume\":null,)" +
            R"(\"executed_volume\":0.0001,\"trades_count\":1,\"reserved_fee\":5,)" +
            R"(\"remaining_fee\":0,\"paid_fee\":5,\"locked\":0,\"executed_funds\":10000,)" +
            R"(\"time_in_force\":null,\"trade_fee\":5,\"is_maker\":false,\"identifier\":)" +
            text_or_null(identifier) +
            R"(,\"smp_type\":null,\"prevented_volume\":0,\"prevented_locked\":0,)" +
            R"(\"trade_timestamp\":1772424967336,\"order_timestamp\":1772424967000,)" +
            R"(\"timestamp\":1772424967390,\"stream_type\":\"REALTIME\"}"})");
  }
};

TEST_F(PrivateFeedTest, AnOrderIsFollowedFromItsAcceptanceToItsEnd) {
  const auto feed = start_feed();
  const auto ids = sent_entry();
  buy(ids.identifier, "10000");
  ASSERT_TRUE(completed(ids));
  EXPECT_EQ(rows_.attempt(ids), "ACKED");
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0");
  EXPECT_EQ(rows_.value("SELECT source FROM fill"), "WS");
  EXPECT_EQ(rows_.events("OrderAccepted"), 1);
  EXPECT_EQ(rows_.events("OrderDone"), 1);
  feed->stop();
}

TEST_F(PrivateFeedTest, MessagesThatComeTwiceOrInAnotherOrderChangeNothing) {
  book(R"([["100000000","0.00004"],["100001000","0.00003"],["100002000","1"]])",
       R"([["99999000","10"]])");
  ws_fault(R"("action":"duplicate","repeat":3)");
  const auto feed = start_feed();
  const auto ids = sent_entry();
  buy(ids.identifier, "10000");
  ASSERT_TRUE(completed(ids));
  EXPECT_EQ(fills(), 3);
  EXPECT_EQ(rows_.events("OrderFilled"), 3);
  EXPECT_EQ(rows_.count("fill_conflict"), 0);
  EXPECT_EQ(rows_.value("SELECT sum(fee) = (SELECT paid_fee FROM upbit_order) FROM fill"), "t");
  feed->stop();
}

TEST_F(PrivateFeedTest, AnEndWhoseFillsWereLostIsReadByRest) {
  const auto feed = start_feed();
  ws_fault(R"("state":"trade","action":"drop")");
  const auto ids = sent_entry();
  buy(ids.identifier, "10000");
  ASSERT_TRUE(completed(ids)) << "it waits for a message that never comes";
  EXPECT_EQ(rows_.value("SELECT concat_ws(' ', source, trim_scale(fee)) FROM fill"), "REST 5");
  feed->stop();
}

TEST_F(PrivateFeedTest, AnOrderWithoutIdentifierIsReadBeforeItCountsAsForeign) {
  const auto feed = start_feed();
  ws_fault(R"("action":"drop")");
  const auto ids = sent_entry();
  const std::string uuid = buy(ids.identifier, "10000");
  tell("trade", uuid, Uuid::make_v4().to_string(), "100000000", "");
  ASSERT_TRUE(completed(ids));
  EXPECT_EQ(rows_.value("SELECT origin FROM upbit_order"), "OURS");
  EXPECT_EQ(fills(), 1) << "the message's own fill was believed";
  EXPECT_EQ(market(), "ACTIVE");
  feed->stop();
}

TEST_F(PrivateFeedTest, AnOrderOfSomebodyElseIsRecordedAsForeign) {
  const auto feed = start_feed();
  buy("", "10000");
  ASSERT_TRUE(eventually([&] { return rows_.count("upbit_order") == 1; }));
  EXPECT_EQ(rows_.value("SELECT origin FROM upbit_order"), "FOREIGN");
  EXPECT_EQ(rows_.count("position"), 0);
  feed->stop();
}

TEST_F(PrivateFeedTest, AFillThatComesInTwoVersionsIsReadAgain) {
  const auto feed = start_feed();
  const auto ids = sent_entry();
  const std::string uuid = buy(ids.identifier, "10000");
  ASSERT_TRUE(completed(ids));
  tell("trade", uuid, rows_.value("SELECT trade_uuid FROM fill"), "99000000", ids.identifier);
  ASSERT_TRUE(eventually([&] { return rows_.count("fill_conflict") == 1; }));
  // Told after it: by then the order was read.
  sim_.post("/balance/main", R"({"currency":"KRW","balance":"123456"})");
  ASSERT_TRUE(eventually([&] {
    return rows_.count("account_balance WHERE currency = 'KRW' AND balance = 123456") == 1;
  }));
  EXPECT_EQ(position(), "OPEN 0.0001 100000000 0");
  EXPECT_EQ(market(), "ACTIVE") << "the sum agrees with what the exchange says";
  feed->stop();
}

TEST_F(PrivateFeedTest, NothingIsLostBetweenTwoConnectionsAndThereIsOneAtATime) {
  const auto feed = start_feed();
  for (int round = 0; round < 5; ++round) {
    const auto ids = sent_entry();
    const int asked = asked_;
    sim_.post("/ws/reset", R"({"which":"private"})");
    buy(ids.identifier, "10000");
    ASSERT_TRUE(eventually([&] { return asked_ > asked; })) << "no reconcile after a reconnect";
    reconcile();
    ASSERT_TRUE(completed(ids)) << "round " << round;
    EXPECT_LE(private_sockets(), 1);
    rows_.sql("UPDATE trade SET closed_at = opened_at, profit = 0 WHERE closed_at IS NULL");
  }
  EXPECT_EQ(fills(), 5);
  feed->stop();
}

TEST_F(PrivateFeedTest, ABalanceIsTheNewestReadingUntilAChangeAfterItsBeginning) {
  const auto at = [&](int second) { return Timestamp::from_seconds(1'800'000'000 + second); };
  const auto account = [&](const std::string& balance, Timestamp changed) {
    plugins::Account one;
    one.currency = "BTC";
    one.balance = Decimal::of(balance);
    one.asset_ts = changed;
    return std::vector<plugins::Account>{one};
  };
  const auto balance = [&] {
    return rows_.value("SELECT trim_scale(balance) FROM account_balance WHERE currency = 'BTC'");
  };
  ASSERT_TRUE(balances_.store_reading(account("1", {}), at(10)));
  ASSERT_TRUE(balances_.store_changes(account("2", at(9))));
  EXPECT_EQ(balance(), "1") << "a change from before the reading began";
  ASSERT_TRUE(balances_.store_changes(account("3", at(12))));
  EXPECT_EQ(balance(), "3");
  ASSERT_TRUE(balances_.store_changes(account("4", at(11))));
  EXPECT_EQ(balance(), "3") << "an older change came later";
  ASSERT_TRUE(balances_.store_reading(account("5", {}), at(11)));
  EXPECT_EQ(balance(), "3") << "a reading that began before the change";
  ASSERT_TRUE(balances_.store_reading(account("6", {}), at(13)));
  EXPECT_EQ(balance(), "6");
  ASSERT_TRUE(balances_.store_reading({}, at(14)));
  EXPECT_EQ(balance(), "0") << "what a full reading does not name is gone";
}

}  // namespace
}  // namespace everbit::trading
