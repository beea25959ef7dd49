#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "integration/daemon/daemon.h"

namespace everbit::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class SecretsOfTheDaemon : public DaemonTest {
 protected:
  static void expect_no_secret(const std::string& output) {
    for (const std::string_view secret : {kAccessKey, kSecretKey, kPassword}) {
      EXPECT_THAT(output, Not(HasSubstr(std::string(secret))));
    }
    // How every JWT begins, and the header it travels in.
    EXPECT_THAT(output, Not(HasSubstr("eyJ")));
    EXPECT_THAT(output, Not(HasSubstr("Bearer")));
  }
};

TEST_F(SecretsOfTheDaemon, StandInNoLineOfTheMostTalkativeLog) {
  start_simulator();
  write_settings("\nlog.level = \"trace\"\n");
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  daemon->send(SIGTERM);
  EXPECT_EQ(daemon->wait(seconds(60)), 0);
  expect_no_secret(daemon->output());
}

TEST_F(SecretsOfTheDaemon, StandInNoErrorOfAKeyThatIsRefused) {
  start_simulator();
  environment_.erase("UPBIT_SECRET_KEY_FILE");
  environment_["UPBIT_SECRET_KEY"] = std::string(kSecretKey) + "-revoked";
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_for_log("key_not_verified")) << daemon->output();
  ASSERT_TRUE(daemon->wait_for_log("started")) << daemon->output();
  EXPECT_EQ(http_get(daemon->ops_port(), "/health/ready").status, 503);
  daemon->send(SIGTERM);
  EXPECT_EQ(daemon->wait(seconds(60)), 0);
  expect_no_secret(daemon->output());
}

TEST_F(SecretsOfTheDaemon, DatabaseThatIsNotThereIsToldWithoutItsPassword) {
  environment_["DATABASE_URL"] =
      "postgresql://everbit:" + std::string(kPassword) + "@127.0.0.1:1/everbit";
  const Refusal refusal = start_refused();
  EXPECT_EQ(refusal.status, 1);
  EXPECT_THAT(refusal.output, HasSubstr("DB_UNAVAILABLE"));
  expect_no_secret(refusal.output);
}

// libpq quotes the piece of an address that it does not understand.
TEST_F(SecretsOfTheDaemon, AddressThatIsMistypedIsToldWithoutItsPassword) {
  for (const char* odd : {"%zz", " x"}) {
    environment_["DATABASE_URL"] =
        "postgresql://everbit:" + std::string(kPassword) + odd + "@127.0.0.1:1/everbit";
    const Refusal refusal = start_refused();
    EXPECT_NE(refusal.status, 0);
    expect_no_secret(refusal.output);
  }
}

TEST_F(SecretsOfTheDaemon, AreGoneFromTheEnvironment) {
  start_simulator();
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_for_log("ops_listening")) << daemon->output();
  std::ifstream file("/proc/" + std::to_string(daemon->pid()) + "/environ", std::ios::binary);
  const std::string variables(std::istreambuf_iterator<char>(file), {});
  if (variables.empty()) GTEST_SKIP() << "only root may read it";
  EXPECT_THAT(variables, HasSubstr("PATH="));
  expect_no_secret(variables);
}

}  // namespace
}  // namespace everbit::test
