#include "store/transaction.h"

#include <gtest/gtest.h>

#include <thread>

#include "store/errors.h"
#include "support/commit_proxy.h"
#include "support/database.h"

namespace everbit::store {
namespace {

using namespace std::chrono_literals;
using test::CommitProxy;
using test::TestDatabase;

constexpr Sql kInsert{"INSERT INTO installation (tag) VALUES ($1)"};
constexpr Sql kOne{"SELECT 1"};

Deadline soon() { return Deadline::after(20s); }

std::string count(const TestDatabase& database) {
  return database.value("SELECT count(*) FROM installation");
}

TEST(Transaction, WhatIsCommittedStaysAndWhatIsNotIsGone) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  {
    auto transaction = Transaction::begin(*pool, soon());
    ASSERT_TRUE(transaction && transaction->exec(kInsert, "aaaaaa"));
  }
  EXPECT_EQ(count(database), "0");
  auto transaction = Transaction::begin(*pool, soon());
  ASSERT_TRUE(transaction && transaction->exec(kInsert, "bbbbbb"));
  EXPECT_TRUE(transaction->commit().committed());
  EXPECT_EQ(count(database), "1");
  EXPECT_FALSE(transaction->exec(kOne));
  EXPECT_EQ(transaction->commit().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(pool->stats().idle, 1u);
}

TEST(Transaction, AfterAFailedStatementNothingCanBeCommitted) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  auto transaction = Transaction::begin(*pool, soon());
  ASSERT_TRUE(transaction && transaction->exec(kInsert, "aaaaaa"));
  const auto bad = transaction->exec(kInsert, "not a tag");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, kConstraint);
  EXPECT_EQ(bad.error().field, "installation_tag_check");
  EXPECT_FALSE(transaction->exec(kOne));
  EXPECT_EQ(transaction->commit().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(count(database), "0");
  EXPECT_TRUE(pool->exec(soon(), kOne));
}

TEST(Transaction, AFullDiskIsAShortageAndNoBugOfOurs) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  const auto full = pool->exec(soon(), Sql{"DO $$ BEGIN RAISE disk_full; END $$"});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, kShortage);
}

TEST(Transaction, AConnectionKilledInTheMiddleIsAFailureNotADoubt) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  const auto kill = [&](const Transaction& transaction) {
    database.sql("SELECT pg_terminate_backend(" + std::to_string(transaction.backend_pid()) +
                 ", 5000)");
  };
  {
    auto transaction = Transaction::begin(*pool, soon());
    ASSERT_TRUE(transaction && transaction->exec(kInsert, "aaaaaa"));
    kill(*transaction);
    const auto lost = transaction->exec(kOne);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, kConnectionLost);
    EXPECT_EQ(transaction->commit().outcome, CommitOutcome::kFailed);
  }
  {
    auto transaction = Transaction::begin(*pool, soon());
    ASSERT_TRUE(transaction && transaction->exec(kInsert, "aaaaaa"));
    kill(*transaction);
    EXPECT_EQ(transaction->commit().outcome, CommitOutcome::kFailed);
  }
  EXPECT_EQ(count(database), "0");
  EXPECT_TRUE(pool->exec(soon(), kOne));
}

class UndecidedCommit : public testing::Test {
 protected:
  UndecidedCommit() : proxy_(database_.port()) {
    PoolSettings settings{database_.settings(), 1};
    settings.connect.dsn += " sslmode=disable port=" + std::to_string(proxy_.port());
    pool_ = std::make_unique<Pool>(settings);
  }
  CommitResult commit_under(CommitProxy::Fault fault, Deadline deadline) {
    auto transaction = Transaction::begin(*pool_, deadline);
    EXPECT_TRUE(transaction && transaction->exec(kInsert, "aaaaaa"));
    proxy_.set_fault(fault);
    auto result = transaction->commit();
    proxy_.set_fault(CommitProxy::Fault::kNone);
    return result;
  }
  TestDatabase database_;
  CommitProxy proxy_;
  std::unique_ptr<Pool> pool_;
};

TEST_F(UndecidedCommit, IsWhatACommitWithoutAnAnswerIsThoughItWasNot) {
  const auto result = commit_under(CommitProxy::Fault::kCutBefore, soon());
  EXPECT_TRUE(result.undecided()) << to_string(result.error);
  EXPECT_EQ(count(database_), "0");
  EXPECT_TRUE(pool_->exec(soon(), kOne)) << "a new connection takes its place";
}

TEST_F(UndecidedCommit, IsWhatACommitWithoutAnAnswerIsThoughItWas) {
  const auto result = commit_under(CommitProxy::Fault::kCutAfter, soon());
  EXPECT_TRUE(result.undecided()) << to_string(result.error);
  EXPECT_EQ(count(database_), "1");
}

TEST_F(UndecidedCommit, IsWhatSilenceIsWhenTheDeadlineHasPassed) {
  const auto start = std::chrono::steady_clock::now();
  const auto result = commit_under(CommitProxy::Fault::kSilence, Deadline::after(1500ms));
  EXPECT_TRUE(result.undecided()) << to_string(result.error);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  EXPECT_EQ(count(database_), "1");
}

TEST(Transaction, ACommitWhoseDeadlineHadPassedIsNotSentAndLeavesNoDoubt) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  auto transaction = Transaction::begin(*pool, Deadline::after(1500ms));
  ASSERT_TRUE(transaction && transaction->exec(kInsert, "aaaaaa"));
  while (!transaction->deadline().expired()) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(transaction->commit().outcome, CommitOutcome::kFailed);
  EXPECT_EQ(count(database), "0");
  EXPECT_EQ(pool->stats().idle, 1u) << "rolled back, and of use again";
}

TEST(Transaction, ACommitThatADeferredConstraintRefusesIsAFailure) {
  const TestDatabase database;
  database.sql("CREATE TABLE d (i int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  auto pool = database.make_pool(1);
  auto transaction = Transaction::begin(*pool, soon());
  ASSERT_TRUE(transaction && transaction->exec(Sql{"INSERT INTO d VALUES (1), (1)"}));
  const auto result = transaction->commit();
  EXPECT_EQ(result.outcome, CommitOutcome::kFailed);
  EXPECT_EQ(result.error.code, kUniqueViolation);
  EXPECT_EQ(pool->stats().idle, 1u);
}

}  // namespace
}  // namespace everbit::store
