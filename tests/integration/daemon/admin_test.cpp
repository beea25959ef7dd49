#include <gmock/gmock.h>

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "integration/daemon/daemon.h"
#include "store/connection.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr const char* kByDaemon = "by the daemon";
constexpr const char* kWithoutDaemon = "no daemon answers";

class AdminOfTheDaemon : public DaemonTest {
 protected:
  void SetUp() override { start_simulator(); }

  Ended everbit(std::vector<std::string> words) {
    words.insert(words.end(), {"--json", "--config", settings_file_.string()});
    return run_everbit(words, environment_);
  }
  std::string row() const { return database_.value("SELECT account_position FROM kill_switch"); }
  std::string state_file() const {
    std::ostringstream text;
    text << std::ifstream(folder_ / "data" / "kill-switch.state").rdbuf();
    return text.str();
  }
  // As if PostgreSQL had stopped, for this database alone: other tests use the server.
  void stop_database() const {
    on_server("ALTER DATABASE " + database_.name() + " ALLOW_CONNECTIONS false");
    on_server("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" +
              database_.name() + "'");
  }
  void start_database() const {
    on_server("ALTER DATABASE " + database_.name() + " ALLOW_CONNECTIONS true");
  }

 private:
  void on_server(const std::string& sql) const {
    store::ConnectSettings settings = database_.settings();
    settings.dsn += " dbname=postgres";
    const auto deadline = Deadline::after(seconds(60));
    auto connection = store::Connection::open(settings, deadline).value();
    connection.exec_script(deadline, sql).value();
  }
};

TEST_F(AdminOfTheDaemon, TheCommandLineTellsTheDaemonAndItObeysAtOnce) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  ASSERT_EQ(everbit({"kill", "on"}).code, 0);
  const auto off = everbit({"kill", "off"});
  ASSERT_EQ(off.code, 0) << off.err;
  EXPECT_THAT(off.err, HasSubstr(kByDaemon));
  EXPECT_THAT(off.out, HasSubstr("\"position\":\"OFF\""));
  EXPECT_THAT(off.out, HasSubstr("\"stored\":true"));
  EXPECT_EQ(row(), "OFF");
  EXPECT_EQ(database_.value("SELECT actor || ' ' || actor_uid FROM audit_log "
                            "WHERE actor LIKE 'admin:%' ORDER BY id DESC LIMIT 1"),
            "admin:" + std::to_string(getuid()) + " " + std::to_string(getuid()));
  const auto status = everbit({"status"});
  ASSERT_EQ(status.code, 0) << status.err;
  EXPECT_THAT(status.out, HasSubstr("\"daemonAnswers\":true"));
  EXPECT_THAT(status.out, HasSubstr("\"killSwitch\":{\"position\":\"OFF\""));
  EXPECT_EQ(everbit({"kill", "--strategy", "NO_SUCH", "on"}).code, 1);
  daemon->send(SIGTERM);
  EXPECT_EQ(daemon->wait(seconds(30)), 0);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data" / "admin.sock"));
  const auto alone = everbit({"kill", "exits"});
  ASSERT_EQ(alone.code, 0) << alone.err;
  EXPECT_THAT(alone.err, HasSubstr(kWithoutDaemon));
  EXPECT_EQ(row(), "EXITS_ONLY");
}

// The trader that lost its session ends soon after; whichever of both is asked, OFF is OFF, and
// still is when the database is back.
TEST_F(AdminOfTheDaemon, OffIsObeyedWhileTheDatabaseIsStopped) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  ASSERT_EQ(everbit({"kill", "on"}).code, 0);
  ASSERT_EQ(row(), "ON");
  stop_database();
  const auto off = everbit({"kill", "off"});
  ASSERT_EQ(off.code, 0) << off.err;
  EXPECT_THAT(off.out, HasSubstr("\"position\":\"OFF\""));
  EXPECT_THAT(off.out, HasSubstr("\"stored\":false"));
  EXPECT_THAT(state_file(), HasSubstr("\"position\":\"OFF\""));
  const auto on = everbit({"kill", "on"});
  EXPECT_EQ(on.code, 1);
  daemon->send(SIGKILL);
  ASSERT_TRUE(daemon->wait(seconds(30)));
  start_database();
  EXPECT_EQ(row(), "ON") << "only the file knew";
  const auto next = start();
  ASSERT_TRUE(next->wait_ready()) << next->output();
  EXPECT_THAT(everbit({"kill", "status"}).out, HasSubstr("\"position\":\"OFF\""));
  EXPECT_TRUE(eventually([&] { return row() == "OFF"; }, seconds(30)));
}

TEST_F(AdminOfTheDaemon, ASocketThatCannotBeMadeIsToldByTheSettingsName) {
  write_settings("admin.socket = \"" + (folder_ / "nowhere" / "admin.sock").string() + "\"\n");
  const auto refused = start_refused();
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.output, HasSubstr("admin.socket"));
}

}  // namespace
}  // namespace everbit::test
