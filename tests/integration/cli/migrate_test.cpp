#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/migrations.h"
#include "support/database.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

class Migrate : public ::testing::Test {
 protected:
  Ended run(Words words) {
    words.insert(words.end(), {"--config", folder_.file()});
    return run_everbit(words, {{"DATABASE_URL", database_.dsn()}});
  }

  TestDatabase database_{TestDatabase::Schema::kEmpty};
  SettingsFolder folder_;
};

TEST_F(Migrate, MakesAnEmptyDatabaseReadyAndTheSecondRunChangesNothing) {
  const auto first = run({"migrate"});
  ASSERT_EQ(first.code, 0) << first.err;
  for (const auto& migration : store::embedded_migrations()) {
    EXPECT_THAT(first.out, HasSubstr(std::string(migration.name)));
  }
  EXPECT_EQ(database_.value("SELECT account_position FROM kill_switch"), "OFF");
  const std::string tag = database_.value("SELECT tag FROM installation");
  const auto second = run({"migrate", "--json"});
  EXPECT_EQ(second.code, 0);
  EXPECT_EQ(second.out, "{\"applied\":[],\"installationTag\":\"" + tag + "\"}\n");
}

TEST_F(Migrate, StatusAppliesNothing) {
  const auto before = run({"migrate", "--status", "--json"});
  EXPECT_EQ(before.code, 0) << before.err;
  EXPECT_THAT(before.out, HasSubstr("{\"name\":\"0001_foundation.sql\",\"appliedAt\":null}"));
  EXPECT_EQ(database_.value("SELECT to_regclass('app_user') IS NULL"), "t");
  ASSERT_EQ(run({"migrate"}).code, 0);
  EXPECT_THAT(run({"migrate", "--status", "--json"}).out, Not(HasSubstr("null")));
}

TEST_F(Migrate, OtherCommandsSayThatItMustRunFirst) {
  for (const Words& words : {Words{"status"}, Words{"orders"}, Words{"kill", "on"}}) {
    const auto ended = run(words);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.err, HasSubstr("SCHEMA_OUTDATED"));
    EXPECT_THAT(ended.err, HasSubstr("everbit migrate"));
  }
  const auto status = run({"status", "--json"});
  EXPECT_THAT(status.out, HasSubstr("\"pending\":[\"0001_foundation.sql\""));
}

TEST_F(Migrate, AnEditedMigrationStopsItByName) {
  ASSERT_EQ(run({"migrate"}).code, 0);
  database_.sql("UPDATE schema_migration SET sha256 = repeat('0', 64) WHERE name LIKE '0002%'");
  const auto ended = run({"migrate"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("MIGRATION_EDITED 0002_gates_and_settings.sql"));
}

}  // namespace
}  // namespace everbit::test
