#include "base/crash_point.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace everbit {
namespace {

#if EVERBIT_CRASH_POINTS

// The variable is read once a process: each case runs in a child that starts anew.
class CrashPointDeathTest : public testing::Test {
 protected:
  CrashPointDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  ~CrashPointDeathTest() override { ::unsetenv("EVERBIT_CRASH_AT"); }
  static void order(const char* text) { ::setenv("EVERBIT_CRASH_AT", text, 1); }
};

TEST_F(CrashPointDeathTest, APlaceThatIsNotNamedDoesNotKill) {
  order("sent_committed");
  EXPECT_EXIT(
      {
        crash_point(CrashPoint::kSentMarked);
        std::_Exit(7);
      },
      testing::ExitedWithCode(7), "");
}

TEST_F(CrashPointDeathTest, ItDiesAtTheNamedPassageAndNotBefore) {
  order("signed,sent_committed:3=kill");
  EXPECT_EXIT(
      {
        crash_point(CrashPoint::kSentCommitted);
        crash_point(CrashPoint::kSentCommitted);
        std::fputs("two passed", stderr);
        crash_point(CrashPoint::kSentCommitted);
      },
      testing::KilledBySignal(SIGKILL), "two passed");
}

TEST_F(CrashPointDeathTest, ADelayOnlyDelays) {
  order("fills_committed=delay-30");
  EXPECT_EXIT(
      {
        const auto before = std::chrono::steady_clock::now();
        crash_point(CrashPoint::kFillsCommitted);
        const auto took = std::chrono::steady_clock::now() - before;
        std::_Exit(took >= std::chrono::milliseconds(30) ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(CrashPointDeathTest, AMisspeltNameIsNotATestThatTestsNothing) {
  for (const char* text : {"sent_comitted", "signed:0", "signed:x", "signed=pause"}) {
    order(text);
    EXPECT_EXIT(crash_point(CrashPoint::kSigned), testing::ExitedWithCode(2), "not understood");
  }
}

TEST_F(CrashPointDeathTest, AProcessThatRunsIsToldByAFile) {
  const std::string file = testing::TempDir() + "crash-" + std::to_string(::getppid());
  order(file.c_str());
  EXPECT_EXIT(
      {
        crash_point(CrashPoint::kConnected);
        std::ofstream(file) << "connected:2\n";
        crash_point(CrashPoint::kConnected);
        std::fputs("one passed", stderr);
        crash_point(CrashPoint::kConnected);
      },
      testing::KilledBySignal(SIGKILL), "one passed");
  std::remove(file.c_str());
}

TEST(CrashPoint, AHookIsAskedAndMayThrow) {
  set_crash_hook([](CrashPoint where) {
    if (where == CrashPoint::kOrderClosed) throw std::runtime_error("crash");
  });
  crash_point(CrashPoint::kFillsCommit);
  EXPECT_THROW(crash_point(CrashPoint::kOrderClosed), std::runtime_error);
  set_crash_hook(nullptr);
}

#else

static_assert((crash_point(CrashPoint::kSigned), true), "in a release it is nothing");

#endif

}  // namespace
}  // namespace everbit
