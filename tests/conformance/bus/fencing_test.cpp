#include <thread>

#include "conformance/bus/fixture.h"

namespace everbit::conformance {
namespace {

class BusFencingTest : public BusTest {};

TEST_F(BusFencingTest, AVerdictNamesItsHandOverSoASecondOneIsRefused) {
  for (const std::string& stream : {kOrdered, kCompeting}) {
    ASSERT_TRUE(publish({make_event(stream, "A", "x")}));
    auto sub = subscribe(*bus_, stream);
    const auto first = take(sub, 1);
    ASSERT_EQ(first.size(), 1U);
    ASSERT_EQ(settle(sub, first[0], Outcome::kRetry, clock_.now()), SettleResult::kSettled);
    const auto second = take(sub, 1);
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(settle(sub, first[0], Outcome::kDone), SettleResult::kLostLease) << stream;
    EXPECT_EQ(lag(stream), 1U) << "a stale verdict by id alone must change nothing";
    EXPECT_EQ(settle(sub, second[0], Outcome::kDone), SettleResult::kSettled) << stream;
  }
}

TEST_F(BusFencingTest, ResettingTheAttemptsOfARowDoesNotRevalidateAStaleWorker) {
  ASSERT_TRUE(publish({make_event(kCompeting, "A", "x")}));
  auto sub = subscribe(*bus_, kCompeting, 300ms);
  const auto stale = take(sub, 1);
  ASSERT_EQ(stale.size(), 1U);
  const auto fresh = take(sub, 1, 20s);
  ASSERT_EQ(fresh.size(), 1U) << "comes again after its lease";
  database_.sql("UPDATE outbox_queue SET attempt_count = 1");
  EXPECT_EQ(settle(sub, stale[0], Outcome::kDone), SettleResult::kLostLease);
  const Delivery* held = stale.data();
  EXPECT_EQ(sub.extend(std::span(&held, 1), 5s).error().code, "BUS_LOST_LEASE")
      << "a heartbeat is fenced like a verdict";
  EXPECT_EQ(settle(sub, fresh[0], Outcome::kDone), SettleResult::kSettled);
}

TEST_F(BusFencingTest, TheSameInstanceNameIsNoPassForALaneThatWasTakenOver) {
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "x")}));
  auto sub = subscribe(*bus_, kOrdered);
  const auto stale = take(sub, 1);
  ASSERT_EQ(stale.size(), 1U);
  // What another process does when this one's lease is over.
  database_.sql("UPDATE outbox_lane SET epoch = epoch + 1");
  EXPECT_EQ(settle(sub, stale[0], Outcome::kDone), SettleResult::kLostLease);
  EXPECT_EQ(lag(kOrdered), 1U);
}

TEST_F(BusFencingTest, AHeartbeatOfALostLaneIsRefused) {
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "x")}));
  auto sub = subscribe(*bus_, kOrdered);
  const auto stale = take(sub, 1);
  ASSERT_EQ(stale.size(), 1U);
  database_.sql("UPDATE outbox_lane SET epoch = epoch + 1");
  const Delivery* held = stale.data();
  EXPECT_EQ(sub.extend(std::span(&held, 1), 5s).error().code, "BUS_LOST_LEASE");
}

TEST_F(BusFencingTest, ALostLeaseInsideTheHandlersTransactionUndoesItsEffect) {
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "x")}));
  auto sub = subscribe(*bus_, kOrdered);
  const auto got = take(sub, 1);
  ASSERT_EQ(got.size(), 1U);
  database_.sql("UPDATE outbox_lane SET epoch = epoch + 1");
  auto tx = store::Transaction::begin(*pool_, Deadline::after(20s));
  store::BusTransaction lent(*tx);
  Settlement settlement{&got[0], Outcome::kDone, {}, {}, {}};
  const auto settled = sub.settle(lent.get(), std::span(&settlement, 1));
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().code, "BUS_LOST_LEASE");
}

TEST_F(BusFencingTest, AVerdictInATransactionThatRollsBackLeavesTheEvent) {
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "x")}));
  auto sub = subscribe(*bus_, kOrdered);
  const auto got = take(sub, 1);
  ASSERT_EQ(got.size(), 1U);
  auto tx = store::Transaction::begin(*pool_, Deadline::after(20s));
  store::BusTransaction lent(*tx);
  Settlement settlement{&got[0], Outcome::kDone, {}, {}, {}};
  ASSERT_TRUE(sub.settle(lent.get(), std::span(&settlement, 1)));
  EXPECT_TRUE(take(sub, 1, 400ms).empty()) << "not while the transaction is open";
  tx->rollback();
  EXPECT_EQ(take(sub, 1, 20s).size(), 1U);
}

TEST_F(BusFencingTest, ACommittedVerdictInATransactionIsNotHandedOverAgain) {
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "x")}));
  auto sub = subscribe(*bus_, kOrdered);
  const auto got = take(sub, 1);
  ASSERT_EQ(got.size(), 1U);
  auto tx = store::Transaction::begin(*pool_, Deadline::after(20s));
  store::BusTransaction lent(*tx);
  Settlement settlement{&got[0], Outcome::kDone, {}, {}, {}};
  ASSERT_TRUE(sub.settle(lent.get(), std::span(&settlement, 1)));
  ASSERT_TRUE(tx->commit().committed());
  EXPECT_TRUE(take(sub, 1, 400ms).empty());
  EXPECT_EQ(lag(kOrdered), 0U);
}

TEST_F(BusFencingTest, ClosingGivesTheLanesBackAtOnce) {
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "x")}));
  auto other = open_bus("second");
  auto waiting = subscribe(*other, kOrdered);
  {
    auto sub = subscribe(*bus_, kOrdered, 60s);
    ASSERT_EQ(take(sub, 1).size(), 1U);
    EXPECT_TRUE(take(waiting, 1, 300ms).empty()) << "one process holds a lane";
  }
  const auto got = take(waiting, 1, 20s);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].attempt, 1);
}

}  // namespace
}  // namespace everbit::conformance
