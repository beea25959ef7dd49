#include <gtest/gtest.h>

#include <fstream>

#include "integration/trading/queued_commands.h"

namespace everbit::trading {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr int kQueued = 1000;

// Off, by each of its ways, while commands are being sent as fast as it goes: within a second
// nothing leaves any more, and no command that was queued becomes an order later.
class SilenceTest : public testing::Test {
 protected:
  void expect_silence(const std::function<void()>& turn_off) {
    commands_.start();
    ASSERT_TRUE(commands_.wait_for_sent(20));
    const auto killed = std::chrono::steady_clock::now();
    turn_off();
    ASSERT_TRUE(commands_.wait_until_settled());
    const auto silent = commands_.silence_after(killed);
    RecordProperty("silence_us", static_cast<int>(duration_cast<microseconds>(silent).count()));
    EXPECT_LT(silent, seconds(1));
    const int stopped =
        commands_.rows().count("order_attempt WHERE error_code = 'KILL_SWITCH_OFF'");
    EXPECT_GT(stopped, kQueued / 2) << "the switch must come while most of them wait";
    EXPECT_EQ(commands_.sent() + stopped, kQueued);
    EXPECT_EQ(commands_.sim().creates(), commands_.sent());
  }

  test::QueuedCommands commands_{kQueued};
};

TEST_F(SilenceTest, ByTheOwnersCommand) {
  expect_silence([this] {
    const auto off = commands_.kill_switch().change({AccountPosition::kOff, {}}, {"owner", {}},
                                                    Deadline::after(seconds(30)));
    ASSERT_TRUE(off) << to_string(off.error());
  });
}

TEST_F(SilenceTest, ByTheOwnersFile) {
  expect_silence([this] { std::ofstream(commands_.state_folder().owner_file()); });
}

TEST_F(SilenceTest, ByTheRowAlone) {
  expect_silence([this] {
    commands_.rows().sql(
        "UPDATE kill_switch SET account_position = 'OFF', changed_at = clock_timestamp()");
  });
}

}  // namespace
}  // namespace everbit::trading
