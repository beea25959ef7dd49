#include <gmock/gmock.h>

#include <csignal>

#include "integration/daemon/daemon.h"

namespace everbit::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class LifeOfTheDaemon : public DaemonTest {
 protected:
  void SetUp() override { start_simulator(); }

  std::string trader() const { return database_.value("SELECT instance FROM trader_instance"); }
};

TEST_F(LifeOfTheDaemon, HealthAndMetricsAnswerAndStrangeHostsDoNot) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  const int port = daemon->ops_port();
  EXPECT_EQ(http_get(port, "/health/live").status, 200);
  EXPECT_EQ(http_get(port, "/health/ready", "127.0.0.1:" + std::to_string(port)).status, 200);
  EXPECT_THAT(http_get(port, "/metrics").body, HasSubstr("everbit_build_info{version=\""));
  for (const char* path : {"/health/live", "/health/ready", "/metrics"}) {
    EXPECT_EQ(http_get(port, path, "evil.example").status, 421) << path;
  }
}

TEST_F(LifeOfTheDaemon, SecondTraderIsRefusedAndTheFirstGoesOn) {
  const auto first = start();
  ASSERT_TRUE(first->wait_ready()) << first->output();
  const std::string holder = trader();
  const Refusal second = start_refused();
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.output, HasSubstr("TRADER_LOCK_HELD"));
  EXPECT_THAT(second.output, HasSubstr("instance " + holder));
  EXPECT_EQ(trader(), holder);
  EXPECT_TRUE(first->is_running());
  EXPECT_EQ(http_get(first->ops_port(), "/health/ready").status, 200);
  first->send(SIGTERM);
  EXPECT_EQ(first->wait(seconds(60)), 0);
}

TEST_F(LifeOfTheDaemon, SigtermDrainsInTimeAndTellsSystemd) {
  const auto path = folder_ / "notify";
  NotifySocket systemd(path);
  environment_["NOTIFY_SOCKET"] = path;
  const auto daemon = start();
  EXPECT_THAT(systemd.next(seconds(60)), StartsWith("READY=1"));
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  daemon->send(SIGTERM);
  EXPECT_THAT(systemd.next(seconds(30)), StartsWith("STOPPING=1"));
  EXPECT_EQ(daemon->wait(seconds(60)), 0);
  EXPECT_TRUE(daemon->has_logged("stopped"));
  EXPECT_THAT(systemd.next(seconds(0)), IsEmpty());
  // Its successor must not find the lock held.
  const auto locks = [&] {
    return database_.value(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE d.datname = current_database() AND l.locktype = 'advisory'");
  };
  EXPECT_TRUE(eventually([&] { return locks() == "0"; }, seconds(30)));
}

TEST_F(LifeOfTheDaemon, SigtermDuringTheStartIsNotLost) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_for_log("ops_listening")) << daemon->output();
  daemon->send(SIGTERM);
  EXPECT_EQ(daemon->wait(seconds(60)), 0);
}

TEST_F(LifeOfTheDaemon, KilledTraderComesBackAndGoesOnFromTheStoredState) {
  const auto first = start();
  ASSERT_TRUE(first->wait_ready()) << first->output();
  EXPECT_TRUE(first->wait_for_log("strategy_warmed_up")) << first->output();
  const std::string before = trader();
  first->send(SIGKILL);
  ASSERT_EQ(first->wait(seconds(60)), 128 + SIGKILL);

  const auto second = start();
  ASSERT_TRUE(second->wait_ready()) << second->output();
  EXPECT_TRUE(second->wait_for_log("strategy_resumed")) << second->output();
  EXPECT_FALSE(second->has_logged("strategy_warmed_up"));
  EXPECT_NE(trader(), before);
  // The same plugin and parameters are no new activation.
  EXPECT_EQ(database_.value("SELECT max(generation) FROM strategy_activation"), "1");
}

TEST_F(LifeOfTheDaemon, TraderThatLostItsSessionEndsItself) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  database_.sql(
      "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
      " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted");
  EXPECT_EQ(daemon->wait(seconds(60)), 1);
  EXPECT_THAT(daemon->log_field("fatal", "reason"), StartsWith("the trader lock is lost"));
}

}  // namespace
}  // namespace everbit::test
