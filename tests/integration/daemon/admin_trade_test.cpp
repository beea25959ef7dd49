#include <gmock/gmock.h>

#include <csignal>

#include "integration/daemon/daemon.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kByDaemon = "by the daemon";
constexpr const char* kWithoutDaemon = "no daemon answers";

class TradeByTheDaemon : public DaemonTest {
 protected:
  void SetUp() override { start_simulator(); }

  Ended everbit(std::vector<std::string> words) {
    words.insert(words.end(), {"--json", "--config", settings_file_.string()});
    return run_everbit(words, environment_);
  }
};

// Each command that acts, first with the daemon there, then without it.
TEST_F(TradeByTheDaemon, EveryCommandAsksTheDaemonAndKnowsWhatItMayDoWithoutIt) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  ASSERT_EQ(everbit({"kill", "on"}).code, 0);

  EXPECT_THAT(everbit({"orders"}).out, HasSubstr(R"({"items":[],"nextCursor":null})"));
  EXPECT_TRUE(eventually([&] {
    const auto markets = everbit({"markets"});
    return markets.code == 0 && markets.out.find("\"lastPrice\":\"") != std::string::npos;
  })) << "only the daemon knows a price";
  const auto empty = everbit({"close", "KRW-BTC", "--yes"});
  EXPECT_EQ(empty.code, 1);
  EXPECT_THAT(empty.err, HasSubstr("NO_POSITION"));
  EXPECT_EQ(everbit({"close", "--yes"}).code, 2);
  EXPECT_EQ(everbit({"close", "KRW-BTC"}).code, 1) << "nobody said yes";
  const auto compared = everbit({"reconcile"});
  EXPECT_EQ(compared.code, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("\"status\":\"DONE\""));
  EXPECT_THAT(compared.err, HasSubstr(kByDaemon));
  const auto set = everbit({"position", "set", "KRW-BTC", "0"});
  EXPECT_EQ(set.code, 0) << set.err;
  EXPECT_THAT(set.err, HasSubstr(kByDaemon));
  EXPECT_THAT(everbit({"position", "show", "KRW-BTC"}).out, HasSubstr("\"atExchange\":"));
  const auto begun = everbit({"flatten", "--yes"});
  EXPECT_EQ(begun.code, 0) << begun.err;
  EXPECT_THAT(begun.out, HasSubstr(R"({"position":"EXITS_ONLY","intents":[],"skipped":[]})"));
  EXPECT_THAT(begun.err, HasSubstr(kByDaemon));
  const auto ended = everbit({"flatten", "end"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"flattenActive\":false"));

  std::string metrics;
  EXPECT_TRUE(eventually([&] {
    metrics = http_get(daemon->ops_port(), "/metrics").body;
    return metrics.find("everbit_market_state{market=\"KRW-BTC\",state=\"ACTIVE\"} 1") !=
           std::string::npos;
  })) << metrics;
  for (const char* line : {"everbit_upbit_http_requests_total{endpoint=\"/v1/"
                           "accounts\",method=\"GET\",status=\"200\"} ",
                           "everbit_upbit_rate_limit_remaining{group=\"order\"} ",
                           "everbit_order_attempt_total{status=\"UNKNOWN\"} 0",
                           "everbit_market_state{market=\"KRW-BTC\",state=\"SUSPENDED\"} 0"}) {
    EXPECT_THAT(metrics, HasSubstr(line));
  }

  daemon->send(SIGTERM);
  EXPECT_EQ(daemon->wait(seconds(30)), 0);
  EXPECT_THAT(everbit({"orders"}).out, HasSubstr(R"({"items":[],"nextCursor":null})"));
  EXPECT_THAT(everbit({"markets"}).out, HasSubstr("\"lastPrice\":null"));
  const auto closed = everbit({"close", "KRW-BTC", "--yes"});
  EXPECT_EQ(closed.code, 1);
  EXPECT_THAT(closed.err, HasSubstr("ADMIN_UNREACHABLE"));
  const auto alone = everbit({"flatten", "--yes"});
  EXPECT_EQ(alone.code, 0) << alone.err;
  EXPECT_THAT(alone.err, HasSubstr(kWithoutDaemon));
  EXPECT_EQ(database_.value("SELECT flatten_active FROM kill_switch"), "t");
}

}  // namespace
}  // namespace everbit::test
