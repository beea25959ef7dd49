#include "net/rate_limiter.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <future>
#include <map>
#include <utility>
#include <vector>

#include "net/rate_bucket.h"
#include "net/remaining_req.h"
#include "unit/net/net_fixture.h"

namespace everbit::net::testing {
namespace {

HttpResponse answer(int status, const std::string& remaining = "") {
  HttpResponse response;
  response.status = status;
  if (!remaining.empty()) response.headers = {{"remaining-req", remaining}};
  return response;
}

TEST(RemainingReq, IsReadInAnySpelling) {
  for (const char* text : {"group=default; min=1800; sec=29", "sec=29;group=default",
                           " SEC = 29 ; Group = default ", "group=default;min=;sec=29;new=1;"}) {
    const auto remaining = parse_remaining_req(text);
    ASSERT_TRUE(remaining) << text;
    EXPECT_EQ(remaining->sec, 29);
    EXPECT_EQ(remaining->group, "default");
  }
}

TEST(RemainingReq, WithoutAReadableCountIsNothing) {
  for (const char* text : {"", "group=default", "sec=", "sec=-1", "sec=29x", "sec=1e3",
                           "sec=1;sec=2", "sec=99999999999999999999"}) {
    EXPECT_FALSE(parse_remaining_req(text)) << text;
  }
}

TEST(RateBucketTest, NeverLetsMoreThanTheLimitArriveInAnyPeriodHoweverLongTheyTravel) {
  RateBucket bucket(10, 1000ms);
  // When a request arrives lies anywhere between taking its token and giving it back.
  std::vector<int> arrivals;
  std::multimap<int, int> ends;
  unsigned noise = 1;
  for (int ms = 0; ms < 20'000; ++ms) {
    const SteadyTime now{std::chrono::milliseconds(ms)};
    while (!ends.empty() && ends.begin()->first <= ms) {
      bucket.give_back(now);
      ends.erase(ends.begin());
    }
    while (bucket.available(now) > 0) {
      bucket.take(now);
      noise = noise * 1103515245 + 12345;
      const int there = static_cast<int>(noise >> 16) % 300;
      const int back = static_cast<int>(noise >> 8) % 100;
      arrivals.push_back(ms + there);
      ends.emplace(ms + there + back, 0);
    }
  }
  ASSERT_GT(arrivals.size(), 130U);
  std::sort(arrivals.begin(), arrivals.end());
  for (std::size_t i = 10; i < arrivals.size(); ++i) {
    ASSERT_GE(arrivals[i] - arrivals[i - 10], 1000);
  }
}

TEST(RateBucketTest, KeepsATokenAsLongAsItsCallIsUnderWay) {
  RateBucket bucket(1, 1000ms);
  const SteadyTime start{1h};
  bucket.take(start);
  EXPECT_EQ(bucket.available(start + 60s), 0);
  EXPECT_EQ(bucket.next_above(0, start + 60s), SteadyTime::max());
  bucket.give_back(start + 60s);
  EXPECT_EQ(bucket.available(start + 61s), 0);
  EXPECT_EQ(bucket.next_above(0, start + 61s), start + 61s + RateBucket::kMargin);
  EXPECT_EQ(bucket.available(start + 61s + RateBucket::kMargin), 1);
}

TEST(RateBucketTest, BelievesAnExchangeThatSeesMoreRequestsThanWeSent) {
  RateBucket bucket(30, 1000ms);
  const SteadyTime now{1h};
  const auto first = bucket.take(now);
  bucket.take(now);
  bucket.give_back(now);
  bucket.report_left(3, first, now);
  EXPECT_EQ(bucket.available(now), 2) << "one of the three is under way";
  bucket.give_back(now);
  EXPECT_EQ(bucket.available(now + 1s + RateBucket::kMargin), 30);
}

TEST(RateBucketTest, LearnsALowerLimitAndNeverAHigherOne) {
  RateBucket bucket(12, 1000ms);
  SteadyTime now{1h};
  for (const auto& [left, limit] : {std::pair(7, 8), std::pair(99, 12)}) {
    const auto taken = bucket.take(now);
    bucket.give_back(now);
    bucket.report_left(left, taken, now);
    EXPECT_EQ(bucket.limit(), limit);
    now += 2s;
  }
}

class RateLimiterTest : public ::testing::Test {
 protected:
  void ask(const std::string& name, RatePriority priority, std::chrono::seconds wait = 100s) {
    limiter_.acquire("order", priority, Deadline::after(wait, clock_), io_.get_executor(),
                     [this, name](Result<RatePermit> permit) {
                       log_ += name + (permit ? "" : ":" + permit.error().code) + " ";
                       if (permit && name == "kept") kept_.push_back(std::move(*permit));
                     });
  }
  std::string run() {
    io_.restart();
    io_.poll();
    return std::exchange(log_, {});
  }
  std::string after(std::chrono::milliseconds step) {
    clock_.advance(step);
    limiter_.wake();
    return run();
  }
  void spend(int count) {
    for (int i = 0; i < count; ++i) ask("spent", RatePriority::kExit);
    run();
  }
  // A call that is answered at once.
  void call(const HttpResponse& answered) {
    ask("kept", RatePriority::kExit);
    ASSERT_EQ(run(), "kept ");
    kept_.back().report(answered);
    kept_.pop_back();
  }

  ManualClock clock_;
  boost::asio::io_context io_;
  std::string log_;
  std::vector<RatePermit> kept_;
  RateLimiter limiter_{clock_,
                       io_.get_executor(),
                       {{"order", RateSide::kExchange, 8}, {"candle", RateSide::kQuotation, 10}}};
};

TEST_F(RateLimiterTest, ExitsAndLookupsGoBeforeEntriesThatAskedEarlier) {
  spend(8);
  ask("entry", RatePriority::kEntry);
  ask("lookup", RatePriority::kLookup);
  ask("exit", RatePriority::kExit);
  EXPECT_EQ(run(), "");
  EXPECT_EQ(after(1000ms), "");
  EXPECT_EQ(after(RateBucket::kMargin), "exit lookup entry ");
}

TEST_F(RateLimiterTest, EntriesLeaveAReserveForExits) {
  for (int i = 0; i < 8; ++i) ask("entry", RatePriority::kEntry);
  EXPECT_EQ(run(), "entry entry entry entry entry entry ");
  ask("exit", RatePriority::kExit);
  EXPECT_EQ(run(), "exit ");
}

TEST_F(RateLimiterTest, WaiterIsToldWhenItsDeadlinePasses) {
  spend(7);
  clock_.advance(500ms);
  call(answer(429));
  ask("late", RatePriority::kExit, 1s);
  EXPECT_EQ(after(1000ms), "late:RATE_TIMEOUT ");
}

TEST_F(RateLimiterTest, TokenOfACallThatHangsIsNotLentToAnother) {
  for (int i = 0; i < 8; ++i) ask("kept", RatePriority::kExit);
  run();
  ask("next", RatePriority::kExit);
  EXPECT_EQ(after(10s), "");
  kept_.clear();
  EXPECT_EQ(after(1000ms), "");
  EXPECT_EQ(after(RateBucket::kMargin), "next ");
}

TEST_F(RateLimiterTest, UnreadableHeaderMeansOneRequestASecondUntilTheNextReadableOne) {
  call(answer(200));
  after(1100ms);
  for (int i = 0; i < 2; ++i) ask("a", RatePriority::kExit);
  EXPECT_EQ(run(), "a ");
  EXPECT_EQ(after(1000ms), "");
  EXPECT_EQ(after(RateBucket::kMargin), "a ");
  after(1100ms);
  call(answer(200, "group=order; min=1; sec=7"));
  for (int i = 0; i < 7; ++i) ask("b", RatePriority::kExit);
  EXPECT_EQ(run(), "b b b b b b b ");
}

TEST_F(RateLimiterTest, A429PausesTheWholeGroupPastTheNextSecond) {
  call(answer(429));
  ask("a", RatePriority::kExit);
  EXPECT_EQ(after(1000ms), "");
  EXPECT_EQ(after(100ms), "a ");
}

TEST_F(RateLimiterTest, A418BlocksItsSideOnlyAndLongerEachTime) {
  spend(6);
  ask("kept", RatePriority::kExit);
  ask("kept", RatePriority::kExit);
  run();
  ask("waiting", RatePriority::kEntry);
  kept_[0].report(answer(418));
  ask("new", RatePriority::kExit);
  EXPECT_EQ(run(), "waiting:RATE_BLOCKED new:RATE_BLOCKED ");
  EXPECT_EQ(limiter_.blocked_until(RateSide::kExchange), clock_.steady_now() + 60s);
  EXPECT_LT(limiter_.blocked_until(RateSide::kQuotation), clock_.steady_now());
  after(60s);
  kept_[1].report(answer(418));
  EXPECT_EQ(limiter_.blocked_until(RateSide::kExchange), clock_.steady_now() + 120s);
  limiter_.block_side(RateSide::kExchange, clock_.steady_now() + 5s);
  clock_.advance(5s);
  ask("again", RatePriority::kExit);
  EXPECT_EQ(run(), "again ");
}

TEST_F(RateLimiterTest, UnknownGroupIsAnError) {
  limiter_.acquire("nonsense", RatePriority::kExit, Deadline::after(1s), io_.get_executor(),
                   [this](Result<RatePermit> permit) { log_ = permit.error().code; });
  EXPECT_EQ(run(), "RATE_GROUP_UNKNOWN");
}

TEST_F(RateLimiterTest, TooManyWaitersAreRefusedNotQueued) {
  spend(8);
  for (int i = 0; i < 257; ++i) ask("w", RatePriority::kExit);
  EXPECT_EQ(run(), "w:RATE_QUEUE_FULL ");
}

class RateLimiterThreads : public NetTest {};

TEST_F(RateLimiterThreads, BlockingWaitGetsItsTokenByRealTime) {
  const SystemClock clock;
  RateLimiter limiter(clock, threads_.executor(), {{"g", RateSide::kExchange, 2, 100ms}});
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 7; ++i) {
    ASSERT_TRUE(limiter.acquire_blocking("g", RatePriority::kExit, Deadline::after(kPatience)));
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms);
}

TEST_F(RateLimiterThreads, DestructionAnswersTheWaiters) {
  const SystemClock clock;
  std::promise<std::string> code;
  {
    RateLimiter limiter(clock, threads_.executor(), {{"g", RateSide::kExchange, 1, 1h}});
    (void)limiter.acquire_blocking("g", RatePriority::kExit, Deadline::after(kPatience));
    limiter.acquire("g", RatePriority::kExit, Deadline::after(1h), threads_.executor(),
                    [&](Result<RatePermit> permit) { code.set_value(permit.error().code); });
  }
  EXPECT_EQ(code.get_future().get(), "RATE_STOPPED");
}

}  // namespace
}  // namespace everbit::net::testing
