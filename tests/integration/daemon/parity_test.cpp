#include <gmock/gmock.h>

#include <csignal>

#include "base/clock.h"
#include "integration/daemon/daemon.h"
#include "unit/cli/run_everbit.h"

// A life of some minutes, recorded by the daemon and run again by `everbit parity`.
namespace everbit::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class ParityOfADaemon : public DaemonTest {
 protected:
  void SetUp() override {
    const auto left = std::chrono::hours(24) - (SystemClock().now() - Timestamp()) %
                                                   std::chrono::nanoseconds(std::chrono::hours(24));
    if (left < std::chrono::minutes(15)) GTEST_SKIP() << "the day ends before the test would";
  }
  Ended parity(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"parity", "--config", settings_file_.string(), "--date", day()};
    words.insert(words.end(), more.begin(), more.end());
    return run_everbit(words, environment_);
  }
  // That of the warm-up: a minute later it may be the next.
  std::string day() const {
    return database_.value(
        "SELECT to_char(min(as_of) AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM strategy_state_daily");
  }
  int count(const std::string& what) const {
    return std::stoi(database_.value("SELECT count(*) FROM " + what));
  }
  // Until the candles of so many decisions are old enough to be fetched.
  std::string wait_for(const std::string& decisions) {
    std::string told;
    EXPECT_TRUE(eventually(
        [&] {
          const Ended ended = parity({"--json"});
          told = ended.out + ended.err;
          return ended.out.find("\"decisions\":" + decisions + ",\"late\"") != std::string::npos;
        },
        seconds(120)))
        << told;
    return told;
  }
};

TEST_F(ParityOfADaemon, QuietLifeIsWhatItsBackTestGives) {
  start_simulator();
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  const Ended nothing = run_everbit(
      {"parity", "--config", settings_file_.string(), "--date", "2026-01-02", "--no-fetch"},
      environment_);
  EXPECT_EQ(nothing.code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("NOT_RECORDED"));
  ASSERT_TRUE(eventually([&] { return count("decision_input") >= 1; }, seconds(120)))
      << daemon->output();
  ASSERT_TRUE(eventually([&] { return parity().code == 0; }, seconds(120))) << parity().err;
  const Ended told = parity({"--json"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr(R"("passed":true)"));
  EXPECT_THAT(told.out, HasSubstr(R"("unrecorded":0)"));
  EXPECT_THAT(told.out, HasSubstr(R"("differences":[],"candles":[])"));
  EXPECT_THAT(parity().out, HasSubstr("Live is what the back-test gives."));
}

TEST_F(ParityOfADaemon, WhatIsPlantedInALifeWithOrdersIsToldApart) {
  start_simulator({"--scenario", "demo", "--markets", "KRW-BTC", "--history-days", "2"});
  install("kr.everbit.follower", "strategy", "tests/faults/strategy-follower.so");
  write_settings("strategy.key = \"FOLLOWER\"\nstrategy.plugin = \"kr.everbit.follower\"\n");
  const auto daemon = start();
  ASSERT_TRUE(daemon->wait_ready()) << daemon->output();
  ASSERT_EQ(run_everbit(
                {"kill", "on", "--strategy", "FOLLOWER", "on", "--config", settings_file_.string()},
                environment_)
                .code,
            0);
  ASSERT_TRUE(eventually(
      [&] {
        return count("order_intent WHERE side = 'BUY' AND status = 'COMPLETED'") >= 1 &&
               count("decision_input WHERE position ->> 'state' = '2'") >= 1;
      },
      seconds(420)))
      << daemon->output();
  daemon->send(SIGTERM);
  ASSERT_EQ(daemon->wait(seconds(60)), 0) << daemon->output();
  // How fast this machine is today is not what is tested.
  database_.sql("UPDATE decision SET decided_at = candle_close_time + interval '1 s'");
  const int decisions = count("decision");
  ASSERT_EQ(count("decision_input"), decisions);
  const std::string clean = wait_for(std::to_string(decisions));
  EXPECT_THAT(clean, HasSubstr(R"("counts":{"data":0,"timing":0)"));
  EXPECT_THAT(clean, HasSubstr(R"("state":0,"unrecorded":0)"));

  const std::string entry =
      " WHERE candle_close_time = (SELECT min(candle_close_time) FROM signal WHERE side = 'BUY')";
  const auto told_after = [&](const std::string& sql) {
    database_.sql(sql);
    return parity({"--json", "--no-fetch"});
  };
  Ended told = told_after("UPDATE decision SET state = 'PLANTED'" + entry);
  EXPECT_EQ(told.code, 1);
  EXPECT_THAT(told.out, HasSubstr(R"("state":1,"unrecorded":0)"));
  EXPECT_THAT(parity({"--no-fetch"}).out, HasSubstr("A bug"));

  told = told_after("UPDATE decision SET decided_at = candle_close_time + interval '5 s'" + entry);
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr(R"("counts":{"data":0,"timing":1)"));

  told = told_after(
      "UPDATE candle_cache SET volume = volume + 1 WHERE candle_time = (SELECT "
      "min(candle_close_time) - interval '1 min' FROM signal WHERE side = 'BUY')");
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr(R"("counts":{"data":1,"timing":0)"));

  told = told_after(
      "UPDATE candle_cache SET volume = volume - 1 WHERE candle_time = (SELECT "
      "min(candle_close_time) - interval '1 min' FROM signal WHERE side = 'BUY'); "
      "UPDATE decision SET decided_at = candle_close_time" +
      entry + "; DELETE FROM decision_input" + entry);
  EXPECT_EQ(told.code, 2) << told.out;
  EXPECT_THAT(told.out, HasSubstr(R"("state":0,"unrecorded":1)"));
}

}  // namespace
}  // namespace everbit::test
