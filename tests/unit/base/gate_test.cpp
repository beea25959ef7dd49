#include "base/gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace everbit {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Gate, LetsNobodyInWhileClosing) {
  Gate gate;
  { EXPECT_TRUE(gate.enter()); }
  EXPECT_TRUE(gate.close(Deadline::after(seconds(1))));
  EXPECT_FALSE(gate.enter());
  gate.reopen();
  EXPECT_TRUE(gate.enter());
}

TEST(Gate, SaysSoWhenSomebodyStaysInsidePastTheDeadline) {
  Gate gate;
  const auto pass = gate.enter();
  EXPECT_FALSE(gate.close(Deadline::after(milliseconds(10))));
  EXPECT_EQ(gate.inside(), 1U);
  EXPECT_TRUE(gate.is_closed());
}

TEST(Gate, CountsAMovedPassOnce) {
  Gate gate;
  auto pass = gate.enter();
  {
    const Gate::Pass moved = std::move(*pass);
    EXPECT_EQ(gate.inside(), 1U);
  }
  pass.reset();
  EXPECT_EQ(gate.inside(), 0U);
}

TEST(Gate, ClosesOnlyWhenTheLastThreadHasLeft) {
  Gate gate;
  std::atomic<int> working{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (const auto pass = gate.enter()) {
        ++working;
        std::this_thread::yield();
        --working;
      }
    });
  }
  std::this_thread::sleep_for(milliseconds(5));
  EXPECT_TRUE(gate.close(Deadline::after(seconds(30))));
  EXPECT_EQ(working, 0);
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace everbit
