#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "integration/store/rows_fixture.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string>;

// The database has an owner whose switch is ON with EXTREME_FLIP enabled.
class Kill : public ::testing::Test {
 protected:
  Ended kill(Words words) {
    words.insert(words.begin(), "kill");
    words.insert(words.end(), {"--json", "--config", folder_.file()});
    return run_everbit(words, {{"DATABASE_URL", rows_.database().dsn()}});
  }
  std::string row() {
    return rows_.database().value(
        "SELECT account_position || ' ' || enabled_strategies::text FROM kill_switch");
  }
  std::string audits() { return rows_.database().value("SELECT count(*) FROM audit_log"); }
  void block(const std::string& until) {
    rows_.database().sql("INSERT INTO exchange_block (owner_id, side, blocked_until) VALUES (" +
                         rows_.owner_text() + ", 'exchange', now() + interval '" + until + "')");
  }

  TradingRows rows_;
  SettingsFolder folder_;
};

TEST_F(Kill, StopsInStepsAndStartsAgainEachWithItsAuditRow) {
  const auto off = kill({"off"});
  ASSERT_EQ(off.code, 0) << off.err;
  EXPECT_THAT(off.out, HasSubstr("{\"position\":\"OFF\",\"accountEnabled\":false"));
  EXPECT_EQ(row(), "OFF [\"EXTREME_FLIP\"]");
  EXPECT_EQ(kill({"exits"}).code, 0);
  EXPECT_EQ(row(), "EXITS_ONLY [\"EXTREME_FLIP\"]");
  EXPECT_EQ(kill({"on"}).code, 0);
  EXPECT_EQ(row(), "ON [\"EXTREME_FLIP\"]");
  EXPECT_EQ(audits(), "3");
  EXPECT_EQ(rows_.database().value(
                "SELECT actor || ' ' || actor_uid || ' ' || (before_json->>'position') || ' ' || "
                "(after_json->>'position') FROM audit_log ORDER BY id LIMIT 1"),
            "cli:" + std::to_string(getuid()) + " " + std::to_string(getuid()) + " ON OFF");
  EXPECT_EQ(kill({"on"}).code, 0);
  EXPECT_EQ(audits(), "3") << "what stands already is no change";
}

TEST_F(Kill, SwitchesOneStrategyAndTheAccountInOneGo) {
  ASSERT_EQ(kill({"--strategy", "EXTREME_FLIP", "off"}).code, 0);
  EXPECT_EQ(row(), "ON []");
  ASSERT_EQ(kill({"off"}).code, 0);
  const auto both = kill({"on", "--strategy", "EXTREME_FLIP", "on"});
  ASSERT_EQ(both.code, 0) << both.err;
  EXPECT_EQ(row(), "ON [\"EXTREME_FLIP\"]");
  EXPECT_THAT(both.out, HasSubstr("[{\"strategyKey\":\"EXTREME_FLIP\",\"enabled\":true}]"));
}

TEST_F(Kill, AMistypedStrategyIsNotTakenForOneThatWasStopped) {
  const auto ended = kill({"--strategy", "EXTREM_FLIP", "off"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("STRATEGY_UNKNOWN"));
  EXPECT_EQ(row(), "ON [\"EXTREME_FLIP\"]");
}

TEST_F(Kill, NothingStartsDuringABlockButEverythingStops) {
  block("10 min");
  ASSERT_EQ(kill({"off", "--strategy", "EXTREME_FLIP", "off"}).code, 0);
  for (const Words& words :
       {Words{"on"}, Words{"exits"}, Words{"--strategy", "EXTREME_FLIP", "on"}}) {
    const auto ended = kill(words);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.err, HasSubstr("UPBIT_BLOCKED_418"));
  }
  EXPECT_EQ(row(), "OFF []");
  EXPECT_EQ(audits(), "2") << "a refusal leaves no trace of a change";
}

TEST_F(Kill, ABlockThatIsOverDoesNotCount) {
  block("-1 s");
  ASSERT_EQ(kill({"off"}).code, 0);
  EXPECT_EQ(kill({"on"}).code, 0);
}

TEST_F(Kill, TheOwnersFileKeepsTradingFromStarting) {
  folder_.write("kill-switch.off", "");
  EXPECT_EQ(kill({"exits"}).code, 0);
  const auto ended = kill({"on"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("KILL_FILE_PRESENT"));
  EXPECT_EQ(row(), "EXITS_ONLY [\"EXTREME_FLIP\"]");
}

TEST_F(Kill, OffEndsAFlatten) {
  rows_.database().sql(
      "UPDATE kill_switch SET account_position = 'EXITS_ONLY', flatten_active = true");
  EXPECT_THAT(kill({"exits"}).out, HasSubstr("\"flattenActive\":true"));
  EXPECT_THAT(kill({"off"}).out, HasSubstr("\"flattenActive\":false"));
}

TEST_F(Kill, OffNeedsNoDatabaseAndTheDatabaseHasItLater) {
  const auto off = run_everbit({"kill", "off", "--json", "--config", folder_.file()},
                               {{"DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none"}});
  ASSERT_EQ(off.code, 0) << off.err;
  EXPECT_THAT(off.out, HasSubstr("\"position\":\"OFF\""));
  EXPECT_THAT(off.out, HasSubstr("\"stored\":false"));
  EXPECT_EQ(row(), "ON [\"EXTREME_FLIP\"]");
  EXPECT_THAT(kill({"status"}).out, HasSubstr("\"stored\":true"));
  EXPECT_EQ(row(), "OFF [\"EXTREME_FLIP\"]");
  const auto on = run_everbit({"kill", "on", "--json", "--config", folder_.file()},
                              {{"DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none"}});
  EXPECT_EQ(on.code, 1);
}

TEST_F(Kill, AFlattenIsAskedForAndStaysUntilItIsEnded) {
  const auto flatten = [&](Words words) {
    words.insert(words.begin(), "flatten");
    words.insert(words.end(), {"--json", "--config", folder_.file()});
    return run_everbit(words, {{"DATABASE_URL", rows_.database().dsn()}});
  };
  EXPECT_NE(flatten({}).code, 0) << "nobody said yes";
  EXPECT_EQ(row(), "ON [\"EXTREME_FLIP\"]");
  const auto begun = flatten({"--yes"});
  ASSERT_EQ(begun.code, 0) << begun.err;
  EXPECT_THAT(begun.out, HasSubstr("{\"position\":\"EXITS_ONLY\",\"intents\":[]"));
  EXPECT_THAT(kill({"status"}).out, HasSubstr("\"flattenActive\":true"));
  EXPECT_EQ(row(), "EXITS_ONLY [\"EXTREME_FLIP\"]");
  EXPECT_THAT(flatten({"end"}).out, HasSubstr("\"flattenActive\":false"));
  EXPECT_EQ(row(), "EXITS_ONLY [\"EXTREME_FLIP\"]");
}

TEST_F(Kill, StatusOnlyLooks) {
  const auto ended = kill({"status"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, HasSubstr("\"position\":\"ON\",\"accountEnabled\":true"));
  EXPECT_EQ(audits(), "0");
}

}  // namespace
}  // namespace everbit::test
