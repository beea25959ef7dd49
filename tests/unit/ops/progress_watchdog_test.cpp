#include "ops/progress_watchdog.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace everbit::ops {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ProgressWatchdog, AStuckLoopStopsTheFeeding) {
  ManualClock clock;
  int fed = 0;
  ProgressWatchdog watchdog(clock, seconds(30), [&] { ++fed; });
  auto& market = watchdog.add("market");
  auto& executor = watchdog.add("executor");
  clock.advance(seconds(30));
  EXPECT_TRUE(watchdog.look());
  market.mark();
  clock.advance(seconds(1));
  EXPECT_FALSE(watchdog.look()) << "the executor has not moved for 31 s";
  EXPECT_EQ(fed, 1);
  executor.mark();
  EXPECT_TRUE(watchdog.look());
  EXPECT_EQ(fed, 2);
}

TEST(ProgressWatchdog, ANewBeatCountsFromItsBirth) {
  ManualClock clock;
  ProgressWatchdog watchdog(clock, seconds(5), [] {});
  clock.advance(seconds(100));
  watchdog.add("late starter");
  EXPECT_TRUE(watchdog.look());
}

TEST(ProgressWatchdog, ItsThreadFeedsUntilStopped) {
  const SystemClock clock;
  std::atomic<int> fed{0};
  ProgressWatchdog watchdog(clock, seconds(60), [&] { ++fed; });
  auto& beat = watchdog.add("loop");
  watchdog.start(milliseconds(1));
  while (fed < 3) {
    beat.mark();
    std::this_thread::yield();
  }
  watchdog.stop();
  const int at_stop = fed;
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(fed, at_stop);
}

}  // namespace
}  // namespace everbit::ops
