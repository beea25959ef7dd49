#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;
using Words = std::vector<std::string>;

// What stands behind `everbit` in a shell when the tabulator is pressed.
Words completed(Words line) {
  line.insert(line.begin(), "complete");
  std::istringstream lines(run_everbit(line).out);
  Words found;
  for (std::string word; std::getline(lines, word);) found.push_back(word);
  return found;
}

TEST(Completion, EveryCommandOfTheHelpIsOffered) {
  const Words found = completed({""});
  EXPECT_THAT(found, IsSupersetOf({"status", "why", "kill", "orders", "backtest", "completion"}));
  EXPECT_THAT(found, Not(Contains("complete")));
  EXPECT_EQ(Words({"reconcile", "restore"}), completed({"re"}));
}

TEST(Completion, TheSecondWordOfACommandIsOfferedBesideTheOptionsOfTheFirst) {
  EXPECT_THAT(completed({"orders", ""}), IsSupersetOf({"cancel", "resolve", "--limit", "--json"}));
  EXPECT_THAT(completed({"orders", "c"}), ElementsAre("cancel"));
  EXPECT_THAT(completed({"candles", ""}), Not(Contains(StartsWith("-"))));
}

TEST(Completion, OptionsAreThoseOfTheCommandsOwnHelp) {
  for (const Words& command : {Words{"orders"}, Words{"kill"}, Words{"backtest", "run"}}) {
    Words help = command;
    help.push_back("--help");
    Words line = command;
    line.push_back("--");
    const Words found = completed(line);
    EXPECT_THAT(found, Contains("--help"));
    for (const std::string& option : found) EXPECT_THAT(run_everbit(help).out, HasSubstr(option));
  }
}

TEST(Completion, ALineThatIsNoCommandIsLeftAlone) {
  EXPECT_THAT(completed({"no-such-command", ""}), IsEmpty());
  EXPECT_THAT(completed({"orders", "--limit", ""}), Each(AllOf(Not(StartsWith("no")))));
}

TEST(Completion, AScriptForEachShellAndNoneForAnother) {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    const auto ended = run_everbit({"completion", shell});
    EXPECT_EQ(ended.code, 0);
    EXPECT_THAT(ended.out, HasSubstr("everbit complete "));
  }
  EXPECT_EQ(run_everbit({"completion", "csh"}).code, 2);
  EXPECT_EQ(run_everbit({"completion"}).code, 2);
}

}  // namespace
}  // namespace everbit::test
