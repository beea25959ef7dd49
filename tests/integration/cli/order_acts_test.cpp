#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/store/rows_fixture.h"
#include "store/instance_lock.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::HasSubstr;

class OrderActs : public ::testing::Test {
 protected:
  Ended run(std::vector<std::string> words) {
    words.insert(words.end(), {"--config", folder_.file()});
    return run_everbit(words, {{"DATABASE_URL", rows_.database().dsn()}});
  }
  std::string value(const std::string& query) { return rows_.database().value(query); }
  // An UNKNOWN attempt sent so long ago and looked up so often.
  std::string unknown(int seconds_ago, int lookups) {
    rows_.attempt_in("UNKNOWN");
    rows_.database().sql(
        "ALTER TABLE order_attempt DISABLE TRIGGER USER;"
        "UPDATE order_attempt SET sent_at = now() - interval '1 s' * " +
        std::to_string(seconds_ago) + ", lookups_not_found = " + std::to_string(lookups) +
        "; ALTER TABLE order_attempt ENABLE TRIGGER USER");
    return value("SELECT public_id FROM order_attempt WHERE status = 'UNKNOWN'");
  }

  TradingRows rows_;
  SettingsFolder folder_{"mode = \"REAL\""};
};

TEST_F(OrderActs, NobodyIsAskedWithoutATerminalAndNothingIsDone) {
  const auto id = unknown(600, 9);
  const auto ended = run({"orders", "resolve", id, "--absent"});
  EXPECT_NE(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("--yes"));
  EXPECT_EQ(value("SELECT status FROM order_attempt"), "UNKNOWN");
}

TEST_F(OrderActs, AnAttemptIsNotCalledAbsentInItsQuarantineAndIsAfterwards) {
  const auto early = run({"orders", "resolve", unknown(600, 4), "--absent", "--yes"});
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.err, HasSubstr("QUARANTINE"));
  EXPECT_EQ(value("SELECT status FROM order_attempt"), "UNKNOWN");
  rows_.database().sql("UPDATE order_attempt SET lookups_not_found = 5");
  const auto id = value("SELECT public_id FROM order_attempt");
  const auto ended = run({"orders", "resolve", id, "--absent", "--yes", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"status\":\"REJECTED\""));
  EXPECT_THAT(ended.out, HasSubstr("\"errorCode\":\"ABSENT\""));
  EXPECT_EQ(value("SELECT status || ' ' || error_code FROM order_attempt"), "REJECTED ABSENT");
  EXPECT_EQ(value("SELECT status FROM order_intent"), "CANCELED");
  EXPECT_EQ(value("SELECT count(*) FROM audit_log WHERE action = 'attempt_resolve'"), "1");
}

TEST_F(OrderActs, WithoutAnOutcomeOrAnIdNothingIsDone) {
  EXPECT_EQ(run({"orders", "resolve", unknown(600, 9), "--yes"}).code, 2);
  EXPECT_EQ(run({"orders", "resolve", "--absent", "--yes"}).code, 2);
  EXPECT_EQ(run({"orders", "resolve", "x", "--absent", "--yes"}).code, 2);
  EXPECT_EQ(run({"orders", "cancel", "--yes"}).code, 2);
}

TEST_F(OrderActs, OnlyAStuckOrderMayBeCancelled) {
  const auto lock = store::InstanceLock::take(rows_.database().settings(), rows_.instance(),
                                              Deadline::after(std::chrono::seconds(10)));
  ASSERT_TRUE(lock);
  const auto attempt = rows_.attempt_in("ACKED");
  rows_.database().sql(
      "INSERT INTO upbit_order (owner_id, mode, market, upbit_uuid, origin, order_attempt_id, "
      "side, "
      "ord_type, state) SELECT owner_id, mode, market, upbit_uuid, 'OURS', id, 'bid', 'price', "
      "'wait' FROM order_attempt WHERE id = " +
      std::to_string(attempt));
  const auto uuid = value("SELECT upbit_uuid FROM upbit_order");
  const auto early = run({"orders", "cancel", uuid, "--yes"});
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.err, HasSubstr("NOT_STUCK"));
  rows_.database().sql("UPDATE upbit_order SET stuck_at = now()");
  const auto ended = run({"orders", "cancel", uuid, "--yes"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("REQUESTED"));
  EXPECT_EQ(value("SELECT cancel_requested_at IS NOT NULL FROM upbit_order"), "t");
}

}  // namespace
}  // namespace everbit::test
