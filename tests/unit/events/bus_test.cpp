#include "events/bus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace everbit::events {
namespace {

// A bus that does what the test says, and remembers what it was asked.
struct ScriptedBus {
  eb_status answer = EB_OK;
  std::vector<eb_status> results;  // of settle, in order; what is missing is left untouched
  std::vector<std::int32_t> outcomes;
  std::vector<std::uint64_t> closed;
  eb_sub_opts subscribed{};

  static ScriptedBus& get() {
    static ScriptedBus bus;
    return bus;
  }
};

const eb_event_bus_v1& scripted_table() {
  static const eb_event_bus_v1 table = [] {
    eb_event_bus_v1 one{};
    one.size = sizeof one;
    one.open = [](void*, const eb_field*, std::uint32_t, std::uint64_t* bus) {
      *bus = 1;
      return ScriptedBus::get().answer;
    };
    one.subscribe = [](std::uint64_t, const eb_sub_opts* options, std::uint64_t* subscription) {
      ScriptedBus::get().subscribed = *options;
      *subscription = 2;
      return ScriptedBus::get().answer;
    };
    one.settle = [](std::uint64_t, const eb_tx*, eb_settle* settles, std::uint32_t n) {
      ScriptedBus& bus = ScriptedBus::get();
      for (std::uint32_t i = 0; i < n; ++i) {
        bus.outcomes.push_back(settles[i].outcome);
        if (i < bus.results.size()) settles[i].result = bus.results[i];
      }
      return bus.answer;
    };
    one.close_sub = [](std::uint64_t handle) { ScriptedBus::get().closed.push_back(handle); };
    one.close = [](std::uint64_t handle) { ScriptedBus::get().closed.push_back(handle); };
    return one;
  }();
  return table;
}

class BusTest : public testing::Test {
 protected:
  BusTest() { ScriptedBus::get() = {}; }

  Subscription subscription() { return Subscription(scripted_table(), 2); }

  std::array<SettleResult, 3> settle_three(Subscription& from) {
    std::array<Settlement, 3> settlements;
    for (Settlement& one : settlements) one.delivery = &delivery_;
    (void)from.settle(nullptr, settlements);
    return {settlements[0].result, settlements[1].result, settlements[2].result};
  }

  ScriptedBus& script() { return ScriptedBus::get(); }
  Delivery delivery_;
};

TEST_F(BusTest, AVerdictThatThePluginDidNotSpeakOfCountsAsNotSettled) {
  script().results = {EB_OK, EB_ERR_LOST_LEASE};
  auto from = subscription();
  const std::array expected{SettleResult::kSettled, SettleResult::kLostLease,
                            SettleResult::kFailed};
  EXPECT_EQ(settle_three(from), expected);
}

TEST_F(BusTest, AFailedSettleLeavesEveryVerdictOpen) {
  script().answer = EB_ERR_IO;
  auto from = subscription();
  const std::array expected{SettleResult::kFailed, SettleResult::kFailed, SettleResult::kFailed};
  EXPECT_EQ(settle_three(from), expected);
}

TEST_F(BusTest, ASubscriptionIsClosedOnceWhoeverHoldsItLast) {
  {
    auto first = subscription();
    const Subscription second = std::move(first);
    first.close();
  }
  EXPECT_EQ(script().closed, std::vector<std::uint64_t>{2});
}

TEST_F(BusTest, ABusThatDoesNotOpenIsNotClosed) {
  script().answer = EB_ERR_SCHEMA;
  EXPECT_FALSE(Bus::open(scripted_table(), nullptr, {}));
  EXPECT_EQ(script().closed, std::vector<std::uint64_t>{});
}

TEST_F(BusTest, ASubscriptionAsksForOrderAndLeaseAsItWasTold) {
  auto bus = Bus::open(scripted_table(), nullptr, {});
  ASSERT_TRUE(bus);
  SubscribeOptions options;
  options.ordered = false;
  options.prefetch = 7;
  options.lease = std::chrono::seconds(9);
  ASSERT_TRUE(bus->subscribe(options));
  EXPECT_EQ(script().subscribed.ordered, 0);
  EXPECT_EQ(script().subscribed.prefetch, 7);
  EXPECT_EQ(script().subscribed.lease_ms, 9000);
}

}  // namespace
}  // namespace everbit::events
