#include "net/rate_limiter.h"

#include <boost/asio/io_context.hpp>
#include <future>
#include <map>
#include <utility>

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

TEST(RateBucketTest, NeverGivesMoreThanTheLimitInAnyPeriod) {
  RateBucket bucket(10, 1000ms);
  std::vector<SteadyTime> taken;
  for (int ms = 0; ms < 5000; ++ms) {
    const SteadyTime now{std::chrono::milliseconds(ms)};
    if (ms % 7 < 3 && bucket.available(now) > 0) {
      bucket.take(now);
      taken.push_back(now);
    }
  }
  ASSERT_GT(taken.size(), 40U);
  for (std::size_t i = 10; i < taken.size(); ++i) EXPECT_GE(taken[i] - taken[i - 10], 1000ms);
}

TEST(RateBucketTest, BelievesAnExchangeThatSeesMoreRequestsThanWeSent) {
  RateBucket bucket(30, 1000ms);
  const SteadyTime now{1h};
  const auto first = bucket.take(now);
  bucket.take(now);
  bucket.report_left(3, first, now);
  EXPECT_EQ(bucket.available(now), 3);
  EXPECT_EQ(bucket.available(now + 1s), 30);
}

TEST(RateBucketTest, LearnsALowerLimitAndNeverAHigherOne) {
  RateBucket bucket(12, 1000ms);
  SteadyTime now{1h};
  bucket.report_left(7, bucket.take(now), now);
  EXPECT_EQ(bucket.limit(), 8);
  now += 2s;
  bucket.report_left(99, bucket.take(now), now);
  EXPECT_EQ(bucket.limit(), 12);
}

class RateLimiterTest : public ::testing::Test {
 protected:
  void ask(const std::string& name, RatePriority priority, std::chrono::seconds wait = 100s) {
    limiter_.acquire("order", priority, Deadline::after(wait, clock_), io_.get_executor(),
                     [this, name](Result<RatePermit> permit) {
                       log_ += name + (permit ? "" : ":" + permit.error().code) + " ";
                       if (permit) permits_.emplace(name, std::move(*permit));
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

  ManualClock clock_;
  boost::asio::io_context io_;
  std::string log_;
  std::multimap<std::string, RatePermit> permits_;
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
  EXPECT_EQ(after(1000ms), "exit lookup entry ");
}

TEST_F(RateLimiterTest, EntriesLeaveAReserveForExits) {
  for (int i = 0; i < 8; ++i) ask("entry", RatePriority::kEntry);
  EXPECT_EQ(run(), "entry entry entry entry entry entry ");
  ask("exit", RatePriority::kExit);
  EXPECT_EQ(run(), "exit ");
}

TEST_F(RateLimiterTest, WaiterIsToldWhenItsDeadlinePasses) {
  spend(8);
  clock_.advance(500ms);
  permits_.find("spent")->second.report(answer(429));
  ask("late", RatePriority::kExit, 1s);
  EXPECT_EQ(after(1000ms), "late:RATE_TIMEOUT ");
}

TEST_F(RateLimiterTest, UnreadableHeaderMeansOneRequestASecondUntilTheNextReadableOne) {
  spend(1);
  permits_.find("spent")->second.report(answer(200));
  after(1000ms);
  permits_.clear();
  for (int i = 0; i < 3; ++i) ask("a", RatePriority::kExit);
  EXPECT_EQ(run(), "a ");
  EXPECT_EQ(after(999ms), "");
  EXPECT_EQ(after(1ms), "a ");
  permits_.begin()->second.report(answer(200, "group=order; min=1; sec=7"));
  EXPECT_EQ(run(), "a ");
}

TEST_F(RateLimiterTest, A429PausesTheWholeGroupPastTheNextSecond) {
  spend(1);
  permits_.find("spent")->second.report(answer(429));
  ask("a", RatePriority::kExit);
  EXPECT_EQ(after(1000ms), "");
  EXPECT_EQ(after(100ms), "a ");
}

TEST_F(RateLimiterTest, A418BlocksItsSideOnlyAndLongerEachTime) {
  spend(8);
  ask("waiting", RatePriority::kEntry);
  const RatePermit& permit = permits_.find("spent")->second;
  permit.report(answer(418));
  ask("new", RatePriority::kExit);
  EXPECT_EQ(run(), "waiting:RATE_BLOCKED new:RATE_BLOCKED ");
  EXPECT_EQ(limiter_.blocked_until(RateSide::kExchange), clock_.steady_now() + 60s);
  EXPECT_LT(limiter_.blocked_until(RateSide::kQuotation), clock_.steady_now());
  after(60s);
  permit.report(answer(418));
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
    ASSERT_TRUE(limiter.acquire_blocking("g", RatePriority::kExit, Deadline::after(5s)));
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms);
}

TEST_F(RateLimiterThreads, DestructionAnswersTheWaiters) {
  const SystemClock clock;
  std::promise<std::string> code;
  {
    RateLimiter limiter(clock, threads_.executor(), {{"g", RateSide::kExchange, 1, 1h}});
    (void)limiter.acquire_blocking("g", RatePriority::kExit, Deadline::after(1s));
    limiter.acquire("g", RatePriority::kExit, Deadline::after(1h), threads_.executor(),
                    [&](Result<RatePermit> permit) { code.set_value(permit.error().code); });
  }
  EXPECT_EQ(code.get_future().get(), "RATE_STOPPED");
}

}  // namespace
}  // namespace everbit::net::testing
