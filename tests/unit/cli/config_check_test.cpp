#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::map<std::string, std::string> kDatabase = {
    {"DATABASE_URL", "postgresql://someone:hush-hush@127.0.0.1:1/none"}};

TEST(ConfigCheck, SaysThatAGoodFileIsGoodAndPrintsNoSecret) {
  const SettingsFolder folder;
  const auto ended = run_everbit({"config", "check", "--config", folder.file()}, kDatabase);
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("hush-hush")));
  const auto json =
      run_everbit({"config", "check", "--json", "--config", folder.file()}, kDatabase);
  EXPECT_EQ(json.out, "{\"ok\":true,\"problems\":[]}\n");
}

TEST(ConfigCheck, NamesAllMistakesAtOnceWithFileLineAndField) {
  const SettingsFolder folder("mode = \"PAPER\"\n[risk]\nmaxOpenMarket = 2\nmaxDailyLossKrw = -1");
  const auto ended = run_everbit({"config", "check", "--config", folder.file()});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr(folder.file() + ":3: risk.maxOpenMarket: unknown key"));
  EXPECT_THAT(ended.out, HasSubstr(folder.file() + ":4: risk.maxDailyLossKrw: "));
  EXPECT_THAT(ended.out, HasSubstr("database.url: missing"));
  const auto json = run_everbit({"config", "check", "--json", "--config", folder.file()});
  EXPECT_EQ(json.code, 1);
  EXPECT_THAT(json.out, HasSubstr("{\"ok\":false,"));
  EXPECT_THAT(json.out, HasSubstr("\"line\":3,\"field\":\"risk.maxOpenMarket\""));
  EXPECT_THAT(json.out, HasSubstr("\"line\":null,\"field\":\"database.url\""));
}

TEST(ConfigCheck, LooksIntoPluginsLockToo) {
  const SettingsFolder folder;
  folder.write("plugins.lock", "[[plugin]]\nid = \"kr.everbit.x\"\nkind = \"strategie\"\n");
  const auto ended = run_everbit({"config", "check", "--config", folder.file()}, kDatabase);
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("plugins.lock:3: plugin.kind"));
}

TEST(ConfigCheck, AFileThatIsNotThereIsOneProblemNotACrash) {
  const auto ended = run_everbit({"config", "check", "--config", "/nonexistent/everbit.toml"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("/nonexistent/everbit.toml"));
}

}  // namespace
}  // namespace everbit::test
