#include <gtest/gtest.h>

#include "everbit/ext/state.h"
#include "everbit/ext/strategy.h"
#include "plugins/buffers.h"
#include "unit/plugins/fixture.h"

namespace everbit::plugins::test {
namespace {

class InstanceTest : public ::testing::Test {
 protected:
  std::shared_ptr<Instance> make(InstanceOptions options = {}) {
    const auto loaded = load_good();
    EXPECT_TRUE(loaded) << to_string(loaded.error());
    options.name = "test";
    options.clock = &clock_;
    if (!options.strand) options.strand = strand_;
    auto made = Instance::create(*loaded, options);
    EXPECT_TRUE(made) << to_string(made.error());
    return *made;
  }

  ManualClock clock_;
  std::shared_ptr<DriverStrand> strand_ = std::make_shared<DriverStrand>();
};

TEST_F(InstanceTest, ACandleReachesTheStrategyAndItsDecisionComesBack) {
  const auto instance = make();
  ASSERT_TRUE(instance->start());
  const auto* strategy = instance->extension<eb_strategy_v1>(EB_EXT_STRATEGY);
  ASSERT_NE(strategy, nullptr);
  std::int32_t reason = 0;
  eb_decision_sink sink{sizeof sink, 0, &reason,
                        [](void* ctx, const eb_decision* decision) -> eb_status {
                          *static_cast<std::int32_t*>(ctx) = decision->reasons[0];
                          return EB_OK;
                        },
                        nullptr};
  eb_candle_close candle{};
  candle.head = {sizeof candle, EB_EVENT_CANDLE_CLOSE, 0, instance->next_seq(), 0};
  candle.decide = 1;
  const auto called = instance->call(
      "candle_close", [&](void* self) { return strategy->candle_close(self, &candle, &sink); });
  EXPECT_TRUE(called.ok()) << called.text;
  EXPECT_EQ(instance->manifest().reason_code(reason), "WAIT");
}

}  // namespace
}  // namespace everbit::plugins::test
