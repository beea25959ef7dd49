#include "net/send_ledger.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <random>

#include "unit/net/net_fixture.h"

namespace everbit::net::testing {
namespace {

class SendLedgerTest : public ::testing::Test {
 protected:
  std::unique_ptr<SendLedger> open(const Uuid& instance) { return open(instance, boot_); }
  std::unique_ptr<SendLedger> open(const Uuid& instance, const Uuid& boot) {
    auto ledger = SendLedger::open(path_, instance, clock_, boot);
    return std::move(ledger.value());
  }
  static bool mark(SendLedger& ledger, const Uuid& attempt) {
    return ledger.mark(attempt, SendLedger::hash_token("token"));
  }

  std::string read_all() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write_all(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  ManualClock clock_;
  const ScratchFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "send.ledger";
  const Uuid boot_ = Uuid::make_v4();
  const Uuid first_ = Uuid::make_v4();
  const Uuid second_ = Uuid::make_v4();
};

TEST_F(SendLedgerTest, NextProcessSeesWhatWasMarkedAndProvesWhatWasNot) {
  const Uuid sent = Uuid::make_v4();
  const Uuid unsent = Uuid::make_v4();
  EXPECT_TRUE(mark(*open(first_), sent));
  const auto ledger = open(second_);
  EXPECT_EQ(ledger->evidence(sent, first_, clock_.now()), SendEvidence::kMarked);
  EXPECT_EQ(ledger->evidence(unsent, first_, clock_.now()), SendEvidence::kNotSent);
}

TEST_F(SendLedgerTest, MarkSurvivesAKilledProcess) {
  const Uuid sent = Uuid::make_v4();
  const pid_t child = fork();
  if (child == 0) {
    const auto ledger = open(first_);
    mark(*ledger, sent);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(open(second_)->evidence(sent, first_, clock_.now()), SendEvidence::kMarked);
}

TEST_F(SendLedgerTest, ProvesNothingAfterAReboot) {
  const Uuid unsent = Uuid::make_v4();
  open(first_);
  const auto ledger = open(second_, Uuid::make_v4());
  EXPECT_EQ(ledger->evidence(unsent, first_, clock_.now()), SendEvidence::kProvesNothing);
}

TEST_F(SendLedgerTest, ProvesNothingAboutAnInstanceItNeverSaw) {
  const auto ledger = open(first_);
  EXPECT_EQ(ledger->evidence(Uuid::make_v4(), second_, clock_.now()), SendEvidence::kProvesNothing);
}

TEST_F(SendLedgerTest, RefusesToMarkAnAttemptTwiceEvenForAnotherInstance) {
  const Uuid attempt = Uuid::make_v4();
  EXPECT_TRUE(mark(*open(first_), attempt));
  EXPECT_FALSE(mark(*open(second_), attempt));
}

TEST_F(SendLedgerTest, FullRingForgetsTheOldestAndStopsProvingAboutThatTime) {
  const auto ledger = open(first_);
  const Timestamp start = clock_.now();
  for (std::size_t i = 0; i < SendLedger::kSlots + 10; ++i) {
    ASSERT_TRUE(mark(*ledger, Uuid::make_v4()));
    clock_.advance(std::chrono::seconds(1));
  }
  const Uuid unsent = Uuid::make_v4();
  EXPECT_EQ(ledger->evidence(unsent, first_, start), SendEvidence::kProvesNothing);
  EXPECT_EQ(ledger->evidence(unsent, first_, start + std::chrono::seconds(60)),
            SendEvidence::kProvesNothing);
  EXPECT_EQ(ledger->evidence(unsent, first_, clock_.now()), SendEvidence::kNotSent);
}

TEST_F(SendLedgerTest, ManyRestartsForgetTheOldestInstance) {
  open(first_);
  for (std::size_t i = 0; i < SendLedger::kInstances; ++i) open(Uuid::make_v4());
  EXPECT_EQ(open(second_)->evidence(Uuid::make_v4(), first_, clock_.now()),
            SendEvidence::kProvesNothing);
}

TEST_F(SendLedgerTest, SecondProcessIsRefused) {
  const auto ledger = open(first_);
  const auto other = SendLedger::open(path_, second_, clock_, boot_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, "LEDGER_LOCKED");
}

TEST_F(SendLedgerTest, RefusesASymbolicLinkAndAFolder) {
  std::filesystem::create_symlink(folder_.path() / "elsewhere", path_);
  EXPECT_FALSE(SendLedger::open(path_, first_, clock_, boot_));
  EXPECT_FALSE(SendLedger::open(folder_.path(), first_, clock_, boot_));
}

TEST_F(SendLedgerTest, HasTheDocumentedLayout) {
  const Uuid attempt = Uuid::make_v4();
  mark(*open(first_), attempt);
  const std::string bytes = read_all();
  ASSERT_EQ(bytes.size(), 4096U + 64 * 4096U);
  EXPECT_EQ(bytes.substr(0, 8), "EBSENDL1");
  EXPECT_EQ(bytes.substr(4096, 16), std::string(attempt.bytes().begin(), attempt.bytes().end()));
}

TEST_F(SendLedgerTest, CorruptFileProvesNothingAndIsSetAside) {
  const Uuid sent = Uuid::make_v4();
  mark(*open(first_), sent);
  const std::string sound = read_all();
  for (const std::size_t place : {0U, 9U, 13U, 20U, 33U, 40U, 64U, 4096U, 4100U, 4096U + 56U}) {
    std::string bytes = sound;
    bytes[place] = static_cast<char>(bytes[place] ^ 0x40);
    write_all(bytes);
    const auto ledger = open(second_);
    EXPECT_EQ(ledger->evidence(Uuid::make_v4(), first_, clock_.now()), SendEvidence::kProvesNothing)
        << "byte " << place;
    EXPECT_TRUE(std::filesystem::exists(path_.string() + ".bad"));
  }
}

TEST_F(SendLedgerTest, HalfWrittenMarkMakesTheFileProveNothing) {
  mark(*open(first_), Uuid::make_v4());
  std::string bytes = read_all();
  bytes[4096 + 64] = 'x';
  bytes[4096 + 64 + 56] = 1;
  write_all(bytes);
  EXPECT_EQ(open(second_)->evidence(Uuid::make_v4(), first_, clock_.now()),
            SendEvidence::kProvesNothing);
}

TEST_F(SendLedgerTest, AnyBytesAsAFileAreSurvived) {
  std::mt19937 random(7);
  for (const std::size_t size : {1UL, 64UL, 4096UL, 4096UL + 64 * 4096, 1UL << 20}) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    write_all(bytes);
    const auto ledger = open(second_);
    EXPECT_EQ(ledger->evidence(Uuid::make_v4(), first_, clock_.now()),
              SendEvidence::kProvesNothing);
    EXPECT_TRUE(mark(*ledger, Uuid::make_v4()));
  }
}

TEST_F(SendLedgerTest, RealBootIdIsFound) { EXPECT_TRUE(SendLedger::open(path_, first_, clock_)); }

}  // namespace
}  // namespace everbit::net::testing
