#include "plugins/instance.h"

#include <gtest/gtest.h>

#include "everbit/ext/state.h"
#include "everbit/ext/strategy.h"
#include "unit/plugins/actor.h"

namespace everbit::plugins::test {
namespace {

class InstanceTest : public ::testing::Test {
 protected:
  std::shared_ptr<Instance> make(const LoadedPlugin& plugin, InstanceOptions options = {}) {
    options.name = "test";
    options.clock = &clock_;
    options.strand = strand_;
    auto made = Instance::create(plugin, std::move(options));
    EXPECT_TRUE(made) << to_string(made.error());
    return *made;
  }

  ManualClock clock_;
  std::shared_ptr<DriverStrand> strand_ = std::make_shared<DriverStrand>();
};

TEST_F(InstanceTest, ACandleReachesTheStrategyAndItsDecisionComesBack) {
  const auto instance = make(*load_good());
  ASSERT_TRUE(instance->start());
  const auto* strategy = instance->extension<eb_strategy_v1>(EB_EXT_STRATEGY);
  ASSERT_NE(strategy, nullptr);
  std::int32_t reason = 0;
  eb_decision_sink sink{sizeof sink,
                        0,
                        &reason,
                        [](void* ctx, const eb_decision* decision) -> eb_status {
                          *static_cast<std::int32_t*>(ctx) = decision->reasons[0];
                          return EB_OK;
                        },
                        nullptr,
                        nullptr};
  eb_candle_close candle{};
  candle.head = {sizeof candle, EB_EVENT_CANDLE_CLOSE, 0, instance->next_seq(), 0};
  candle.decide = 1;
  const auto called = instance->call(
      "candle_close", [&](void* self) { return strategy->candle_close(self, &candle, &sink); });
  EXPECT_TRUE(called.ok()) << called.text;
  EXPECT_EQ(instance->manifest().reason_code(reason), "WAIT");
}

TEST_F(InstanceTest, CallsThatTheLifeCycleForbidsNeverReachThePlugin) {
  const auto instance = make(actor());
  EXPECT_EQ(act(*instance, kCount).status, EB_ERR_STATE);
  EXPECT_EQ(instance->stop().error().code, "PLUGIN_STATE");
  ASSERT_TRUE(instance->start());
  EXPECT_EQ(instance->start().error().code, "PLUGIN_STATE");
  ASSERT_TRUE(instance->stop());
  EXPECT_EQ(instance->stop().error().code, "PLUGIN_STATE");
  EXPECT_EQ(act(*instance, kCount).status, EB_ERR_STATE);
  EXPECT_EQ(story(*instance), "start;stop;");
  EXPECT_TRUE(instance->close(soon()));
  EXPECT_TRUE(instance->close(soon())) << "closing twice is harmless";
}

TEST_F(InstanceTest, ACallFromAnotherThreadIsRefused) {
  const auto instance = make(actor());
  ASSERT_TRUE(instance->start());
  eb_status status = EB_OK;
  std::thread([&] {
    status = instance->call("x", [](void*) -> eb_status { return EB_OK; }).status;
  }).join();
  EXPECT_EQ(status, EB_ERR_STATE);
}

TEST_F(InstanceTest, ACallbackIsNotEnteredFromInsideAnother) {
  const auto instance = make(actor());
  ASSERT_TRUE(instance->start());
  eb_status inner = EB_OK;
  instance->call("outer", [&](void*) -> eb_status {
    inner = act(*instance, kCount).status;
    return EB_OK;
  });
  EXPECT_EQ(inner, EB_ERR_STATE);
  EXPECT_FALSE(instance->quarantined());
}

TEST_F(InstanceTest, TheLastErrorTextOfTheCallIsCaught) {
  const auto instance = make(actor());
  ASSERT_TRUE(instance->start());
  const auto failed = act(*instance, kFail);
  EXPECT_EQ(failed.status, EB_ERR_PARSE);
  EXPECT_EQ(failed.text, "token abc was refused");
  EXPECT_EQ(failed.to_result("on_event").error().code, "EB_ERR_PARSE");
  EXPECT_EQ(act(*instance, kCount).text, "");
}

TEST_F(InstanceTest, ACallOverTheHardBudgetQuarantinesOnce) {
  InstanceOptions options;
  options.budget = Budget{std::chrono::milliseconds(10), std::chrono::milliseconds(50)};
  int told = 0;
  options.on_quarantine = [&](std::string_view) { ++told; };
  const auto instance = make(actor(), options);
  ASSERT_TRUE(instance->start());
  EXPECT_TRUE(act(*instance, kSleep).ok());
  EXPECT_TRUE(instance->quarantined());
  EXPECT_EQ(act(*instance, kCount).status, EB_ERR_STATE);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(instance->stats().over_soft_budget, 1U);
  EXPECT_TRUE(instance->close(soon()));
}

TEST_F(InstanceTest, ABackTestHasNoBudget) {
  InstanceOptions options;
  options.budget.reset();
  const auto instance = make(actor(), options);
  ASSERT_TRUE(instance->start());
  EXPECT_TRUE(act(*instance, kSleep).ok());
  EXPECT_FALSE(instance->quarantined());
}

TEST_F(InstanceTest, AnExceptionThatCrossesTheBoundaryQuarantines) {
  const auto instance = make(actor());
  ASSERT_TRUE(instance->start());
  const auto result = instance->call("x", [](void*) -> eb_status { throw 1; });
  EXPECT_EQ(result.status, EB_ERR_EXCEPTION);
  EXPECT_TRUE(instance->quarantined());
}

TEST_F(InstanceTest, ARefusedParameterIsNamed) {
  InstanceOptions options;
  options.name = "test";
  options.clock = &clock_;
  options.strand = strand_;
  options.params = {{"noSuchKey", "1"}};
  const auto made = Instance::create(*load_good(), options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "EB_ERR_UNKNOWN_KEY");
  EXPECT_EQ(made.error().message, "noSuchKey");
}

TEST_F(InstanceTest, AnInstanceWithEmptyFunctionsIsRefused) {
  const auto file = fixture("empty-instance");
  const auto loaded =
      loader_for({listed(file, {}, "kr.everbit.test.broken")}).load(file, Kind::kStrategy);
  ASSERT_TRUE(loaded) << to_string(loaded.error());
  InstanceOptions options;
  options.name = "test";
  options.clock = &clock_;
  options.strand = strand_;
  const auto made = Instance::create(*loaded, options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "PLUGIN_INSTANCE");
}

TEST_F(InstanceTest, ThePluginsSideIsFoundById) {
  const auto instance = make(*load_good());
  EXPECT_NE(instance->extension(EB_EXT_STATE), nullptr);
  EXPECT_EQ(instance->extension("eb.exchange/1"), nullptr);
  EXPECT_EQ(instance->extension(""), nullptr);
}

TEST_F(InstanceTest, AStateGoesInAndOutThroughSinkAndSource) {
  const auto first = make(*load_good());
  const auto* state = first->extension<eb_state_v1>(EB_EXT_STATE);
  StringSink blob(64);
  ASSERT_TRUE(
      first->call_created("save", [&](void* self) { return state->save(self, blob.get()); }).ok());
  const auto second = make(*load_good());
  const BytesSource whole(blob.text());
  EXPECT_TRUE(
      second->call_created("load", [&](void* self) { return state->load(self, 1, whole.get()); })
          .ok());
  const BytesSource cut(std::string_view(blob.text()).substr(0, 3));
  const auto refused =
      second->call_created("load", [&](void* self) { return state->load(self, 1, cut.get()); });
  EXPECT_EQ(refused.status, EB_ERR_PARSE);
  EXPECT_EQ(refused.text, "a state has eight bytes");
  StringSink small(4);
  EXPECT_EQ(first->call_created("save", [&](void* self) { return state->save(self, small.get()); })
                .status,
            EB_ERR_TOO_LARGE);
}

}  // namespace
}  // namespace everbit::plugins::test
