#include "session/session_store.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "integration/redis/private_redis.h"
#include "session/memory_sessions.h"
#include "session/redis_sessions.h"

namespace everbit::session {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kGrace{10};
const Timestamp kNow = Timestamp::from_seconds(1'900'000'000);

redis::ClientSettings patient(const test::PrivateRedis& redis) {
  redis::ClientSettings settings = redis.client_settings();
  // A busy machine is no failure here.
  settings.deadline = seconds(10);
  settings.max_connections = 16;
  return settings;
}

// What both stores must do: the table of page 60.
class TheStore : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string(GetParam()) == "Memory") {
      store_ = std::make_unique<MemorySessions>();
      return;
    }
    redis_ = std::make_unique<test::PrivateRedis>();
    redis_->start();
    store_ = std::make_unique<RedisSessions>(patient(*redis_));
  }
  void open(const Uuid& id, Timestamp at = kNow) {
    ASSERT_TRUE(store_->open({id, owner_, at, at + hours(14 * 24), "browser"}));
  }
  Refreshed refresh(const Uuid& id, std::int64_t generation, Timestamp at, seconds grace = kGrace) {
    return store_->refresh(id, generation, at, grace).value();
  }

  std::unique_ptr<test::PrivateRedis> redis_;
  std::unique_ptr<SessionStore> store_;
  const Uuid owner_ = Uuid::make_v7(kNow);
};

TEST_P(TheStore, TheCurrentGenerationGivesTheNext) {
  const Uuid id = Uuid::make_v4();
  open(id);
  for (std::int64_t generation = 1; generation < 5; ++generation) {
    const Refreshed next = refresh(id, generation, kNow + seconds(generation));
    EXPECT_EQ(next.verdict, RefreshVerdict::kGood);
    EXPECT_EQ(next.generation, generation + 1);
    EXPECT_EQ(next.owner, owner_);
    EXPECT_EQ(next.ends, kNow + hours(14 * 24));
  }
}

TEST_P(TheStore, WithinTheGraceTheOneBeforeGivesTheSameAgain) {
  const Uuid id = Uuid::make_v4();
  open(id);
  ASSERT_EQ(refresh(id, 1, kNow).generation, 2);
  EXPECT_EQ(refresh(id, 1, kNow + seconds(10)).generation, 2);
  EXPECT_EQ(refresh(id, 2, kNow + seconds(10)).generation, 3);
}

TEST_P(TheStore, AfterTheGraceAnOldTokenEndsTheFamilyAndItsSuccessor) {
  const Uuid id = Uuid::make_v4();
  open(id);
  ASSERT_EQ(refresh(id, 1, kNow).generation, 2);
  EXPECT_EQ(refresh(id, 1, kNow + milliseconds(10'001)).verdict, RefreshVerdict::kReused);
  EXPECT_EQ(refresh(id, 2, kNow + seconds(11)).verdict, RefreshVerdict::kRefused);
  EXPECT_TRUE(store_->is_revoked(id).value());
  EXPECT_TRUE(store_->list(owner_, kNow).value().empty());
}

TEST_P(TheStore, AGrandparentWithinTheGraceEndsTheFamily) {
  const Uuid id = Uuid::make_v4();
  open(id);
  ASSERT_EQ(refresh(id, 1, kNow).generation, 2);
  ASSERT_EQ(refresh(id, 2, kNow).generation, 3);
  EXPECT_EQ(refresh(id, 1, kNow).verdict, RefreshVerdict::kReused);
  EXPECT_EQ(refresh(id, 3, kNow).verdict, RefreshVerdict::kRefused);
}

TEST_P(TheStore, WithoutAGraceASecondUseEndsTheFamily) {
  const Uuid id = Uuid::make_v4();
  open(id);
  ASSERT_EQ(refresh(id, 1, kNow, seconds(0)).generation, 2);
  EXPECT_EQ(refresh(id, 1, kNow, seconds(0)).verdict, RefreshVerdict::kReused);
}

TEST_P(TheStore, WhatItDoesNotKnowIsRefusedAndRevokesNothing) {
  const Uuid id = Uuid::make_v4();
  EXPECT_EQ(refresh(id, 1, kNow).verdict, RefreshVerdict::kRefused);
  EXPECT_FALSE(store_->is_revoked(id).value());
  open(id);
  EXPECT_EQ(refresh(id, 2, kNow).verdict, RefreshVerdict::kRefused) << "of a state that was lost";
  EXPECT_EQ(refresh(id, 1, kNow).verdict, RefreshVerdict::kGood);
}

TEST_P(TheStore, ASessionEndsFourteenDaysAfterItsLogin) {
  const Uuid id = Uuid::make_v4();
  open(id);
  ASSERT_EQ(refresh(id, 1, kNow + hours(14 * 24) - seconds(1)).generation, 2);
  EXPECT_EQ(refresh(id, 2, kNow + hours(14 * 24)).verdict, RefreshVerdict::kRefused);
}

TEST_P(TheStore, FiftyRefreshesOfOneTokenAtOnceGiveOneChain) {
  const Uuid id = Uuid::make_v4();
  open(id);
  std::vector<std::int64_t> generations(50);
  std::vector<std::thread> threads;
  for (std::int64_t& generation : generations) {
    threads.emplace_back([&] { generation = refresh(id, 1, kNow).generation; });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::int64_t generation : generations) EXPECT_EQ(generation, 2);
  EXPECT_EQ(refresh(id, 2, kNow).generation, 3);
}

TEST_P(TheStore, ListsTheLivingNewestFirst) {
  const Uuid first = Uuid::make_v4();
  const Uuid second = Uuid::make_v4();
  open(first, kNow);
  open(second, kNow + seconds(1));
  ASSERT_EQ(refresh(first, 1, kNow + seconds(5)).generation, 2);
  const auto sessions = store_->list(owner_, kNow + seconds(5)).value();
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(sessions[0].id, second);
  EXPECT_EQ(sessions[1].id, first);
  EXPECT_EQ(sessions[1].created, kNow);
  EXPECT_EQ(sessions[1].last_used, kNow + seconds(5));
  EXPECT_EQ(sessions[1].user_agent, "browser");
  EXPECT_TRUE(store_->list(Uuid::make_v7(kNow), kNow).value().empty());
}

TEST_P(TheStore, RevokesOneOfItsOwner) {
  const Uuid id = Uuid::make_v4();
  open(id);
  EXPECT_FALSE(store_->revoke(Uuid::make_v7(kNow), id).value()) << "somebody else's";
  EXPECT_TRUE(store_->revoke(owner_, id).value());
  EXPECT_FALSE(store_->revoke(owner_, id).value());
  EXPECT_FALSE(store_->revoke(owner_, Uuid::make_v4()).value());
  EXPECT_TRUE(store_->is_revoked(id).value());
  EXPECT_EQ(refresh(id, 1, kNow).verdict, RefreshVerdict::kRefused);
}

TEST_P(TheStore, RevokesAllButOne) {
  std::vector<Uuid> ids;
  for (int n = 0; n < 3; ++n) {
    ids.push_back(Uuid::make_v4());
    open(ids.back());
  }
  EXPECT_EQ(store_->revoke_all(owner_, ids[1]).value(), 2);
  ASSERT_EQ(store_->list(owner_, kNow).value().size(), 1U);
  EXPECT_FALSE(store_->is_revoked(ids[1]).value());
  EXPECT_EQ(store_->revoke_all(owner_, Uuid()).value(), 1);
  EXPECT_TRUE(store_->list(owner_, kNow).value().empty());
}

TEST_P(TheStore, TheOldestMakesRoom) {
  std::vector<Uuid> ids;
  for (int n = 0; n < SessionStore::kMostSessions + 2; ++n) {
    ids.push_back(Uuid::make_v4());
    open(ids.back(), kNow + seconds(n));
  }
  EXPECT_TRUE(store_->is_revoked(ids[0]).value());
  EXPECT_TRUE(store_->is_revoked(ids[1]).value());
  EXPECT_FALSE(store_->is_revoked(ids[2]).value());
  EXPECT_EQ(store_->list(owner_, kNow).value().size(), 50U);
}

INSTANTIATE_TEST_SUITE_P(Both, TheStore, testing::Values("Memory", "Redis"),
                         [](const auto& store) { return std::string(store.param); });

// A silent Redis is told as such, and never turned into "unknown" or into memory.
TEST(RedisSessionsTest, ASilentRedisDecidesNothing) {
  test::PrivateRedis redis;
  redis.start();
  redis::ClientSettings settings = redis.client_settings();
  settings.deadline = milliseconds(200);
  RedisSessions store(settings);
  const Uuid id = Uuid::make_v4();
  const Uuid owner = Uuid::make_v7(kNow);
  const auto opened = [&] {
    return store.open({id, owner, kNow, kNow + hours(1), "browser"}).has_value();
  };
  bool is_open = false;
  for (int n = 0; n < 100 && !is_open; ++n) is_open = opened();
  ASSERT_TRUE(is_open);
  redis.freeze();
  EXPECT_EQ(store.refresh(id, 1, kNow, kGrace).error().code, "SESSION_STORE_UNAVAILABLE");
  EXPECT_EQ(store.is_revoked(id).error().code, "SESSION_STORE_UNAVAILABLE");
  EXPECT_EQ(store.list(owner, kNow).error().code, "SESSION_STORE_UNAVAILABLE");
  redis.thaw();
}

TEST(RedisSessionsTest, ARedisThatLostEverythingKnowsNoSession) {
  test::PrivateRedis redis;
  redis.start();
  RedisSessions store(patient(redis));
  const Uuid id = Uuid::make_v4();
  const Uuid owner = Uuid::make_v7(kNow);
  ASSERT_TRUE(store.open({id, owner, kNow, kNow + hours(1), "browser"}));
  redis.kill();
  redis.start();
  const auto deadline = std::chrono::steady_clock::now() + seconds(30);
  auto refreshed = store.refresh(id, 1, kNow, kGrace);
  while (!refreshed && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(20));
    refreshed = store.refresh(id, 1, kNow, kGrace);
  }
  ASSERT_TRUE(refreshed);
  EXPECT_EQ(refreshed->verdict, RefreshVerdict::kRefused);
}

}  // namespace
}  // namespace everbit::session
