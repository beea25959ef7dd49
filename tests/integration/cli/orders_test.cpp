#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/store/rows_fixture.h"
#include "store/instance_lock.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The rows are of mode REAL: none of Upbit's keys is at hand, and none is needed to look.
class Looking : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> words) {
    words.insert(words.end(), {"--config", folder_.file()});
    return run_everbit(words, {{"DATABASE_URL", rows_.database().dsn()}});
  }

  TradingRows rows_;
  SettingsFolder folder_{"mode = \"REAL\""};
};

TEST_F(Looking, OrdersShowsTheLatestAttemptOfEachIntentNewestFirst) {
  rows_.attempt_in("ACKED");
  const auto intent = rows_.intent();
  rows_.attempt(intent, 1);
  rows_.attempt(intent, 2);
  const auto ended = run({"orders", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("{\"items\":[{\"intentPublicId\":\""));
  EXPECT_THAT(ended.out, HasSubstr("\"attemptNo\":2,\"status\":\"PREPARED\",\"upbitUuid\":null"));
  EXPECT_THAT(ended.out, Not(HasSubstr("\"attemptNo\":1,\"status\":\"PREPARED\"")));
  EXPECT_LT(ended.out.find("\"PREPARED\""), ended.out.find("\"ACKED\""));
  EXPECT_THAT(ended.out, HasSubstr("\"requestedKrw\":\"10000\",\"requestedVolume\":null"));
}

TEST_F(Looking, OrdersKeepsModesAndMarketsApart) {
  rows_.attempt_in("ACKED");
  EXPECT_EQ(run({"orders", "--json", "--mode", "PAPER"}).out,
            "{\"items\":[],\"nextCursor\":null}\n");
  EXPECT_EQ(run({"orders", "--json", "--market", "KRW-ETH"}).out,
            "{\"items\":[],\"nextCursor\":null}\n");
  EXPECT_THAT(run({"orders", "--market", "KRW-BTC"}).out, HasSubstr("KRW-BTC"));
}

TEST_F(Looking, StatusCountsEveryStatusAndTellsALiveTraderFromADeadOne) {
  rows_.attempt_in("ACKED");
  rows_.attempt_in("UNKNOWN");
  const auto dead = run({"status", "--json"});
  ASSERT_EQ(dead.code, 0) << dead.err;
  EXPECT_THAT(dead.out,
              HasSubstr("{\"mode\":\"REAL\",\"daemonAnswers\":false,\"migrations\":{\"applied\":"));
  EXPECT_THAT(dead.out, HasSubstr("\"alive\":false"));
  EXPECT_THAT(dead.out,
              HasSubstr("\"attempts\":{\"PREPARED\":0,\"SENT\":0,\"ACKED\":1,\"REJECTED\":0,"
                        "\"THROTTLED\":0,\"UNKNOWN\":1,\"SUSPENDED\":0}"));
  EXPECT_THAT(dead.out, HasSubstr("\"outbox\":{\"pending\":0,\"oldestSeconds\":0,\"dead\":0}"));
  const auto lock = store::InstanceLock::take(rows_.database().settings(), rows_.instance(),
                                              Deadline::after(std::chrono::seconds(10)));
  ASSERT_TRUE(lock);
  EXPECT_THAT(run({"status", "--json"}).out, HasSubstr("\"alive\":true"));
  const auto text = run({"status"});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, HasSubstr("ACKED 1"));
}

TEST_F(Looking, StatusNamesOpenPositionsAndSuspendedMarkets) {
  rows_.database().sql(
      "INSERT INTO position (owner_id, market, mode, status, quantity, avg_price) VALUES (" +
      rows_.owner_text() +
      ", 'KRW-ETH', 'REAL', 'OPEN', 0.5, 4000000);"
      "UPDATE market_state SET trade_status = 'SUSPENDED', suspend_reason_code = 'UNKNOWN', "
      "suspended_at = now() WHERE market = 'KRW-BTC'");
  const auto ended = run({"status", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"positions\":[{\"market\":\"KRW-ETH\",\"mode\":\"REAL\","
                                   "\"quantity\":\"0.5\",\"avgPrice\":\"4000000\""));
  EXPECT_THAT(ended.out, HasSubstr("\"suspendedMarkets\":[{\"market\":\"KRW-BTC\","
                                   "\"suspendReasonCode\":\"UNKNOWN\"}]"));
  EXPECT_THAT(run({"status"}).out, HasSubstr("0.5 @ 4000000"));
}

}  // namespace
}  // namespace everbit::test
