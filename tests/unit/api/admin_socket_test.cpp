#include "api/admin_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "api/kill_switch_endpoints.h"
#include "api/status_endpoint.h"
#include "support/raw_client.h"

namespace everbit::api {
namespace {

using test::ask;
using testing::HasSubstr;
using testing::StartsWith;
using trading::KillSwitch;

constexpr std::string_view kPath = "/api/v2/kill-switch";

// The kill switch of a process whose database does not answer, behind the real socket.
class SwitchWithoutDatabase : public testing::Test {
 protected:
  SwitchWithoutDatabase() {
    std::string name = (std::filesystem::temp_directory_path() / "everbit-admin-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    store::PoolSettings settings;
    settings.connect.dsn = "host=" + folder_.string() + " dbname=nobody";
    pool_ = std::make_unique<store::Pool>(settings);
    kill_switch_ = std::make_unique<KillSwitch>(KillSwitch::Parts{
        *pool_, store::OwnerId(1), flag_, trading::StateFolder(folder_), clock_, "EXTREME_FLIP"});
    trading::SwitchReading reading;
    reading.version = 1;
    reading.row.account = AccountPosition::kOn;
    reading.row.enabled_strategies = {"EXTREME_FLIP"};
    reading.known_strategies = {"EXTREME_FLIP"};
    flag_.update(reading, clock_.steady_now() + std::chrono::hours(1));
    Router router;
    add_kill_switch_endpoints(router, *kill_switch_);
    add_status_endpoint(router, *pool_, *kill_switch_, "PAPER");
    socket_ = std::move(*AdminSocket::open(folder_ / "admin.sock", std::move(router)));
  }
  ~SwitchWithoutDatabase() override {
    socket_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string put(std::string_view body) { return ask(folder_ / "admin.sock", "PUT", kPath, body); }

  std::filesystem::path folder_;
  SystemClock clock_;
  std::unique_ptr<store::Pool> pool_;
  trading::TradingSwitch flag_{clock_};
  std::unique_ptr<KillSwitch> kill_switch_;
  std::unique_ptr<AdminSocket> socket_;
};

TEST_F(SwitchWithoutDatabase, IsTurnedOffAllTheSameAndSaysThatItIsNotStored) {
  ASSERT_EQ(flag_.position(), AccountPosition::kOn);
  const auto got = put(R"({"position":"OFF"})");
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(got, HasSubstr(R"("position":"OFF","accountEnabled":false)"));
  EXPECT_THAT(got, HasSubstr(R"("stored":false)"));
  EXPECT_EQ(flag_.position(), AccountPosition::kOff);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "kill-switch.state"));
}

TEST_F(SwitchWithoutDatabase, IsNotTurnedOn) {
  ASSERT_THAT(put(R"({"accountEnabled":false})"), HasSubstr("200 OK"));
  const auto got = put(R"({"position":"ON"})");
  EXPECT_THAT(got, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(got, HasSubstr("DATABASE_UNAVAILABLE"));
  EXPECT_THAT(got, HasSubstr("Retry-After: 1"));
  EXPECT_EQ(flag_.position(), AccountPosition::kOff);
}

TEST_F(SwitchWithoutDatabase, AChangeThatIsNotClearChangesNothing) {
  for (const char* body :
       {"", "{}", "[]", "{", R"({"position":"off"})", R"({"position":null})",
        R"({"position":"ON","accountEnabled":false})", R"({"accountEnabled":"false"})",
        R"({"enabled":false})", R"({"strategyKey":"EXTREME_FLIP"})",
        R"({"position":"OFF","force":true})", R"({"position":"OFF","position":"ON"})"}) {
    EXPECT_THAT(put(body), HasSubstr("VALIDATION_FAILED")) << body;
  }
  EXPECT_EQ(flag_.position(), AccountPosition::kOn);
}

TEST_F(SwitchWithoutDatabase, StatusSaysThatTheDatabaseIsSilent) {
  EXPECT_THAT(ask(folder_ / "admin.sock", "GET", "/api/v2/status"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(ask(folder_ / "admin.sock", "GET", kPath), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask(folder_ / "admin.sock", "POST", kPath), HasSubstr("Allow: GET, HEAD, PUT"));
}

}  // namespace
}  // namespace everbit::api
