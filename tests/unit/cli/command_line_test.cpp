#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Words = std::vector<std::string>;

TEST(Everbit, HelpListsEveryCommandAndGoesToStandardOutput) {
  const auto ended = run_everbit({"--help"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, IsEmpty());
  for (const auto* name : {"status", "orders", "kill", "flatten", "migrate", "restore",
                           "config check", "plugin list", "plugin info", "backtest run"}) {
    EXPECT_THAT(ended.out, HasSubstr(std::string("\n  ") + name)) << name;
  }
}

class EveryCommand : public ::testing::TestWithParam<Words> {};

TEST_P(EveryCommand, AnswersHelpInBothLanguagesWithoutSettingsOrServer) {
  Words words = GetParam();
  words.push_back("--help");
  const auto ended = run_everbit(words);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("종료 코드 · Exit codes"));
  EXPECT_THAT(ended.out, HasSubstr("--json"));
}

TEST_P(EveryCommand, RefusesAnUnknownOptionAndDoesNothing) {
  Words words = GetParam();
  words.push_back("--no-such-option");
  const auto ended = run_everbit(words);
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.err, HasSubstr("--no-such-option"));
}

INSTANTIATE_TEST_SUITE_P(Each, EveryCommand,
                         ::testing::Values(Words{"status"}, Words{"orders"}, Words{"kill"},
                                           Words{"flatten"}, Words{"migrate"}, Words{"restore"},
                                           Words{"config", "check"}, Words{"plugin", "list"},
                                           Words{"plugin", "info"}, Words{"backtest", "run"}),
                         [](const auto& command) {
                           std::string name;
                           for (const auto& word : command.param) name += word;
                           return name;
                         });

class BadLine : public ::testing::TestWithParam<Words> {};

// A slip of the hand must never switch, migrate or list something else than was meant.
TEST_P(BadLine, IsRefusedBeforeAnythingIsRead) {
  const auto ended = run_everbit(GetParam());
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.err, HasSubstr("everbit"));
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadLine,
    ::testing::Values(Words{}, Words{"kil"}, Words{"config"}, Words{"plugin"},
                      Words{"status", "now"}, Words{"orders", "--limit", "0"},
                      Words{"orders", "--limit", "101"}, Words{"orders", "--limit", "many"},
                      Words{"orders", "--market", "KRW-BTC'--"}, Words{"orders", "--mode", "real"},
                      Words{"migrate", "--timeout", "0"}, Words{"migrate", "--stat"}, Words{"kill"},
                      Words{"kill", "maybe"}, Words{"kill", "on", "off"},
                      Words{"kill", "on", "--strategy", "EXTREME_FLIP"},
                      Words{"kill", "--strategy", "EXTREME_FLIP", "on", "off"},
                      Words{"kill", "--strategy", "extreme", "on"},
                      Words{"kill", "--strategy", "EXTREME_FLIP", "exits"},
                      Words{"kill", "status", "--strategy", "EXTREME_FLIP", "on"},
                      Words{"plugin", "info"}, Words{"backtest", "run"}));

TEST(Everbit, NamesTheUnreachableDatabaseWhatToDoAndNoPassword) {
  const SettingsFolder folder;
  for (const Words& command : {Words{"status"}, Words{"orders"}, Words{"kill", "on"},
                               Words{"migrate"}, Words{"migrate", "--status"}}) {
    Words words = command;
    words.insert(words.end(), {"--config", folder.file()});
    const auto ended =
        run_everbit(words, {{"DATABASE_URL", "postgresql://someone:hush-hush@127.0.0.1:1/none"}});
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("DB_UNAVAILABLE"));
    EXPECT_THAT(ended.err, HasSubstr("database.url"));
    EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("hush-hush")));
  }
}

TEST(Everbit, NamesEveryMistakeOfTheSettingsAndSaysWhichCommandExplains) {
  const SettingsFolder folder("mode = \"LIVE\"");
  const auto ended = run_everbit({"status", "--config", folder.file()});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("everbit.toml:1: mode"));
  EXPECT_THAT(ended.err, HasSubstr("database.url"));
  EXPECT_THAT(ended.err, HasSubstr("everbit config check"));
}

}  // namespace
}  // namespace everbit::test
