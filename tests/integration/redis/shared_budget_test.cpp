#include "net/shared_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <future>
#include <thread>

#include "integration/redis/private_redis.h"
#include "integration/trading/exchange_side.h"

namespace everbit::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::PrivateRedis;

const SharedGroup kGroup{"candle", 10};
// What is given back stays away for the length of a test's steps, however busy the machine is.
const SharedGroup kSlow{"slow", 10, seconds(5)};

// A busy machine is no silent Redis.
redis::ClientSettings patient(const PrivateRedis& server) {
  redis::ClientSettings settings = server.client_settings();
  settings.deadline = seconds(10);
  return settings;
}

Result<SharedGrant> take(SharedBudget& budget, int want, int leave = 0,
                         const SharedGroup& group = kGroup) {
  std::promise<Result<SharedGrant>> promise;
  budget.take(group, want, leave,
              [&](Result<SharedGrant> grant) { promise.set_value(std::move(grant)); });
  return promise.get_future().get();
}

std::size_t taken(SharedBudget& budget, int want, int leave = 0) {
  return take(budget, want, leave).value().tokens.size();
}

// Until the bucket that begins empty is full.
void fill(SharedBudget& budget, const SharedGroup& group = kGroup) {
  const Deadline deadline = Deadline::after(seconds(40));
  for (;;) {
    const auto grant = take(budget, 1, 9, group).value();
    for (const std::string& token : grant.tokens) budget.give_back(group, token, -1, {});
    if (!grant.tokens.empty()) break;
    if (deadline.expired()) throw std::runtime_error("the bucket does not fill");
    std::this_thread::sleep_for(milliseconds(20));
  }
  (void)take(budget, 0, 0, group);
  std::this_thread::sleep_for(group.period + milliseconds(100));
}

template <class Condition>
bool comes_true(Condition condition) {
  const Deadline deadline = Deadline::after(seconds(60));
  while (!condition()) {
    if (deadline.expired()) return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

TEST(SharedBudgetTest, ProcessesSpendFromOneBucketAndLeaveTheReserve) {
  const PrivateRedis server;
  SharedBudget one(patient(server));
  SharedBudget other(patient(server));
  EXPECT_EQ(taken(one, 10), 0U) << "a bucket that was lost begins empty";
  fill(one);
  EXPECT_EQ(taken(one, 6), 6U);
  EXPECT_EQ(taken(other, 6, 2), 2U) << "two stay for the urgent";
  EXPECT_EQ(taken(other, 6), 2U);
  const auto none = take(one, 1).value();
  EXPECT_TRUE(none.tokens.empty());
  EXPECT_GT(none.ask_again.count(), 0);
}

TEST(SharedBudgetTest, TokenUnderWayIsNotLentAndComesBackAPeriodAfterItsEnd) {
  const PrivateRedis server;
  SharedBudget budget(patient(server));
  fill(budget);
  const auto grant = take(budget, 10).value();
  ASSERT_EQ(grant.tokens.size(), 10U);
  std::this_thread::sleep_for(milliseconds(1200));
  EXPECT_EQ(taken(budget, 10), 0U);
  const auto ended = std::chrono::steady_clock::now();
  budget.give_back(kGroup, grant.tokens[0], -1, {});
  ASSERT_TRUE(comes_true([&] { return taken(budget, 10) == 1; }));
  EXPECT_GE(std::chrono::steady_clock::now() - ended, seconds(1));
}

TEST(SharedBudgetTest, WhatTheExchangeSaysIsLeftHoldsForAll) {
  const PrivateRedis server;
  SharedBudget one(patient(server));
  SharedBudget other(patient(server));
  fill(one, kSlow);
  const auto grant = take(one, 1, 0, kSlow).value();
  one.give_back(kSlow, grant.tokens.at(0), 3, {});
  ASSERT_TRUE(take(one, 0, 0, kSlow)) << "done after it";
  EXPECT_EQ(take(other, 10, 0, kSlow)->tokens.size(), 3U);
}

TEST(SharedBudgetTest, PauseHoldsForAll) {
  const PrivateRedis server;
  SharedBudget one(patient(server));
  SharedBudget other(patient(server));
  fill(one);
  const auto grant = take(one, 1).value();
  const auto begin = std::chrono::steady_clock::now();
  one.give_back(kGroup, grant.tokens.at(0), -1, seconds(3));
  ASSERT_TRUE(take(one, 0));
  ASSERT_TRUE(comes_true([&] { return taken(other, 1) == 1; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(2990));
}

TEST(SharedBudgetTest, SomethingElseUnderTheKeyAndAnEvictedKeyAreABucketThatBeginsEmpty) {
  const PrivateRedis server;
  SharedBudget budget(patient(server));
  redis::Client client(patient(server));
  for (const auto& spoil :
       {std::vector<std::string_view>{"SET", "everbit:rate:candle", "nonsense"},
        std::vector<std::string_view>{"HSET", "everbit:rate:candle", "a", "b"},
        std::vector<std::string_view>{"DEL", "everbit:rate:candle"},
        std::vector<std::string_view>{"ZADD", "everbit:rate:candle", "9e15", "a clock set back"},
        std::vector<std::string_view>{"FLUSHALL"}}) {
    fill(budget);
    if (spoil[0] == "SET" || spoil[0] == "HSET") {
      ASSERT_TRUE(client.command({"DEL", "everbit:rate:candle"}));
    }
    ASSERT_TRUE(client.command(spoil));
    EXPECT_EQ(taken(budget, 10), 0U) << spoil[0];
    EXPECT_FALSE(budget.is_silent());
  }
}

TEST(SharedBudgetTest, FullRedisThatTakesNoWritesIsSilentAndItComesBack) {
  const PrivateRedis server;
  SharedBudget budget(patient(server));
  redis::Client client(patient(server));
  ASSERT_TRUE(take(budget, 0));
  ASSERT_TRUE(client.command({"CONFIG", "SET", "maxmemory", "1"}));
  EXPECT_TRUE(comes_true([&] { return budget.is_silent(); }));
  ASSERT_TRUE(client.command({"CONFIG", "SET", "maxmemory", "0"}));
  EXPECT_TRUE(comes_true([&] { return !budget.is_silent(); }));
}

TEST(SharedBudgetTest, KilledAndFrozenRedisIsNoticedWithoutAnybodyAsking) {
  PrivateRedis server;
  SharedBudget budget(server.client_settings());
  ASSERT_TRUE(comes_true([&] { return !budget.is_silent(); }));
  server.freeze();
  EXPECT_TRUE(comes_true([&] { return budget.is_silent(); }));
  server.thaw();
  EXPECT_TRUE(comes_true([&] { return !budget.is_silent(); }));
  server.kill();
  EXPECT_TRUE(comes_true([&] { return budget.is_silent(); }));
  server.start();
  EXPECT_TRUE(comes_true([&] { return !budget.is_silent(); }));
}

// What one process of several has: a limiter, its way to Redis, and threads that call all the time.
class Caller {
 public:
  Caller(const test::UpbitSim& sim, redis::ClientSettings settings, int threads)
      : budget_(std::move(settings)) {
    io_.start();
    http_ = HttpClient::make(io_, {}).value();
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this, &sim] { run(sim.rest()); });
  }
  ~Caller() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    http_->stop();
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  int answered() const { return answered_; }
  int limited() const { return limited_; }
  const SharedBudget& budget() const { return budget_; }

 private:
  void run(const Origin& origin) {
    while (!stopping_) {
      HttpCall call;
      call.request.origin = origin;
      call.request.target = "/v1/candles/minutes/1?market=KRW-BTC&count=1";
      call.rate = RateUse{&limiter_, "candle", RatePriority::kLookup, seconds(10)};
      const HttpResult result = http_->send_blocking(std::move(call));
      if (!result.answered()) continue;
      ++answered_;
      if (result.response.status == 429 || result.response.status == 418) ++limited_;
    }
  }

  SystemClock clock_;
  IoThreads io_{1, "caller"};
  SharedBudget budget_;
  RateLimiter limiter_{clock_, io_.executor(), {{"candle", RateSide::kQuotation, 10}}, &budget_};
  std::unique_ptr<HttpClient> http_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> answered_{0};
  std::atomic<int> limited_{0};
  std::vector<std::thread> threads_;
};

TEST(SharedBudgetTest, FourProcessesAtFullPressureNeverMeetTheExchangesLimit) {
  const PrivateRedis server;
  test::UpbitSim sim;
  int answered = 0;
  {
    std::deque<Caller> callers;
    for (int i = 0; i < 4; ++i) callers.emplace_back(sim, patient(server), 4);
    ASSERT_TRUE(comes_true([&] {
      answered = 0;
      for (const Caller& caller : callers) answered += caller.answered();
      return answered >= 60;
    }));
    for (const Caller& caller : callers) EXPECT_EQ(caller.limited(), 0);
  }
  EXPECT_NE(sim.state().find("\"refused_by_limit\":0"), std::string::npos) << sim.state();
}

TEST(SharedBudgetTest, SilentRedisSlowsFourProcessesDownWithoutA429AndTheyComeBack) {
  PrivateRedis server;
  test::UpbitSim sim;
  {
    std::deque<Caller> callers;
    for (int i = 0; i < 4; ++i) callers.emplace_back(sim, patient(server), 2);
    const auto answered = [&] {
      int sum = 0;
      for (const Caller& caller : callers) sum += caller.answered();
      return sum;
    };
    for (int round = 0; round < 2; ++round) {
      const int before = answered();
      ASSERT_TRUE(comes_true([&] { return answered() >= before + 15; }));
      server.kill();
      for (const Caller& caller : callers) {
        EXPECT_TRUE(comes_true([&] { return caller.budget().is_silent(); }));
      }
      const int alone = answered();
      EXPECT_TRUE(comes_true([&] { return answered() >= alone + 15; }));
      server.start();
      for (const Caller& caller : callers) {
        EXPECT_TRUE(comes_true([&] { return !caller.budget().is_silent(); }));
      }
    }
    const int back = answered();
    EXPECT_TRUE(comes_true([&] { return answered() >= back + 15; }));
    for (const Caller& caller : callers) EXPECT_EQ(caller.limited(), 0);
  }
  EXPECT_NE(sim.state().find("\"refused_by_limit\":0"), std::string::npos) << sim.state();
}

}  // namespace
}  // namespace everbit::net
