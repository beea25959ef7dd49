#include <gtest/gtest.h>

#include <thread>

#include "everbit/ext/http.h"
#include "everbit/ext/timer.h"
#include "mock/instance.h"
#include "mock/matchers.h"

// A checker that misses is worse than none: each rule is broken here on purpose, and must be seen.
namespace everbit::mock {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A strategy that does what the test asks for in its next candle.
struct Rude {
  const eb_host* host = nullptr;
  const eb_timer_v1* timer = nullptr;
  std::function<void(const eb_candle_close*, const eb_decision_sink*)> candle;
  std::vector<std::uint16_t> events;
};
Rude rude;

eb_status ok(void*) { return EB_OK; }

const eb_strategy_v1 kStrategy{
    sizeof(eb_strategy_v1), 0,
    [](void*, const eb_candle_close* candle, const eb_decision_sink* sink) -> eb_status {
      rude.candle(candle, sink);
      return EB_OK;
    },
    [](void*, std::int32_t, std::uint32_t*) -> eb_status { return EB_OK; }};

eb_status create(const eb_host* host, const eb_create_args*, eb_plugin* out) {
  rude = {};
  rude.host = host;
  const eb_str id{EB_EXT_TIMER, sizeof(EB_EXT_TIMER) - 1};
  rude.timer = static_cast<const eb_timer_v1*>(host->get_extension(host->ctx_host, id));
  out->start = ok;
  out->stop = ok;
  out->destroy = [](void*) {};
  out->on_event = [](void*, const eb_event* event) -> eb_status {
    rude.events.push_back(event->type);
    return EB_OK;
  };
  out->get_extension = [](void*, eb_str name) -> const void* {
    return std::string_view(name.ptr, name.len) == EB_EXT_STRATEGY ? &kStrategy : nullptr;
  };
  return EB_OK;
}

const eb_factory kFactory{sizeof(eb_factory), 0, create};
const eb_module kModule{sizeof(eb_module), 0, nullptr, &kFactory};

void decide(const eb_decision_sink* sink) {
  const std::int32_t reason = 1;
  eb_decision decision{};
  decision.size = sizeof decision;
  decision.n_reasons = 1;
  decision.reasons = &reason;
  sink->decide(sink->ctx_host, &decision);
}

class MockHostTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(instance_.create(), EB_OK);
    ASSERT_EQ(instance_.start(), EB_OK);
  }
  std::optional<Decision> feed() { return instance_.feed(Candle::flat(0, 60, "100")); }
  Instance instance_{&kModule};
};

TEST_F(MockHostTest, AGoodCandleBreaksNoRule) {
  rude.candle = [](const eb_candle_close*, const eb_decision_sink* sink) { decide(sink); };
  EXPECT_THAT(feed(), Waits());
  EXPECT_THAT(instance_, BreaksNoRule());
}

TEST_F(MockHostTest, DecidingTwiceIsSeen) {
  rude.candle = [](const eb_candle_close*, const eb_decision_sink* sink) {
    decide(sink);
    decide(sink);
  };
  feed();
  EXPECT_THAT(instance_.violations(), Contains(HasSubstr("twice")));
}

TEST_F(MockHostTest, DecidingNothingIsSeen) {
  rude.candle = [](const eb_candle_close*, const eb_decision_sink*) {};
  EXPECT_FALSE(feed());
  EXPECT_THAT(instance_.violations(), Contains(HasSubstr("no decision")));
}

TEST_F(MockHostTest, DecidingInWarmUpIsSeen) {
  rude.candle = [](const eb_candle_close*, const eb_decision_sink* sink) { decide(sink); };
  Candle candle = Candle::flat(0, 60, "100");
  candle.decide = false;
  instance_.feed(candle);
  EXPECT_THAT(instance_.violations(), Contains(HasSubstr("wants none")));
}

TEST_F(MockHostTest, ASinkThatIsUsedAfterTheCallIsSeen) {
  const eb_decision_sink* kept = nullptr;
  rude.candle = [&](const eb_candle_close*, const eb_decision_sink* sink) {
    kept = sink;
    decide(sink);
  };
  feed();
  decide(kept);
  EXPECT_THAT(instance_.violations(), Contains(HasSubstr("after candle_close returned")));
}

TEST_F(MockHostTest, EachCallComesOnAnotherThread) {
  std::vector<std::thread::id> seen;
  rude.candle = [&](const eb_candle_close*, const eb_decision_sink* sink) {
    EXPECT_NE(std::this_thread::get_id(), std::thread::id());
    seen.push_back(std::this_thread::get_id());
    decide(sink);
  };
  feed();
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_NE(seen[0], std::this_thread::get_id());
}

TEST_F(MockHostTest, AServiceCalledOffTheStrandIsSeen) {
  std::uint64_t timer = 0;
  EXPECT_EQ(rude.timer->set(rude.timer->ctx_host, 1, &timer), EB_ERR_STATE);
  EXPECT_THAT(instance_.violations(), Contains(HasSubstr("off the strand")));
}

TEST_F(MockHostTest, TimersFireInOrderWhenTheClockIsMoved) {
  instance_.call([&](void*) -> eb_status {
    std::uint64_t timer = 0;
    const eb_ts now = rude.host->now(rude.host->ctx_host);
    rude.timer->set(rude.timer->ctx_host, now + 20, &timer);
    return rude.timer->set(rude.timer->ctx_host, now + 10, &timer);
  });
  const eb_ts start = instance_.host().now;
  instance_.advance_to(start + 15);
  EXPECT_THAT(rude.events, SizeIs(1));
  instance_.advance_to(start + 20);
  EXPECT_THAT(rude.events, SizeIs(2));
  EXPECT_THAT(instance_, BreaksNoRule());
}

TEST_F(MockHostTest, WhatWasLentIsPoisonedAfterTheCall) {
  Arena arena;
  const eb_str lent = arena.text("price");
#if !defined(__SANITIZE_ADDRESS__)
  arena.poison();
  EXPECT_NE(std::string(lent.ptr, lent.len), "price");
#else
  EXPECT_EQ(std::string(lent.ptr, lent.len), "price");
#endif
}

TEST_F(MockHostTest, AScriptedFaultIsGivenOnce) {
  instance_.host().next_start_fails = EB_ERR_BUSY;
  std::uint64_t timer = 0;
  const auto set = [&](void*) { return rude.timer->set(rude.timer->ctx_host, 1, &timer); };
  EXPECT_EQ(instance_.call(set), EB_ERR_BUSY);
  EXPECT_EQ(instance_.call(set), EB_OK);
}

TEST(MockHostGrantsTest, AWithheldExtensionIsNull) {
  Instance instance(&kModule);
  instance.host().withheld = {EB_EXT_TIMER};
  ASSERT_EQ(instance.create(), EB_OK);
  EXPECT_EQ(rude.timer, nullptr);
  EXPECT_THAT(instance.host().asked, Contains(EB_EXT_TIMER));
}

}  // namespace
}  // namespace everbit::mock
