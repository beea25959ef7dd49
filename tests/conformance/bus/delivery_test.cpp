#include <algorithm>
#include <map>
#include <thread>

#include "conformance/bus/fixture.h"

namespace everbit::conformance {
namespace {

class BusDeliveryTest : public BusTest {};

TEST_F(BusDeliveryTest, TheBytesOfAnEventArriveAsTheyWereWritten) {
  Event event = make_event(kOrdered, "KRW-BTC", "bytes");
  event.payload = "{\"b\" : 1,\"a\":\"\\u00e9 \\\\ \\\"q\\\"\",  \"a\":1.50}";
  event.aggregate_id = 7;
  ASSERT_TRUE(publish({event}));
  auto sub = subscribe(*bus_, kOrdered);
  const auto got = take(sub, 1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].event.payload, event.payload);
  EXPECT_EQ(got[0].event.id, event.id);
  EXPECT_EQ(got[0].event.key, "KRW-BTC");
  EXPECT_EQ(got[0].event.aggregate_id, 7);
  EXPECT_EQ(got[0].attempt, 1);
  EXPECT_EQ(settle(sub, got[0], Outcome::kDone), SettleResult::kSettled);
  EXPECT_EQ(lag(kOrdered), 0U);
}

TEST_F(BusDeliveryTest, ARepeatedEventIdIsRefusedAndTheStatusOfTheFailedExecComesBack) {
  const Event event = make_event(kOrdered, "KRW-BTC", "one");
  ASSERT_TRUE(publish({event}));
  const auto again = publish({event});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "BUS_DUPLICATE");
  EXPECT_EQ(lag(kOrdered), 1U);
}

TEST_F(BusDeliveryTest, AFailedExecIsReturnedAsItCame) {
  const eb_tx broken{sizeof(eb_tx), 0, nullptr,
                     [](void*, std::uint32_t, eb_str, const eb_value*, std::uint32_t,
                        const eb_row_sink*, std::uint64_t*) -> eb_status { return -4711; }};
  const Event event = make_event(kOrdered, "KRW-BTC", "one");
  const auto failed = (*bus_)->publish(broken, std::span(&event, 1));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "status -4711");
}

TEST_F(BusDeliveryTest, PublishIsRolledBackWithTheDomainTransaction) {
  {
    auto tx = store::Transaction::begin(*pool_, Deadline::after(20s));
    store::BusTransaction lent(*tx);
    const Event event = make_event(kOrdered, "KRW-BTC", "never");
    ASSERT_TRUE((*bus_)->publish(*lent.get(), std::span(&event, 1)));
    tx->rollback();
  }
  EXPECT_EQ(lag(kOrdered), 0U);
  EXPECT_EQ(value("SELECT count(*) FROM outbox_event"), "0");
}

TEST_F(BusDeliveryTest, AStreamThatNobodyReadsIsRefused) {
  const auto refused = publish({make_event("everbit.nobody", "k", "lost")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "BUS_NOT_FOUND");
}

TEST_F(BusDeliveryTest, EachOfTwoGroupsGetsEveryEvent) {
  database_.sql("INSERT INTO outbox_group VALUES ('everbit.trade.event', 'second', true, 100, 8)");
  bus_ = open_bus("again");
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(publish({make_event(kOrdered, "K" + std::to_string(i % 5), "e")}));
  }
  auto first = subscribe(*bus_, kOrdered);
  auto second = subscribe(*bus_, kOrdered, 30s, 64, "second");
  const auto mine = take(first, 20);
  for (const auto& delivery : mine) settle(first, delivery, Outcome::kDone);
  EXPECT_EQ(mine.size(), 20U);
  EXPECT_EQ(take(second, 20).size(), 20U);
}

TEST_F(BusDeliveryTest, AFailureBlocksItsKeyOnlyAndTheOrderOfTheKeyIsKept) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(publish({make_event(kOrdered, "A", "a" + std::to_string(i)),
                         make_event(kOrdered, "B", "b" + std::to_string(i))}));
  }
  auto sub = subscribe(*bus_, kOrdered);
  const auto all = take(sub, 10);
  ASSERT_EQ(all.size(), 10U);
  std::vector<const Delivery*> a;
  for (const auto& delivery : all) {
    if (delivery.event.key == "A") a.push_back(&delivery);
  }
  ASSERT_EQ(a.size(), 5U);
  EXPECT_EQ(settle(sub, *a[0], Outcome::kRetry, clock_.now() + 4s), SettleResult::kSettled);
  for (std::size_t i = 1; i < a.size(); ++i) settle(sub, *a[i], Outcome::kRelease);
  // Published behind the failed one: must wait for it too.
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "a5"), make_event(kOrdered, "B", "b5")}));
  const auto meanwhile = take(sub, 10, 250ms);
  ASSERT_EQ(meanwhile.size(), 1U);
  EXPECT_EQ(note_of(meanwhile[0]), "b5");
  const auto later = take(sub, 6, 30s);
  ASSERT_EQ(later.size(), 6U);
  for (std::size_t i = 0; i < later.size(); ++i) {
    EXPECT_EQ(note_of(later[i]), "a" + std::to_string(i));
  }
  EXPECT_EQ(later[0].attempt, 2);
  EXPECT_EQ(later[1].attempt, 1) << "given back unhandled is no attempt";
}

TEST_F(BusDeliveryTest, ARowThatCommitsLateIsStillDelivered) {
  auto sub = subscribe(*bus_, kOrdered);
  auto early = store::Transaction::begin(*pool_, Deadline::after(20s));
  store::BusTransaction lent(*early);
  const Event slow = make_event(kOrdered, "S", "slow");
  ASSERT_TRUE((*bus_)->publish(*lent.get(), std::span(&slow, 1)));
  ASSERT_TRUE(publish({make_event(kOrdered, "F", "fast")}));
  const auto fast = take(sub, 1);
  ASSERT_EQ(fast.size(), 1U);
  EXPECT_EQ(settle(sub, fast[0], Outcome::kDone), SettleResult::kSettled);
  ASSERT_TRUE(early->commit().committed());
  const auto late = take(sub, 1, 20s);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(note_of(late[0]), "slow");
}

TEST_F(BusDeliveryTest, ADelayedEventComesWhenItIsDueAndBlocksNothing) {
  Event delayed = make_event(kOrdered, "A", "later");
  delayed.not_before = clock_.now() + 4s;
  ASSERT_TRUE(publish({delayed, make_event(kOrdered, "A", "now")}));
  auto sub = subscribe(*bus_, kOrdered);
  const auto first = take(sub, 1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_TRUE(take(sub, 1, 300ms).empty());
  EXPECT_EQ(note_of(first[0]), "now");
  EXPECT_EQ(lag(kOrdered), 2U) << "what is delayed is not settled";
  const auto second = take(sub, 1, 30s);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_GE(clock_.now(), *delayed.not_before);
}

TEST_F(BusDeliveryTest, DeadEventsAreShownAndRequeuedExceptTradeCommands) {
  Event command = make_event(kCommand, "A", "command");
  ASSERT_TRUE(publish({make_event(kOrdered, "A", "poison"), command}));
  auto sub = subscribe(*bus_, kOrdered);
  auto commands = subscribe(*bus_, kCommand, 30s, 64, "order-executor");
  const auto got = take(sub, 1);
  const auto order = take(commands, 1);
  ASSERT_EQ(got.size(), 1U);
  ASSERT_EQ(order.size(), 1U);
  ASSERT_EQ(settle(sub, got[0], Outcome::kDead), SettleResult::kSettled);
  ASSERT_EQ(settle(commands, order[0], Outcome::kDead), SettleResult::kSettled);
  const auto dead = (*bus_)->dead(kOrdered, kGroup, 0, 10);
  ASSERT_TRUE(dead);
  ASSERT_EQ(dead->size(), 1U);
  EXPECT_EQ(dead->front().event.payload, got[0].event.payload);
  EXPECT_EQ(dead->front().error_code, "CODE");
  EXPECT_TRUE(take(sub, 1, 300ms).empty()) << "the dead do not come again by themselves";
  EXPECT_EQ((*bus_)->requeue_dead("order-executor", std::span(&command.id, 1)).error().code,
            "BUS_UNSUPPORTED");
  ASSERT_TRUE((*bus_)->requeue_dead(kGroup, std::span(&got[0].event.id, 1)));
  const auto again = take(sub, 1);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].event.payload, got[0].event.payload);
  EXPECT_EQ(again[0].attempt, 1);
}

TEST_F(BusDeliveryTest, ConcurrentPublishersLoseAndDoubleNothing) {
  constexpr int kThreads = 6;
  constexpr int kEach = 40;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_TRUE(publish({make_event(kOrdered, "K" + std::to_string(t), std::to_string(i))}));
      }
    });
  }
  auto sub = subscribe(*bus_, kOrdered, 30s, 1000);
  const auto got = take(sub, kThreads * kEach, 30s);
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(got.size(), static_cast<std::size_t>(kThreads * kEach));
  std::map<std::string, int> next;
  for (const auto& delivery : got) {
    EXPECT_EQ(note_of(delivery), std::to_string(next[delivery.event.key]++));
  }
}

TEST_F(BusDeliveryTest, AnEventPublishedElsewhereWakesAWaitingFetchSoon) {
  auto other = open_bus("other");
  auto sub = subscribe(*other, kOrdered);
  EXPECT_TRUE(take(sub, 1, 1500ms).empty());
  std::thread publisher([&] {
    std::this_thread::sleep_for(200ms);
    EXPECT_TRUE(publish({make_event(kOrdered, "A", "x")}));
  });
  const auto got = take(sub, 1, 20s);
  publisher.join();
  EXPECT_EQ(got.size(), 1U);
}

}  // namespace
}  // namespace everbit::conformance
