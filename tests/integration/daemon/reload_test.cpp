#include <gmock/gmock.h>

#include <csignal>

#include "integration/daemon/daemon.h"

namespace everbit::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kBusId = "kr.everbit.bus-postgres";

class Reload : public DaemonTest {
 protected:
  // As systemd sees it: the reload is over when READY follows RELOADING.
  void reload(const Daemon& daemon) {
    daemon.send(SIGHUP);
    ASSERT_THAT(systemd_.next(seconds(30)), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
    ASSERT_THAT(systemd_.next(seconds(30)), StartsWith("READY=1"));
  }

  std::unique_ptr<Daemon> start_ready() {
    start_simulator();
    environment_["NOTIFY_SOCKET"] = folder_ / "notify";
    auto daemon = start();
    EXPECT_TRUE(daemon->wait_ready()) << daemon->output();
    EXPECT_THAT(systemd_.next(seconds(30)), StartsWith("READY=1"));
    return daemon;
  }

  int status_for(Daemon& daemon, std::string_view host) {
    return http_get(daemon.ops_port(), "/health/live", host).status;
  }

  NotifySocket systemd_{folder_ / "notify"};
};

TEST_F(Reload, ChangedLogLevelAndHostsActAtOnce) {
  const auto daemon = start_ready();
  EXPECT_EQ(status_for(*daemon, "monitor.internal"), 421);
  write_settings("\nlog.level = \"error\"\nops.hosts = [\"monitor.internal\"]\n");
  reload(*daemon);
  EXPECT_EQ(status_for(*daemon, "monitor.internal"), 200);
  daemon->send(SIGTERM);
  EXPECT_EQ(daemon->wait(seconds(60)), 0);
  EXPECT_FALSE(daemon->has_logged("stopping"));
}

TEST_F(Reload, BadFileChangesNothingAndIsNamed) {
  const auto daemon = start_ready();
  write_settings("\nlog.level = \"error\"\nops.hosts = [\"monitor.internal\"]\nops.host = 1\n");
  reload(*daemon);
  ASSERT_TRUE(daemon->wait_for_log("settings_refused"));
  EXPECT_THAT(daemon->log_field("settings_refused", "problem"),
              HasSubstr("everbit.toml:" + std::to_string(line_of("ops.host =")) + ": ops.host: "));
  EXPECT_EQ(status_for(*daemon, "monitor.internal"), 421);
  EXPECT_EQ(http_get(daemon->ops_port(), "/health/ready").status, 200);
  daemon->send(SIGTERM);
  EXPECT_EQ(daemon->wait(seconds(60)), 0);
  EXPECT_TRUE(daemon->has_logged("stopping"));
}

TEST_F(Reload, KeyThatNeedsARestartIsNamedAndDoesNotAct) {
  const auto daemon = start_ready();
  write_settings("\nexecution.maxOrderAttempts = 2\n");
  reload(*daemon);
  ASSERT_TRUE(daemon->wait_for_log("setting_needs_restart"));
  EXPECT_EQ(daemon->log_field("setting_needs_restart", "key"), "execution.maxOrderAttempts");
}

TEST_F(Reload, AChangedPluginsLockIsReadAndWhatRunsGoesOn) {
  const auto daemon = start_ready();
  const std::string bus(kBusId);
  plugins_[bus].sha256 = std::string(64, 'a');
  write_lock();
  reload(*daemon);
  ASSERT_TRUE(daemon->wait_for_log("plugins_lock_reloaded"));
  EXPECT_EQ(daemon->log_field("plugin_needs_restart", "id"), bus);
  EXPECT_EQ(daemon->log_field("plugin_needs_restart", "listed"), std::string(64, 'a'));
  plugins_.erase(bus);
  write_lock();
  reload(*daemon);
  ASSERT_TRUE(daemon->wait_for_log("plugin_not_listed"));
  EXPECT_EQ(daemon->log_field("plugin_not_listed", "id"), bus);
  EXPECT_EQ(http_get(daemon->ops_port(), "/health/ready").status, 200);
}

TEST_F(Reload, ABrokenPluginsLockIsNamedAndWhatRunsGoesOn) {
  const auto daemon = start_ready();
  plugins_[std::string(kBusId)].sha256 = "no hash";
  write_lock();
  reload(*daemon);
  ASSERT_TRUE(daemon->wait_for_log("plugins_lock_refused"));
  EXPECT_THAT(daemon->log_field("plugins_lock_refused", "problem"), HasSubstr("plugins.lock:"));
  EXPECT_EQ(http_get(daemon->ops_port(), "/health/ready").status, 200);
}

TEST_F(Reload, AStrategyThatCrashedTheDaemonStaysDownUntilTheOwnerReloads) {
  start_simulator();
  environment_["NOTIFY_SOCKET"] = folder_ / "notify";
  install("kr.everbit.test.broken", "strategy",
          "tests/unit/plugins/fixtures/fixture-crash-create.so");
  write_settings("\nstrategy.plugin = \"kr.everbit.test.broken\"\n");
  const std::string sha256 = plugins_["kr.everbit.test.broken"].sha256;

  const auto crashed = start();
  EXPECT_NE(crashed->wait(seconds(60)).value_or(0), 0) << crashed->output();

  const auto held = start();
  ASSERT_TRUE(held->wait_for_log("strategy_held")) << held->output();
  EXPECT_EQ(held->log_field("crashed_before", "sha256"), sha256);
  EXPECT_EQ(held->log_field("crashed_before", "callback"), "create");
  ASSERT_TRUE(held->wait_for_log("started"));
  EXPECT_THAT(http_get(held->ops_port(), "/health/ready").body, HasSubstr("strategies"));
  EXPECT_TRUE(held->is_running());

  // The same file again: it does what it did.
  held->send(SIGHUP);
  EXPECT_NE(held->wait(seconds(60)).value_or(0), 0) << held->output();
  const auto held_again = start();
  EXPECT_TRUE(held_again->wait_for_log("strategy_held")) << held_again->output();
}

}  // namespace
}  // namespace everbit::test
