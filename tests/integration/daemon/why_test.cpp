#include <gmock/gmock.h>

#include "integration/daemon/daemon.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class WhyOfADaemon : public DaemonTest {
 protected:
  void SetUp() override { start_simulator(); }
};

// From the strategy's own words in a candle's transaction to the owner's terminal.
TEST_F(WhyOfADaemon, ACandleThatHasJustClosedIsExplained) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  ASSERT_TRUE(eventually([&] { return database_.value("SELECT count(*) FROM decision") != "0"; },
                         seconds(120)))
      << daemon->output();
  const auto close = database_.value(
      "SELECT to_char(min(candle_close_time) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI') "
      "FROM decision");
  const Ended told =
      run_everbit({"why", "KRW-BTC", close, "--config", settings_file_.string()}, environment_);
  ASSERT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("KRW-BTC 1m  EXTREME_FLIP  REAL"));
  // Two days of history are too few for the regime.
  EXPECT_THAT(told.out, HasSubstr("no entries  (REGIME_WARMUP)"));
  EXPECT_THAT(told.out, HasSubstr("국면 지표 준비 · the regime is known"));
  EXPECT_EQ(database_.value("SELECT bool_and(pg_column_size(d.*) <= 1024) FROM decision d"), "t");
  // Nobody trades in a market that stands still, and the exchange said so.
  EXPECT_EQ(database_.value("SELECT count(*) FROM candle_gap WHERE cause <> 'NO_TRADE'"), "0");
  EXPECT_EQ(database_.value("SELECT (SELECT count(*) FROM candle_gap) = "
                            "(SELECT count(*) FROM decision WHERE volume = 0)"),
            "t");
  EXPECT_TRUE(eventually([&] {
    const std::string metrics = http_get(daemon->ops_port(), "/metrics").body;
    return metrics.find("everbit_candle_gaps_total{") != std::string::npos;
  })) << "the alarm on missing candles has nothing to look at";
}

}  // namespace
}  // namespace everbit::test
