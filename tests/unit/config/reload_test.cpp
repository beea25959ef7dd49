#include "config/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"
#include "config/schema.h"

namespace everbit::config {
namespace {

using testing::ElementsAre;

Settings settings(std::string_view toml) {
  Secrets secrets;
  secrets.found["DATABASE_URL"] = Secret("postgresql://h/d");
  auto loaded = load_settings_text(toml, "everbit.toml", secrets);
  EXPECT_TRUE(loaded.settings);
  return *loaded.settings;
}

TEST(Reload, TellsWhatActsNowFromWhatWaits) {
  const auto plan = plan_reload(settings(""), settings(R"(
[log]
level = "debug"
format = "console"
[ops]
hosts = ["everbit.internal"]
)"));
  EXPECT_THAT(plan.running, ElementsAre("ops.hosts", "log.level"));
  EXPECT_THAT(plan.restart, ElementsAre("log.format"));
}

TEST(Reload, AnotherSpellingOfTheSameValueIsNoChange) {
  EXPECT_TRUE(
      plan_reload(settings("roles = [ 'trader' ]"), settings("roles=[\"trader\"]")).empty());
}

TEST(Reload, AppliesNothingThatNeedsARestart) {
  const Settings next = settings("[log]\nlevel = \"debug\"\nformat = \"console\"");
  const Settings current = settings("");
  const Settings after = apply_reload(current, next, plan_reload(current, next));
  EXPECT_EQ(after.log.level, LogLevel::kDebug);
  EXPECT_EQ(after.log.format, LogFormat::kJson);
  EXPECT_EQ(plan_reload(after, next).restart, std::vector<std::string>{"log.format"});
  EXPECT_TRUE(plan_reload(after, next).running.empty());
}

// apply_reload() names the fields one by one; a key newly marked kRunning must be added there.
TEST(Reload, EveryRunningKeyIsApplied) {
  std::vector<std::string_view> running;
  for (const Key& key : schema()) {
    if (key.rule.change == Change::kRunning) running.push_back(key.name);
  }
  EXPECT_THAT(running, ElementsAre("ops.hosts", "log.level"));
}

}  // namespace
}  // namespace everbit::config
