#include "store/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "store/errors.h"
#include "support/database.h"

namespace everbit::store {
namespace {

using test::TestDatabase;

Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

const std::vector<Migration> kTwo = {
    {"0001_a.sql", "CREATE TABLE a (i int);"},
    {"0002_b.sql", "CREATE TABLE b (i int); INSERT INTO b VALUES (1);"}};

TEST(Migrations, ApplyToAnEmptyDatabaseAndTwiceIsANoOp) {
  const TestDatabase database(TestDatabase::Schema::kEmpty);
  const auto first = apply_migrations(database.settings(), soon());
  ASSERT_TRUE(first) << to_string(first.error());
  EXPECT_EQ(first->size(), embedded_migrations().size());
  EXPECT_EQ(first->front(), "0001_foundation.sql");
  const auto second = apply_migrations(database.settings(), soon());
  ASSERT_TRUE(second) << to_string(second.error());
  EXPECT_TRUE(second->empty());
  EXPECT_TRUE(check_schema(database.settings(), soon()));
}

TEST(Migrations, EmbeddedTextIsThatOfTheFilesByteForByte) {
  const char* source = std::getenv("EVERBIT_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  ASSERT_FALSE(embedded_migrations().empty());
  for (const Migration& migration : embedded_migrations()) {
    std::ifstream file(std::string(source) + "/migrations/" + std::string(migration.name));
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), migration.sql) << migration.name;
  }
}

TEST(Migrations, AnEditedFileIsRefusedByNameAndNothingRuns) {
  const TestDatabase database(TestDatabase::Schema::kEmpty);
  ASSERT_TRUE(apply_migrations(database.settings(), soon(), kTwo));
  auto edited = kTwo;
  edited[0].sql = "CREATE TABLE a (i bigint);";
  edited.push_back({"0003_c.sql", "CREATE TABLE c (i int);"});
  const auto result = apply_migrations(database.settings(), soon(), edited);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "MIGRATION_EDITED");
  EXPECT_EQ(result.error().field, "0001_a.sql");
  EXPECT_THAT(result.error().message, testing::HasSubstr("0001_a.sql"));
  EXPECT_EQ(database.value("SELECT to_regclass('c') IS NULL"), "t");
}

TEST(Migrations, AMigrationOfANewerProgramIsRefused) {
  const TestDatabase database(TestDatabase::Schema::kEmpty);
  ASSERT_TRUE(apply_migrations(database.settings(), soon(), kTwo));
  const auto result = migration_status(database.settings(), soon(), std::span(kTwo).first(1));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "MIGRATION_MISSING");
  EXPECT_EQ(result.error().field, "0002_b.sql");
}

TEST(Migrations, AFileThatComesTooLateInTheOrderIsRefused) {
  const TestDatabase database(TestDatabase::Schema::kEmpty);
  ASSERT_TRUE(apply_migrations(database.settings(), soon(), kTwo));
  const std::vector<Migration> late = {kTwo[0], {"0001_z.sql", "SELECT 1"}, kTwo[1]};
  const auto result = apply_migrations(database.settings(), soon(), late);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "MIGRATION_ORDER");
  EXPECT_EQ(result.error().field, "0001_z.sql");
}

TEST(Migrations, AFailingFileLeavesNothingOfItselfAndKeepsThoseBefore) {
  const TestDatabase database(TestDatabase::Schema::kEmpty);
  const std::vector<Migration> broken = {
      kTwo[0], {"0002_b.sql", "CREATE TABLE b (i int); SELECT * FROM nowhere;"}};
  const auto result = apply_migrations(database.settings(), soon(), broken);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "MIGRATION_FAILED");
  EXPECT_THAT(result.error().message, testing::HasSubstr("0002_b.sql"));
  EXPECT_THAT(result.error().message, testing::HasSubstr("nowhere"));
  EXPECT_EQ(database.value("SELECT to_regclass('b') IS NULL AND to_regclass('a') IS NOT NULL"),
            "t");
  const auto repaired = apply_migrations(database.settings(), soon(), kTwo);
  ASSERT_TRUE(repaired);
  EXPECT_THAT(*repaired, testing::ElementsAre("0002_b.sql"));
}

TEST(Migrations, AFileThatCommitsByItselfIsRefused) {
  const TestDatabase database(TestDatabase::Schema::kEmpty);
  const std::vector<Migration> sneaky = {{"0001_a.sql", "CREATE TABLE a (i int); COMMIT;"}};
  const auto result = apply_migrations(database.settings(), soon(), sneaky);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "MIGRATION_FAILED");
}

TEST(Migrations, TwoMigratorsAtOnceApplyEachFileOnce) {
  const TestDatabase database(TestDatabase::Schema::kEmpty);
  std::vector<Result<std::vector<std::string>>> results(4, Error("X", "did not run"));
  {
    std::vector<std::jthread> threads;
    for (auto& result : results) {
      threads.emplace_back([&] { result = apply_migrations(database.settings(), soon()); });
    }
  }
  std::size_t applied = 0;
  for (const auto& result : results) {
    ASSERT_TRUE(result) << to_string(result.error());
    applied += result->size();
  }
  EXPECT_EQ(applied, embedded_migrations().size());
}

TEST(Migrations, ADaemonDoesNotStartOnAnOldSchema) {
  const TestDatabase database(TestDatabase::Schema::kEmpty);
  ASSERT_TRUE(apply_migrations(database.settings(), soon(), embedded_migrations().first(2)));
  const auto result = check_schema(database.settings(), soon());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "SCHEMA_OUTDATED");
  EXPECT_EQ(result.error().field, embedded_migrations()[2].name);
}

}  // namespace
}  // namespace everbit::store
