#include "config/plugins_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace everbit::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kSha(64, 'a');

std::vector<std::string> problems_of(std::string_view toml) {
  std::vector<std::string> texts;
  const auto loaded = PluginsLock::parse(toml, "plugins.lock");
  for (const auto& problem : loaded.problems) texts.push_back(to_string(problem));
  if (!texts.empty()) {
    EXPECT_TRUE(loaded.lock.plugins().empty());
  }
  return texts;
}

std::string entry(const std::string& sha, const std::string& more = "") {
  return "[[plugin]]\nid = \"kr.everbit.x\"\nkind = \"strategy\"\nsha256 = \"" + sha + "\"\n" +
         more;
}

TEST(PluginsLock, ReadsEntriesAndFindsThemByHashAndId) {
  const std::string other(64, 'b');
  const auto loaded = PluginsLock::parse(
      entry(kSha, "grants = [\"eb.decimal/1\", \"eb.state/1\"]\nstateSchema = \"x:1:1\"\n") +
          entry(other),
      "plugins.lock");
  ASSERT_TRUE(loaded.problems.empty());
  const LockedPlugin* plugin = loaded.lock.find_sha256(kSha);
  ASSERT_NE(plugin, nullptr);
  EXPECT_TRUE(plugin->grants_extension("eb.state/1"));
  EXPECT_FALSE(plugin->grants_extension("eb.http/1"));
  EXPECT_EQ(plugin->state_schema, "x:1:1");
  EXPECT_EQ(loaded.lock.find_id("kr.everbit.x").size(), 2U);
  EXPECT_EQ(loaded.lock.find_sha256(std::string(64, 'c')), nullptr);
}

TEST(PluginsLock, AnEmptyFileAllowsNothing) {
  EXPECT_TRUE(PluginsLock::parse("", "plugins.lock").lock.plugins().empty());
}

TEST(PluginsLock, OneBadEntryRefusesTheWholeFile) {
  EXPECT_THAT(problems_of(entry(kSha) + entry(std::string(63, 'a'))),
              ElementsAre("plugins.lock:8: plugin.sha256: expected 64 lower-case hex digits"));
  EXPECT_THAT(problems_of(entry(std::string(64, 'A'))), ElementsAre(HasSubstr("lower-case")));
  EXPECT_THAT(problems_of(entry(kSha) + entry(kSha)), ElementsAre(HasSubstr("stands twice")));
  EXPECT_THAT(problems_of(entry(kSha, "grant = []")), ElementsAre(HasSubstr("plugin.grant")));
  EXPECT_THAT(problems_of(entry(kSha, "grants = [\"http\"]")),
              ElementsAre(HasSubstr("expected an extension id")));
  EXPECT_THAT(problems_of(entry(kSha, "grants = [1]")), ElementsAre(HasSubstr("expected text")));
  EXPECT_EQ(problems_of("[[plugin]]").size(), 3U);
  EXPECT_EQ(problems_of("plugin = 1").size(), 1U);
  EXPECT_EQ(problems_of("plugins = []").size(), 1U);
  EXPECT_EQ(problems_of("[[plugin").size(), 1U);
}

}  // namespace
}  // namespace everbit::config
