#include "ops/health.h"

#include <gtest/gtest.h>

namespace everbit::ops {
namespace {

TEST(Health, IsNotReadyBeforeEveryExpectedPartHasReported) {
  Health health;
  health.expect("database");
  health.expect("trader lock");
  EXPECT_FALSE(health.ready());
  health.set("database", true);
  EXPECT_FALSE(health.ready());
  health.set("trader lock", true, "held");
  EXPECT_TRUE(health.ready());
  EXPECT_EQ(
      health.ready_json(),
      R"({"status":"UP","stopping":false,"checks":[{"name":"database","good":true,"detail":""},)"
      R"({"name":"trader lock","good":true,"detail":"held"}]})");
}

TEST(Health, ExpectingAgainDoesNotForgetWhatWasReported) {
  Health health;
  health.set("database", true);
  health.expect("database");
  EXPECT_TRUE(health.ready());
}

TEST(Health, DrainingIsNotReadyButLive) {
  Health health;
  health.set("database", true);
  health.set_stopping();
  EXPECT_FALSE(health.ready());
  EXPECT_TRUE(health.live());
}

TEST(Health, DeadStaysDeadWithItsFirstReason) {
  Health health;
  EXPECT_EQ(health.live_json(), R"({"status":"UP","reason":null})");
  health.set_dead("fenced");
  health.set_dead("later");
  EXPECT_FALSE(health.live());
  EXPECT_FALSE(health.ready());
  EXPECT_EQ(health.live_json(), R"({"status":"DOWN","reason":"fenced"})");
}

}  // namespace
}  // namespace everbit::ops
