#include "config/document.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "base/files.h"
#include "config/load.h"
#include "config/plugins_lock.h"
#include "config/schema.h"

namespace everbit::config {
namespace {

std::filesystem::path shipped(const char* name) {
  const char* source = std::getenv("EVERBIT_SOURCE_DIR");
  return std::filesystem::path(source == nullptr ? "." : source) / "config" / name;
}

Secrets with_database() {
  Secrets secrets;
  secrets.found["DATABASE_URL"] = Secret("postgresql://everbit@localhost/everbit");
  return secrets;
}

// EVERBIT_WRITE_DOCUMENT=1 rewrites the shipped file after the schema has changed.
TEST(SettingsDocument, TheShippedFileSaysWhatTheSchemaSays) {
  if (std::getenv("EVERBIT_WRITE_DOCUMENT") != nullptr) {
    ASSERT_TRUE(write_file_atomic(shipped("everbit.toml"), settings_document(), 0644));
  }
  const auto text = read_file(shipped("everbit.toml"), 1U << 20U);
  ASSERT_TRUE(text) << to_string(text.error());
  EXPECT_EQ(*text, settings_document()) << "rewrite it: EVERBIT_WRITE_DOCUMENT=1 config_test";
}

TEST(SettingsDocument, TheShippedFileLoadsAndIsTheDefaults) {
  const auto from_file = load_settings(shipped("everbit.toml"), with_database());
  const auto from_nothing = load_settings_text("", "nothing", with_database());
  ASSERT_TRUE(from_file.settings);
  ASSERT_TRUE(from_nothing.settings);
  EXPECT_EQ(from_file.settings->effective, from_nothing.settings->effective);
  EXPECT_EQ(from_file.settings->effective.size(), schema().size());
}

TEST(SettingsDocument, EveryKeyIsExplainedInBothLanguagesWithinItsColumns) {
  for (const Key& key : schema()) {
    EXPECT_FALSE(key.english.empty()) << key.name;
    EXPECT_FALSE(key.korean.empty()) << key.name;
  }
  std::istringstream lines(settings_document());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) {
      EXPECT_LE(line.size(), 200U) << line;
    }
  }
}

TEST(PluginsLockDocument, TheShippedSampleParses) {
  const auto loaded = PluginsLock::load(shipped("plugins.lock.sample"));
  EXPECT_TRUE(loaded.problems.empty());
  EXPECT_FALSE(loaded.lock.plugins().empty());
}

}  // namespace
}  // namespace everbit::config
