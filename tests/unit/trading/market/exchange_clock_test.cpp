#include "trading/market/exchange_clock.h"

#include <gtest/gtest.h>

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ExchangeClockTest : public testing::Test {
 protected:
  // A message of an exchange that is `ahead` of this machine, `late` on the wire.
  void message(seconds ahead, milliseconds late = milliseconds(0)) {
    machine_.advance(milliseconds(250));
    clock_.observe(machine_.now() + ahead - late);
  }

  ManualClock machine_;
  ExchangeClock clock_{machine_};
};

TEST_F(ExchangeClockTest, IsUnknownBeforeTheFirstMessagesSoThatNoCandleClosesByAGuess) {
  EXPECT_FALSE(clock_.now());
  message(seconds(5));
  EXPECT_FALSE(clock_.now());
  EXPECT_EQ(clock_.now_or_local(), machine_.now());
}

TEST_F(ExchangeClockTest, FollowsTheExchangeAndNotThisMachinesWrongClock) {
  for (int i = 0; i < 5; ++i) message(seconds(90));
  machine_.set(machine_.now() + std::chrono::hours(24));
  ASSERT_TRUE(clock_.now());
  machine_.advance(seconds(2));
  EXPECT_EQ(*clock_.now() - (machine_.now() - std::chrono::hours(24)), seconds(90));
}

TEST_F(ExchangeClockTest, OneLateMessageMovesNoCandle) {
  for (int i = 0; i < 5; ++i) message(seconds(3));
  const auto before = *clock_.now() - machine_.now();
  message(seconds(3), milliseconds(8000));
  ASSERT_TRUE(clock_.now());
  EXPECT_EQ(*clock_.now() - machine_.now(), before);
}

TEST_F(ExchangeClockTest, AJumpMakesTheTimeUnknownUntilItIsStableAgain) {
  for (int i = 0; i < 5; ++i) message(seconds(0));
  for (int i = 0; i < 3; ++i) message(seconds(30));
  EXPECT_FALSE(clock_.now());
  for (int i = 0; i < 3; ++i) message(seconds(30));
  ASSERT_TRUE(clock_.now());
  EXPECT_EQ(*clock_.now() - machine_.now(), seconds(30));
}

TEST_F(ExchangeClockTest, IsUnknownAgainWhenTheFeedIsSilentForAMinute) {
  for (int i = 0; i < 5; ++i) message(seconds(0));
  machine_.advance(seconds(61));
  EXPECT_FALSE(clock_.now());
}

}  // namespace
}  // namespace everbit::trading
